package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// PublishNotAwaited finds publishes whose promise or coroutine nobody waits for.
var PublishNotAwaited = rule.Rule{
	ID:       "rabbitmq/publish-not-awaited",
	Title:    "Messages are not sent, or fail unseen",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("P1", "C5", "S1"), Since: "0.1",
	Advice: "Await the call, or gather it with others and await them all.",
	Code: func(p *rule.Pass, e *model.Estate) {
		for ref, x := range publishes(e) {
			switch {
			case x.Awaited.Absent(): // 1. The call does not return a promise.
				p.NotApplicable(ref, "the library's call sends at once")
			case x.Awaited.Unknown(): // 2.
				p.Unknown(ref, x.Awaited.Why())
			case model.Is(x.Awaited, true): // 3.
				p.Pass(ref)
			default: // 4.
				p.Fail(ref, "%s does not wait for its publish to %s: its failure is seen by nobody", siteName(x.Site), destination(x)).See(x)
			}
		}
	},
}
