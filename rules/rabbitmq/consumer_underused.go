package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// LowCapacity is the share of the time below which consumers could not have taken a message
// at once; our choice.
const LowCapacity = 0.5

// ConsumerUnderused finds queues whose consumers are the bottleneck.
var ConsumerUnderused = rule.Rule{
	ID:       "rabbitmq/consumer-underused",
	Title:    "Messages wait while workers cannot take them",
	Severity: rule.Low, Area: rule.Capacity, Covers: rule.Items("P2", "M6", "C2", "V5", "S2"), Since: "0.1",
	Advice: "Add workers where the handler is slow; raise the prefetch limit where the network is.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for q, f := range flows(p, e) {
			// 1. Streams have no such number, 4.3 says 0 of every quorum queue.
			v := q.Version().Or(model.Version{})
			kind, _ := q.Type().Get()
			if role, why := q.Role(); role == rabbitmq.StreamLog {
				p.NotApplicable(q, why)
				continue
			}
			if kind == "quorum" && !v.Less(model.Version{4, 3}) {
				p.NotApplicable(q, "RabbitMQ 4.3 gives 0 for every quorum queue")
				continue
			}
			consumed := q.Consumed()
			before, after := f.Before.Capacity, f.After.Capacity
			switch {
			case consumed.Unknown():
				p.Unknown(q, consumed.Why())
			case consumed.Or(0) == 0: // 2.
				p.NotApplicable(q, "nobody consumes it")
			case !before.Present() || !after.Present():
				p.Unknown(q, "the broker gives no consumer capacity for it")
			case f.Before.Ready.Or(0) == 0 || f.After.Ready.Or(0) == 0: // 3. Nothing waits.
				p.Pass(q)
			case before.Or(1) < LowCapacity && after.Or(1) < LowCapacity: // 4.
				p.Fail(q, "workers of %s could take a message at once in %s of the time only, while %s wait",
					q.Name.Name, percent(after.Or(0)), messages(f.After.Ready.Or(0))).
					See(after, fmt.Sprintf("consumer_capacity %.2f, then %.2f; %s", before.Or(0), after.Or(0), things(consumed.Or(0), "consumer"))).
					WithTraffic(f.Traffic())
			default:
				p.Pass(q)
			}
		}
	},
}
