package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// DeliveryLimitUnlimited finds quorum queues whose delivery limit was switched off.
var DeliveryLimitUnlimited = rule.Rule{
	ID:       "rabbitmq/delivery-limit-unlimited",
	Title:    "The delivery limit is switched off",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("P6", "M7", "T1", "S4", "E1"), Since: "0.1",
	Advice:  "Take the limit of -1 away: the default of 20 holds then, and a dead-letter exchange takes what fails that often.",
	Brokers: rule.Versions("4.0", ""),
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			if !model.Is(q.Type(), "quorum") {
				continue
			}
			limit := q.DeliveryLimit()
			counts, _ := countsRounds(q)
			switch {
			case limit.Unknown(): // 1.
				p.Unknown(q, limit.Why())
			case limit.Or(0) >= 0: // 2.
				p.Pass(q)
			case counts: // 3. The code counts itself.
				p.Pass(q)
			default: // 4.
				p.Fail(q, "a message of %s that makes its worker fail is delivered again for ever", q.Name.Name).
					See(limit, "delivery limit: unlimited").WithTraffic(q.Traffic())
			}
		}
	},
}
