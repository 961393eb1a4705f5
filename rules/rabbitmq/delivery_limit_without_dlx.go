package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// DeliveryLimitWithoutDLX finds quorum queues that delete what fails too often.
var DeliveryLimitWithoutDLX = rule.Rule{
	ID:       "rabbitmq/delivery-limit-without-dlx",
	Title:    "A message that fails often enough is deleted",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("P3", "P6", "M2", "T2", "E1"), Since: "0.1",
	Advice: `Set a policy with "dead-letter-exchange" for the queue, and bind a queue to that exchange.`,
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			if !model.Is(q.Type(), "quorum") {
				continue
			}
			limit, dlx := q.DeliveryLimit(), q.DeadLetterExchange()
			n, limited := limit.Get()
			switch {
			case dlx.Present(): // 1. They have somewhere to go.
				p.Pass(q)
			case dlx.Unknown() || limit.Unknown(): // 2.
				p.Unknown(q, dlx.Why()+limit.Why())
			case !limited || n < 0: // 3. There is no limit.
				p.NotApplicable(q, "it has no delivery limit")
			default: // 4.
				v := p.Fail(q, "a message of %s is deleted when it was delivered %d times", q.Name.Name, n+1).
					See(limit, fmt.Sprintf("delivery limit %d", n)).See(dlx, "no dead-letter exchange").WithTraffic(q.Traffic())
				if role, _ := q.Role(); role != rabbitmq.Work { // 5. An end of the line.
					v.At(rule.Low)
				}
			}
		}
	},
}
