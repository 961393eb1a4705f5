package rabbitmq

import (
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// DeadLetterQueueDropsWhenFull finds dead-letter queues that refuse dead letters.
var DeadLetterQueueDropsWhenFull = rule.Rule{
	ID:       "rabbitmq/dead-letter-queue-drops-when-full",
	Title:    "A full dead-letter queue throws away what fails",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("P3", "M2", "T2"), Since: "0.1",
	Advice: "Use overflow drop-head with an alarm for the dead-letter queue, or at-least-once dead-lettering on the queues before it.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			role, _ := q.Role()
			if role != rabbitmq.DeadLetter || !model.Is(q.Type(), "classic") {
				continue
			}
			overflow, limit := q.Text("overflow"), lengthLimit(q)
			switch {
			case overflow.Unknown() || limit.Unknown(): // 1.
				p.Unknown(q, overflow.Why()+limit.Why())
			case limit.Absent() || !strings.HasPrefix(overflow.Or(""), "reject-publish"): // 2. It never refuses.
				p.Pass(q)
			case allWait(q.DeadLetterSources()): // 3. The sources keep what is refused.
				p.Pass(q)
			default: // 4.
				p.Fail(q, "dead letters that do not fit into %s are dropped: nobody is there to be told", q.Name.Name).
					See(overflow, "overflow "+overflow.Or("")).See(limit, "a limit of length").WithTraffic(q.Traffic())
			}
		}
	},
}

// lengthLimit is the length limit in force, of messages or bytes.
func lengthLimit(q *rabbitmq.QueueView) model.Known[rabbitmq.Arg] {
	n, bytes := q.Effective("max-length"), q.Effective("max-length-bytes")
	if n.Present() || n.Unknown() && !bytes.Present() {
		return n
	}
	return bytes
}

// allWait says that all sources dead-letter at least once: they wait until the target
// confirms.
func allWait(sources []*rabbitmq.QueueView) bool {
	for _, s := range sources {
		if !model.Is(s.Text("dead-letter-strategy"), "at-least-once") {
			return false
		}
	}
	return len(sources) > 0
}
