package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// SpawnsUnbounded finds handlers that start a thread or task for each delivery without a
// limit.
var SpawnsUnbounded = rule.Rule{
	ID:       "rabbitmq/spawns-unbounded",
	Title:    "A backlog becomes as many threads or tasks at once, and the worker dies",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("P2", "C2", "M6", "A2", "S7"), Since: "0.1",
	Advice: "Set a prefetch: it bounds how many deliveries are under way; or hand them to a pool of a fixed size.",
	Code: func(p *rule.Pass, e *model.Estate) {
		for c := range consumers(e) {
			h := c.Handler
			switch {
			case h == nil: // 1.
				p.Unknown(c, "its handler was not found: "+c.HandlerWhy)
			case !h.Spawns && !h.Async: // 2.
				p.NotApplicable(c, "it works on one delivery after the other")
			case h.Bounded: // 3.
				p.Pass(c)
			case model.Is(c.AutoAck, true): // 4. No prefetch holds back what needs no ack.
				p.Fail(c, "each delivery of %s starts a task of its own, and without acknowledgement the broker sends all it has at once", c.Name).
					See(c.AutoAck, "consumed without acknowledgement").See(seen(h.At), "a task for each delivery")
			case c.Prefetch.Unknown(): // 5.
				p.Unknown(c, c.Prefetch.Why())
			case c.Prefetch.Or(0) > 0: // 6.
				p.Pass(c)
			default: // 7.
				p.Fail(c, "each delivery of %s starts a task of its own, and no prefetch limits how many come at once", c.Name).
					See(c, "no prefetch").See(seen(h.At), "a task for each delivery")
			}
		}
	},
}
