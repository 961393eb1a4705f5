package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// AckInFinally finds acknowledgements that also run when the work failed.
var AckInFinally = rule.Rule{
	ID:       "rabbitmq/ack-in-finally",
	Title:    "Failed messages are acknowledged and lost",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("P1", "M1", "P3"), Since: "0.1",
	Advice: "Acknowledge after the work succeeded, and reject without requeue in the error handler.",
	Code: func(p *rule.Pass, e *model.Estate) {
		for c := range handlers(p, e) {
			x := ackedOnFailure(c.Handler)
			if x == nil {
				p.Pass(c)
				continue
			}
			v := p.Fail(c, "%s is acknowledged in a finally block, which also runs when the work failed: failed messages are lost", c.Name).
				See(x.Settled[0], "acknowledged here, whatever happened")
			weigh(v, c.Handler)
		}
	},
}

// ackedOnFailure is a way out by error whose acknowledgement stands in a finally block,
// and on which the message was not parked.
func ackedOnFailure(h *code.Handler) *code.Exit {
	for i := range h.Exits {
		x := &h.Exits[i]
		failed := x.Kind == code.Raises || x.Caught != code.NotCaught
		if x.InFinally && failed && acks(*x) && !x.Stored && !x.Tainted {
			return x
		}
	}
	return nil
}
