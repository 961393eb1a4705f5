package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// TransientShare is the share of transient messages that counts; our choice.
const TransientShare = 0.01

// TransientMessages finds durable queues whose messages a restart loses.
var TransientMessages = rule.Rule{
	ID:       "rabbitmq/transient-messages",
	Title:    "A restart of the broker loses messages of a durable queue",
	Severity: rule.High, Area: rule.Durability, Covers: rule.Items("C5"), Since: "0.1",
	Advice: "Publish with delivery_mode 2 (persistent), or make the queue a quorum queue, which keeps all messages.",
	Code:   transientPublishInCode,
	Live: func(p *rule.Pass, e *model.Estate) {
		for q, f := range flows(p, e) {
			if !model.Is(q.Type(), "classic") || !model.Is(q.Durable(), true) { // 1. Others keep all, or nothing.
				continue
			}
			if why := forTheMoment(q); why != "" {
				p.NotApplicable(q, why)
				continue
			}
			n, kept := f.After.Messages, f.After.Persistent
			before, keptBefore := f.Before.Messages, f.Before.Persistent
			share := func(n, kept int64) float64 { return float64(n-kept) / float64(max(n, 1)) }
			switch {
			case !n.Present() || !kept.Present() || !before.Present() || !keptBefore.Present(): // 2.
				p.Unknown(q, "the broker does not say how many messages are persistent")
			case n.Or(0) == 0 || before.Or(0) == 0: // 3.
				p.NotApplicable(q, "it was empty at one of the looks")
			case share(n.Or(0), kept.Or(0)) >= TransientShare && share(before.Or(0), keptBefore.Or(0)) >= TransientShare: // 4.
				p.Fail(q, "%s of %s in %s are lost when the broker restarts", number(n.Or(0)-kept.Or(0)), messages(n.Or(0)), q.Name.Name).
					See(kept, fmt.Sprintf("%d messages, %d of them persistent", n.Or(0), kept.Or(0))).WithTraffic(f.Traffic())
			default:
				p.Pass(q)
			}
		}
	},
}
