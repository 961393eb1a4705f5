package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// NoDeadLetter finds work queues without a dead-letter exchange.
var NoDeadLetter = rule.Rule{
	ID:       "rabbitmq/no-dead-letter",
	Title:    "Failed messages have nowhere to go",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("P3", "M2", "T2", "C3"), Since: "0.1",
	Advice: `Set a policy with "dead-letter-exchange" for the queue, and bind a queue to that exchange.`,
	Estate: func(p *rule.Pass, e *model.Estate) {
		for _, q := range rabbitmq.Queues(e) {
			// 1. Not a work queue.
			if why := q.NotWork(); why != "" {
				p.NotApplicable(q, why)
				continue
			}
			dlx := q.DeadLetterExchange()
			switch discards := q.Discards(); {
			case dlx.Present(): // 2. An exchange is named; "" is the default exchange.
				p.Pass(q)
			case dlx.Unknown(): // 3. Policies could not be read, or are not in the statistics yet.
				p.Unknown(q, dlx.Why())
			case discards == nil && e.Complete && q.NeverRejects(): // 4. It cannot lose a message this way.
				p.Fail(q, "a message of %s that is rejected one day is dropped", q.Name.Name).
					See(dlx, "no dead-letter exchange").At(rule.Low)
			case discards == nil: // 5. What it loses depends on consumers that were not read.
				p.Fail(q, "messages of %s that a consumer rejects are dropped", q.Name.Name).
					See(dlx, "no dead-letter exchange").At(rule.Medium).WithTraffic(q.Traffic())
			default: // 6. Something discards messages.
				p.Fail(q, "%s of %s are dropped", discards.What, q.Name.Name).
					See(dlx, "no dead-letter exchange").See(discards, discards.Value).WithTraffic(q.Traffic())
			}
		}
	},
}
