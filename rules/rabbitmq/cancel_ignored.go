package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// CancelIgnored finds Node handlers that do not look whether the delivery is null.
var CancelIgnored = rule.Rule{
	ID:       "rabbitmq/cancel-ignored",
	Title:    "When the broker cancels the consumer, the process fails or waits for nothing",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("S1", "B2"), Since: "0.1",
	Advice: "Return early when the message is null, and consume again or end the process.",
	Code: func(p *rule.Pass, e *model.Estate) {
		for c := range consumers(e) {
			h := c.Handler
			switch {
			case h == nil: // 1.
				p.Unknown(c, "its handler was not found: "+c.HandlerWhy)
			case h.NullChecked.Absent(): // 2. Another library.
				p.NotApplicable(c, "the library tells a cancelled consumer in another way")
			case h.NullChecked.Unknown(): // 3.
				p.Unknown(c, h.NullChecked.Why())
			case model.Is(h.NullChecked, true) || model.Is(c.OnCancel, true): // 4.
				p.Pass(c)
			default: // 5.
				p.Fail(c, "the handler of %s takes null for a message: amqplib gives null when the queue is deleted or its node fails, and the handler throws", c.Name).
					See(seen(h.At), "msg is used without a look whether it is null").At(rule.Medium)
			}
		}
	},
}
