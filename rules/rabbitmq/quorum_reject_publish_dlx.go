package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// QuorumRejectPublishDLX finds an overflow that quorum queues take for another one.
var QuorumRejectPublishDLX = rule.Rule{
	ID:       "rabbitmq/quorum-reject-publish-dlx",
	Title:    "A full quorum queue drops its oldest messages instead of refusing new ones",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("B4", "C5", "S8"), Since: "0.1",
	Advice:  "Use overflow reject-publish, which quorum queues have.",
	Brokers: rule.Versions("3.10", ""),
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			overflow := q.Text("overflow")
			switch {
			case !model.Is(q.Type(), "quorum"):
				continue
			case overflow.Unknown():
				p.Unknown(q, overflow.Why())
			case overflow.Or("") == "reject-publish-dlx":
				p.Fail(q, "%s drops its oldest messages when it is full: quorum queues take reject-publish-dlx for drop-head", q.Name.Name).
					See(overflow, "overflow reject-publish-dlx on a quorum queue").WithTraffic(q.Traffic())
			default:
				p.Pass(q)
			}
		}
	},
}
