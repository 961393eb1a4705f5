package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// NeverSettled finds handlers that return without acknowledging or rejecting.
var NeverSettled = rule.Rule{
	ID:       "rabbitmq/never-settled",
	Title:    "Messages stay unacknowledged and are delivered again after a restart",
	Severity: rule.Critical, Area: rule.Delivery, Covers: rule.Items("P1", "M1", "S1", "S6"), Since: "0.1",
	Advice: "Acknowledge or reject on every way out of the handler.",
	Code: func(p *rule.Pass, e *model.Estate) {
		for c := range handlers(p, e) {
			h := c.Handler
			// 1. Something else may settle it.
			if h.Keeps {
				p.Unknown(c, "the delivery is kept or handed on, and could be settled elsewhere")
				continue
			}
			open, settled := openExits(h)
			switch {
			case open == nil: // 2.
				p.Pass(c)
			case !settled: // 3. No way out settles.
				p.Fail(c, "%s is consumed with acknowledgement, and its handler never acknowledges: with a prefetch it stops after as many messages, without one it holds them all", c.Name).
					See(c, "consumed here").See(open, "its handler ends here with the message unacknowledged")
			default: // 4. Some do.
				p.Fail(c, "a message of %s stays unacknowledged on one way out of its handler: it blocks a place of the prefetch, and comes again after a restart", c.Name).
					At(rule.High).See(open, "the handler ends here with the message unacknowledged").
					Likely("a way out that never happens looks the same")
			}
		}
	},
}

// openExits is a way out by return that settles nothing, and whether another one settles.
func openExits(h *code.Handler) (open *code.Exit, settled bool) {
	for i := range h.Exits {
		x := &h.Exits[i]
		switch {
		case len(x.Settled) > 0:
			settled = true
		case x.Kind == code.Returns && open == nil && !x.Tainted && !x.Guarded:
			open = x
		}
	}
	return open, settled
}
