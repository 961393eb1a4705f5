package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// SwallowedError finds broad error handlers after which the message is acknowledged.
var SwallowedError = rule.Rule{
	ID:       "rabbitmq/swallowed-error",
	Title:    "Messages whose work failed count as done",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("P3", "M1", "M2", "P1"), Since: "0.1",
	Advice: "Reject without requeue in the error handler, so that the message goes to the dead-letter exchange.",
	Code: func(p *rule.Pass, e *model.Estate) {
		for c := range handlers(p, e) {
			x := swallowed(c.Handler)
			switch {
			case !c.Handler.Works: // 1.
				p.NotApplicable(c, "its handler does no work")
			case x == nil: // 2.
				p.Pass(c)
			default: // 3.
				p.Fail(c, "any error in the work on a message of %s is caught and the message acknowledged: it is lost without a trace but a log line", c.Name).
					See(seen(x.CaughtAt), "every error is caught here").See(x.Settled[0], "and the message acknowledged here").
					Likely("the error handler could store the message in a way that was not seen")
			}
		}
	},
}

// swallowed is a way out through a broad error handler that acknowledges and neither
// stores nor sends the message on.
func swallowed(h *code.Handler) *code.Exit {
	for i := range h.Exits {
		x := &h.Exits[i]
		if x.Caught == code.Broad && x.Kind == code.Returns && acks(*x) && x.Worked && x.CaughtAt != nil &&
			!x.Stored && !x.Guarded && !x.InFinally && x.Republished == nil && !x.Tainted {
			return x
		}
	}
	return nil
}
