package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// NoMaxLength finds work queues that grow until the node stops.
var NoMaxLength = rule.Rule{
	ID:       "rabbitmq/no-max-length",
	Title:    "A queue grows until the broker stops all publishers",
	Severity: rule.Medium, Area: rule.Capacity, Covers: rule.Items("B4", "V4", "S3"), Since: "0.1",
	Advice: `Set an operator policy with "max-length" or "max-length-bytes" and an overflow for the vhost.`,
	Live: func(p *rule.Pass, e *model.Estate) {
		for q, f := range flows(p, e) {
			if why := q.NotWork(); why != "" { // 1.
				p.NotApplicable(q, why)
				continue
			}
			switch limit := bound(q); {
			case limit.Present(): // 2.
				p.Pass(q)
			case limit.Unknown() || f.Publish.Unknown(): // 3.
				p.Unknown(q, limit.Why()+f.Publish.Why())
			case f.Publish.Or(0) == 0: // 4.
				p.NotApplicable(q, "nothing was published to it between the looks")
			default: // 5.
				p.Fail(q, "%s has no limit: when its workers stop, it grows by %s until the memory or disk alarm", q.Name.Name, perSecond(f.PerSecond(f.Publish))).
					See(limit, "no max-length, max-length-bytes or message-ttl").WithTraffic(f.Traffic())
			}
		}
	},
}
