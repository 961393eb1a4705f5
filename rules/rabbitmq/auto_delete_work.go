package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// AutoDeleteWork finds work queues that go with their consumer.
var AutoDeleteWork = rule.Rule{
	ID:       "rabbitmq/auto-delete-work",
	Title:    "A worker that restarts deletes the queue and what waits in it",
	Severity: rule.High, Area: rule.Durability, Covers: rule.Items("C5", "C1", "S1"), Since: "0.1",
	Advice: "Declare the queue without auto-delete; give it x-expires of days if it has to go by itself one day.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for q := range liveQueues(p, e) {
			if !model.Is(q.AutoDelete(), true) {
				continue
			}
			if role, why := q.Role(); role != rabbitmq.Work { // 1. Replies and the like.
				p.NotApplicable(q, why)
				continue
			}
			if model.Is(q.Durable(), false) { // 2. It was never meant to last.
				p.NotApplicable(q, "it is not durable")
				continue
			}
			stats, _ := q.Stats()
			consumed, n, dlx := q.Consumed(), stats.Messages, q.DeadLetterExchange()
			switch {
			case consumed.Unknown() || n.Unknown(): // 3.
				p.Unknown(q, consumed.Why()+n.Why())
			case consumed.Or(0) > 1: // 4. Another consumer keeps it.
				p.Pass(q)
			case n.Or(0) == 0 && !dlx.Present(): // 5. Nothing says that it is work.
				p.Pass(q)
			default: // 6.
				v := p.Fail(q, "%s is deleted with its %s when its last consumer goes", q.Name.Name, messages(n.Or(0))).
					See(q.AutoDelete(), "auto_delete: true, durable: true").
					See(n, fmt.Sprintf("%s, %s", messages(n.Or(0)), things(consumed.Or(0), "consumer"))).WithTraffic(q.Traffic())
				if n.Or(0) == 0 {
					v.Message = q.Name.Name + " is deleted when its last consumer goes, and what is published then has no queue"
				}
			}
		}
	},
}
