package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// HugePrefetch is a prefetch that helps nobody: throughput stops to grow at about 300
// (RabbitMQ documentation, "Consumer Prefetch"); three times that is our choice.
const HugePrefetch = 1000

// PrefetchHuge finds consumers that hold more than helps.
var PrefetchHuge = rule.Rule{
	ID:       "rabbitmq/prefetch-huge",
	Title:    "A crash brings back thousands of messages at once",
	Severity: rule.Medium, Area: rule.Capacity, Covers: rule.Items("P2", "M6", "A2"), Since: "0.1",
	Advice: "Lower the prefetch limit: above about 300 it buys no throughput.",
	Live: func(p *rule.Pass, e *model.Estate) {
		asked := map[*rabbitmq.Snapshot]bool{}
		for q := range liveQueues(p, e) {
			if role, why := q.Role(); role == rabbitmq.StreamLog { // its limit is a credit
				p.NotApplicable(q, why)
				continue
			}
			if !consumersRead(p, asked, q) {
				continue
			}
			consumers := q.LiveConsumers().Or(nil)
			most, n := int64(0), 0
			for _, c := range consumers {
				if limit := c.Prefetch.Or(0); limit > HugePrefetch && model.Is(c.AckNeeded, true) {
					most, n = max(most, limit), n+1
				}
			}
			switch {
			case n > 0:
				p.Fail(q, "a worker of %s holds up to %s: they all come back when it stops", q.Name.Name, messages(most)).
					See(q.LiveConsumers(), fmt.Sprintf("%s with prefetch_count up to %s", things(int64(n), "consumer"), number(most))).
					WithTraffic(q.Traffic())
			case len(consumers) == 0:
				p.NotApplicable(q, "nobody consumes it")
			default:
				p.Pass(q)
			}
		}
	},
}
