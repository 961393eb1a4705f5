package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// AckBeforeWork finds handlers that acknowledge before they have done the work.
var AckBeforeWork = rule.Rule{
	ID:       "rabbitmq/ack-before-work",
	Title:    "A crash or error loses the message that is being worked on",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("P1", "M1"), Since: "0.1",
	Advice: "Acknowledge as the last step, after the work is stored.",
	Code: func(p *rule.Pass, e *model.Estate) {
		for c := range handlers(p, e) {
			h := c.Handler
			// 1. Nothing that could be lost.
			if !h.Works {
				p.NotApplicable(c, "its handler does no work")
				continue
			}
			x := ackedEarly(h)
			switch {
			case x == nil: // 2.
				p.Pass(c)
			default: // 3.
				v := p.Fail(c, "%s is acknowledged before the work on it is done: an error or crash after that loses the message", c.Name).
					See(x.Settled[0], "acknowledged here").See(seen(x.AckBeforeWork), "then worked on here")
				weigh(v, h)
			}
		}
	},
}

// ackedEarly is a way out on which work follows the acknowledgement, and the message was
// not stored before it.
func ackedEarly(h *code.Handler) *code.Exit {
	for i := range h.Exits {
		if x := &h.Exits[i]; x.AckBeforeWork != nil && !x.Stored && acks(*x) && !x.Tainted {
			return x
		}
	}
	return nil
}
