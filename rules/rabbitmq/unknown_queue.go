package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// UnknownQueue finds queues that code uses and nobody has declared.
var UnknownQueue = rule.Rule{
	ID:       "rabbitmq/unknown-queue",
	Title:    "Code uses a queue that does not exist",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("B9", "M9", "C7", "S1"), Since: "0.1",
	Advice: "Declare the queue in the program that consumes it, or correct the name.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		o := rabbitmq.View(e)
		for _, q := range o.Queues {
			used := usedAt(q)
			if used == nil || q.Generated() {
				continue
			}
			snapshots := o.Snapshots
			unread := o.Seen(q.Target, q.VHost).Queues
			switch {
			case q.Live != nil || q.Declared(): // 1. It is there, or declared at the program's start.
				p.Pass(q)
			case len(snapshots) == 0: // 2. No broker was read.
				p.Unknown(q, "it is declared elsewhere or not at all: name the broker, or all code")
			case unread != "": // 3.
				p.Unknown(q, unread)
			case len(q.Publishes) > 0: // 4. Somebody publishes to it, into nothing.
				p.Fail(q, "messages for %s are dropped: the queue does not exist", q.Name.Name).
					See(seen(used.At), "used here").See(q.Publishes[0], "published to here").See(seen(snapshots[0].Topology.At), "not on the broker")
			default: // 5.
				p.Fail(q, "consuming %s fails with 404: the queue does not exist", q.Name.Name).
					See(seen(used.At), "used here").See(seen(snapshots[0].Topology.At), "not on the broker").At(rule.Medium)
			}
		}
	},
}

// usedAt is a place in application code that consumes or fetches from the queue.
func usedAt(q *rabbitmq.QueueView) *code.Site {
	for _, c := range q.Consumes {
		if c.Role == code.Application {
			return &c.Site
		}
	}
	for _, g := range q.Gets {
		if g.Role == code.Application {
			return &g.Site
		}
	}
	return nil
}
