package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// nearlyFull is the share of a limit from which it is about to drop; our choice.
const nearlyFull = 0.8

// DropHeadOnWork finds work queues that throw away their oldest messages.
var DropHeadOnWork = rule.Rule{
	ID:       "rabbitmq/drop-head-on-work",
	Title:    "A full queue throws away its oldest messages",
	Severity: rule.Critical, Area: rule.Capacity, Covers: rule.Items("B4", "M2", "V4", "S3"), Since: "0.1",
	Advice: "Set overflow reject-publish and publish with confirms, or give the queue a dead-letter exchange.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			limit, overflow, dlx := lengthLimit(q), q.Text("overflow"), q.DeadLetterExchange()
			if limit.Absent() {
				continue
			}
			if why := q.NotWork(); why != "" { // 1.
				p.NotApplicable(q, why)
				continue
			}
			full, filled := fullness(q)
			consumed := q.Consumed()
			switch {
			case limit.Unknown() || overflow.Unknown() || dlx.Unknown(): // 2.
				p.Unknown(q, limit.Why()+overflow.Why()+dlx.Why())
			case dlx.Present() || overflow.Or("drop-head") != "drop-head": // 3.
				p.Pass(q)
			case consumed.Or(0) == 0 && len(q.Consumes) == 0 && !consumed.Present(): // 4.
				p.Unknown(q, "whether somebody works on its messages is not known")
			case consumed.Or(0) == 0 && len(q.Consumes) == 0: // 5.
				p.NotApplicable(q, "nobody consumes it")
			case full >= nearlyFull: // 6. It is about to drop, or does.
				p.Fail(q, "%s is at %s of its limit: the oldest messages are dropped when it is full", q.Name.Name, percent(full)).
					See(limit, "limit "+limit.Or(none).String()+", overflow drop-head").See(filled, percent(full)+" full").
					HarmSeen().WithTraffic(q.Traffic())
			default: // 7.
				p.Fail(q, "the oldest messages of %s are dropped when it is full", q.Name.Name).
					See(limit, fmt.Sprintf("limit %s, overflow drop-head, no dead-letter exchange", limit.Or(none))).
					At(rule.High).WithTraffic(q.Traffic())
			}
		}
	},
}

// fullness is the share of its length limits that the queue has used.
func fullness(q *rabbitmq.QueueView) (float64, model.Known[int64]) {
	stats, ok := q.Stats()
	if !ok {
		return 0, model.Known[int64]{}
	}
	most, at := 0.0, stats.Ready
	for key, used := range map[string]model.Known[int64]{"max-length": stats.Ready, "max-length-bytes": stats.MessageBytes} {
		if s := share(used, q.Int(key)); s.Or(0) > most {
			most, at = s.Or(0), used
		}
	}
	return most, at
}
