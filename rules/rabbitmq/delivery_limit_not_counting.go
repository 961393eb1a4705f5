package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// DeliveryLimitNotCounting finds limits that nack does not count against.
var DeliveryLimitNotCounting = rule.Rule{
	ID:       "rabbitmq/delivery-limit-not-counting",
	Title:    "The delivery limit does not stop what the worker puts back",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("P6", "M7", "T1", "S8", "E1"), Since: "0.1",
	Advice:  "Use basic.reject with requeue, which counts, or reject without requeue and a dead-letter exchange.",
	Brokers: rule.Versions("4.3", ""),
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			if !model.Is(q.Type(), "quorum") {
				continue
			}
			limit, delayed := q.DeliveryLimit(), q.Text("delayed-retry-type")
			n, limited := limit.Get()
			flow, noWindow := q.Flow()
			were := flow.Before.Messages.Or(0) + flow.Publish.Or(0) // dead letters are not counted as published
			most := were * (n + 1)
			nack := nacksBack(q)
			switch {
			case limit.Unknown() || delayed.Unknown(): // 1.
				p.Unknown(q, limit.Why()+delayed.Why())
			case !limited || n < 0: // 2. No limit to rely on.
				p.NotApplicable(q, "it has no delivery limit")
			case delayed.Or("disabled") != "disabled": // 3. Each try waits longer.
				p.Pass(q)
			case noWindow == "" && len(q.DeadLetterSources()) == 0 && flow.Redeliver.Or(0) > most: // 4. Seen.
				p.Fail(q, "messages of %s are redelivered more often than its limit of %d", q.Name.Name, n).
					See(flow.Redeliver, fmt.Sprintf("%s redeliveries %s of at most %s", number(flow.Redeliver.Or(0)), within(flow.Length),
						messages(were))).
					See(limit, fmt.Sprintf("delivery limit %d", n)).HarmSeen().WithTraffic(flow.Traffic())
			case nack != nil: // 5. Code puts back by nack.
				p.Fail(q, "the limit of %d of %s does not count what the worker puts back by nack", n, q.Name.Name).
					See(rule.At{Where: nack}).See(limit, fmt.Sprintf("delivery limit %d", n)).WithTraffic(q.Traffic())
			default:
				p.Pass(q)
			}
		}
	},
}

// nacksBack finds a consumer in code that puts messages back by basic.nack.
func nacksBack(q *rabbitmq.QueueView) *model.Origin {
	for _, c := range q.Consumes {
		if c.Handler == nil {
			continue
		}
		for _, x := range c.Handler.Exits {
			for _, s := range x.Settled {
				if s.Kind == code.Nack && model.Is(s.Requeue, true) {
					return s.At
				}
			}
		}
	}
	return nil
}
