package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// DeliveryLimitMinusOneOld finds limits of -1 where they mean "none at all".
var DeliveryLimitMinusOneOld = rule.Rule{
	ID:       "rabbitmq/delivery-limit-minus-one-old",
	Title:    "A message is dropped the first time it comes back",
	Severity: rule.Critical, Area: rule.Failures, Covers: rule.Items("P6", "M7", "S8", "E1"), Since: "0.1",
	Advice:  "Take the limit of -1 away, or set the number that is meant: -1 is unlimited from 4.0 on only.",
	Brokers: rule.Versions("3.8", "4.0"),
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			if !model.Is(q.Type(), "quorum") {
				continue
			}
			switch limit := q.Int("delivery-limit"); {
			case limit.Unknown():
				p.Unknown(q, limit.Why())
			case limit.Or(0) < 0:
				p.Fail(q, "a message of %s is dropped at its first redelivery", q.Name.Name).
					See(limit, "delivery limit -1 before RabbitMQ 4.0").WithTraffic(q.Traffic())
			default:
				p.Pass(q)
			}
		}
	},
}
