package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// DeliveryLimitAbsent finds quorum queues that redeliver without end.
var DeliveryLimitAbsent = rule.Rule{
	ID:       "rabbitmq/delivery-limit-absent",
	Title:    "A poisoned message is delivered again for ever",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("P6", "M7", "T1", "S4", "E1"), Since: "0.1",
	Advice:  `Set a policy with "delivery-limit" and "dead-letter-exchange" for quorum queues.`,
	Brokers: rule.Versions("3.8", "4.0"),
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			if !model.Is(q.Type(), "quorum") {
				continue
			}
			if why := q.NotWork(); why != "" {
				p.NotApplicable(q, why)
				continue
			}
			switch limit := q.Int("delivery-limit"); {
			case limit.Unknown():
				p.Unknown(q, limit.Why())
			case limit.Absent():
				p.Fail(q, "a message of %s that makes its worker fail is delivered again for ever", q.Name.Name).
					See(limit, "no delivery limit: before 4.0 there is none by default").WithTraffic(q.Traffic())
			default:
				p.Pass(q)
			}
		}
	},
}
