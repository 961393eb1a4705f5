package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// manyQueues is a number of queues that makes a cluster slow to start and to look at; our
// choice. Measured with 10,000: 540 to 790 MB of memory, 0.7 to 2.2 s for one list.
const manyQueues = 10_000

// QueueCount finds clusters with too many queues.
var QueueCount = rule.Rule{
	ID:       "rabbitmq/queue-count",
	Title:    "So many queues make the cluster slow to start and to watch",
	Severity: rule.Medium, Area: rule.Capacity, Covers: rule.Items("C1", "B8", "S7"), Since: "0.1",
	Advice: "Delete queues that nobody uses, let generated ones expire, and set max-queues for the vhost.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			switch n := s.Last().Totals.Queues; {
			case !n.Present():
				p.Unknown(s, "the broker does not say how many queues it has")
			case n.Or(0) > manyQueues:
				p.Fail(s, "the cluster has %s", things(n.Or(0), "queue")).See(n, things(n.Or(0), "queue"))
			default:
				p.Pass(s)
			}
		}
	},
}
