package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// AtLeastOnceWrongOverflow finds at-least-once dead-lettering that is not in force.
var AtLeastOnceWrongOverflow = rule.Rule{
	ID:       "rabbitmq/at-least-once-wrong-overflow",
	Title:    "At-least-once dead-lettering is not in force",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("M2", "T2", "C5", "S8"), Since: "0.1",
	Advice:  "Set overflow to reject-publish too, and let publishers handle the refusals.",
	Brokers: rule.Versions("3.10", ""),
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			strategy, overflow := q.Text("dead-letter-strategy"), q.Text("overflow")
			switch {
			case !model.Is(strategy, "at-least-once") || !model.Is(q.Type(), "quorum"):
				continue // not asked for
			case overflow.Unknown():
				p.Unknown(q, overflow.Why())
			case overflow.Or("drop-head") != "reject-publish":
				p.Fail(q, "dead letters of %s can be lost: at-least-once needs overflow reject-publish and falls back to at-most-once", q.Name.Name).
					See(strategy, "dead-letter-strategy at-least-once").See(overflow, "overflow "+overflow.Or("drop-head")).WithTraffic(q.Traffic())
			default:
				p.Pass(q)
			}
		}
	},
}
