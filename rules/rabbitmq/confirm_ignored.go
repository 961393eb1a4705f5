package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// ConfirmIgnored finds publishers in confirm mode that never look at the confirms.
var ConfirmIgnored = rule.Rule{
	ID:       "rabbitmq/confirm-ignored",
	Title:    "Messages that the broker refused count as sent",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("P1", "C5"), Since: "0.1",
	Advice: "Wait for the confirms (waitForConfirms, a callback) and send again what was refused.",
	Code: func(p *rule.Pass, e *model.Estate) {
		for ref, x := range publishes(e) {
			switch {
			case !model.Is(x.Confirmed, true): // 1.
				p.NotApplicable(ref, "its channel is not in confirm mode")
			case x.ConfirmAwaited.Unknown(): // 2.
				p.Unknown(ref, x.ConfirmAwaited.Why())
			case model.Is(x.ConfirmAwaited, true): // 3.
				p.Pass(ref)
			default: // 4.
				p.Fail(ref, "the channel is in confirm mode, and nothing reads the confirms of what %s sends to %s: refused messages are lost unseen", siteName(x.Site), destination(x)).
					See(x)
			}
		}
	},
}
