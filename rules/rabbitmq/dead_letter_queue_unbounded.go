package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// DeadLetterQueueUnbounded finds dead-letter queues that grow without end.
var DeadLetterQueueUnbounded = rule.Rule{
	ID:       "rabbitmq/dead-letter-queue-unbounded",
	Title:    "Dead letters fill the disk when something fails for long",
	Severity: rule.Medium, Area: rule.Failures, Covers: rule.Items("P3", "B4", "T2", "S5"), Since: "0.1",
	Advice: `Set a policy with "max-length-bytes" for the dead-letter queue, and alert long before it is reached.`,
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			if role, _ := q.Role(); role != rabbitmq.DeadLetter {
				continue
			}
			switch limit := bound(q); {
			case limit.Present(): // 1. Some bound.
				p.Pass(q)
			case limit.Unknown(): // 2.
				p.Unknown(q, limit.Why())
			default: // 3.
				p.Fail(q, "%s takes dead letters without a limit of length or time", q.Name.Name).
					See(limit, "no max-length, max-length-bytes or message-ttl").WithTraffic(q.Traffic())
			}
		}
	},
}

// bound is the first of the settings that keep a queue from growing without end; unknown
// when one of them could not be read and none is there.
func bound(q *rabbitmq.QueueView) model.Known[rabbitmq.Arg] {
	var out model.Known[rabbitmq.Arg]
	for i, key := range []string{"max-length", "max-length-bytes", "message-ttl"} {
		k := q.Effective(key)
		if k.Present() {
			return k
		}
		if i == 0 || k.Unknown() && !out.Unknown() {
			out = k
		}
	}
	return out
}
