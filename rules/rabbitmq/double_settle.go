package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// DoubleSettle finds ways out on which a message is settled twice, or at all where it was
// consumed without acknowledgement.
var DoubleSettle = rule.Rule{
	ID:       "rabbitmq/double-settle",
	Title:    "The broker closes the channel, and consuming stops",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("P1", "M1", "S1", "S4"), Since: "0.1",
	Advice: "Settle each message once: return after it, or keep the acknowledgement out of the block whose error handler rejects.",
	Code: func(p *rule.Pass, e *model.Estate) {
		for c := range consumers(e) {
			h := c.Handler
			switch {
			case h == nil: // 1.
				p.Unknown(c, "its handler was not found: "+c.HandlerWhy)
			case h.TooMany || h.Tainted: // 2.
				p.Unknown(c, "its handler could not be followed whole")
			case model.Is(c.AutoAck, true): // 3. Nothing to settle.
				if s := anySettlement(h); s != nil {
					p.Fail(c, "%s is consumed without acknowledgement and then acknowledged: the broker answers 406 and closes the channel", c.Name).
						See(c.AutoAck, "consumed without acknowledgement").See(*s, "and acknowledged here")
				} else {
					p.Pass(c)
				}
			default: // 4.
				twice(p, c)
			}
		}
	},
}

func anySettlement(h *code.Handler) *code.Settlement {
	for _, x := range h.Exits {
		for i := range x.Settled {
			if x.Settled[i].Kind != code.Handed {
				return &x.Settled[i]
			}
		}
	}
	return nil
}

func twice(p *rule.Pass, c consumer) {
	for _, x := range c.Handler.Exits {
		var own []code.Settlement
		for _, s := range x.Settled {
			if s.Kind != code.Handed {
				own = append(own, s)
			}
		}
		if len(own) < 2 || x.Tainted {
			continue
		}
		v := p.Fail(c, "a message of %s is settled twice on one way out of its handler: the broker answers 406 and closes the channel", c.Name).
			See(own[0], "settled here").See(own[1], "and again here")
		if x.Kind == code.Raises || x.Caught != code.NotCaught {
			v.Likely("it takes an error between the two")
		}
		return
	}
	p.Pass(c)
}
