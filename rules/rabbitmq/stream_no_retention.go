package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// StreamNoRetention finds streams that grow for ever.
var StreamNoRetention = rule.Rule{
	ID:       "rabbitmq/stream-no-retention",
	Title:    "A stream grows until the disk is full",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("B4", "A7", "C1"), Since: "0.1",
	Advice:  `Set a policy with "max-age" or "max-length-bytes" for the stream.`,
	Brokers: rule.Versions("3.9", ""),
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			age, bytes := q.Effective("max-age"), q.Effective("max-length-bytes")
			switch {
			case !model.Is(q.Type(), "stream"):
				continue
			case age.Present() || bytes.Present():
				p.Pass(q)
			case age.Unknown() || bytes.Unknown():
				p.Unknown(q, age.Why()+bytes.Why())
			default:
				p.Fail(q, "%s keeps every message for ever", q.Name.Name).
					See(age, "neither max-age nor max-length-bytes").WithTraffic(q.Traffic())
			}
		}
	},
}
