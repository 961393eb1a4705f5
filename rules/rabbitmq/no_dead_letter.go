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
			case discards == nil && onlyCelery(q): // 5. Celery rejects only what a task asks it to.
				p.Fail(q, "a task of %s that is rejected is dropped", q.Name.Name).
					See(dlx, "no dead-letter exchange").At(rule.Low)
			case discards == nil: // 6. What it loses depends on consumers that were not read.
				p.Fail(q, "messages of %s that a consumer rejects are dropped", q.Name.Name).
					See(dlx, "no dead-letter exchange").At(rule.Medium).WithTraffic(q.Traffic())
			default: // 7. Something discards messages.
				p.Fail(q, "%s of %s are dropped", discards.What, q.Name.Name).
					See(dlx, "no dead-letter exchange").See(discards, discards.Value).WithTraffic(q.Traffic())
			}
		}
	},
}

// onlyCelery says that the queue is known from Celery's configuration alone: its worker
// acknowledges failed tasks and rejects none by itself.
func onlyCelery(q *rabbitmq.QueueView) bool {
	apps := 0
	for _, f := range q.Overlay().Facts {
		apps += len(f.Celery.Apps)
	}
	for _, d := range q.Decls {
		if d.Library != "celery" && (d.Library != "kombu" || apps == 0) {
			return false
		}
	}
	return len(q.Decls) > 0 && len(q.Consumes) == 0 && q.Live == nil
}
