package rabbitmq

import (
	"fmt"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// onlineLag is how late the list of online members is; measured: a member that stopped
// still stood in it after 8 s and was gone after 90 s.
const onlineLag = 30 * time.Second

// QuorumMemberOffline finds quorum queues that miss a member.
var QuorumMemberOffline = rule.Rule{
	ID:       "rabbitmq/quorum-member-offline",
	Title:    "A quorum queue runs without one of its members",
	Severity: rule.High, Area: rule.Durability, Covers: rule.Items("C5", "M3", "P4"), Since: "0.1",
	Advice:  "Bring the member's node back before any other node is restarted.",
	Brokers: rule.Versions("3.8", ""),
	Live: func(p *rule.Pass, e *model.Estate) {
		for q, members := range quorumQueues(p, e) {
			last := q.Snapshot.Last()
			away := offline(last, q.Name, members)
			var dead []string
			for _, m := range members {
				if stopped(last, m) {
					dead = append(dead, m)
				}
			}
			switch w := q.Snapshot.Window(); {
			case len(dead) > 0: // 1. Its node does not run.
				p.Fail(q, "%s runs without its member on %s: that node does not run", q.Name.Name, some(dead)).
					See(seen(last.Origin), some(dead)+" does not run").WithTraffic(q.Traffic())
			case last.Queues[q.Name].Online.Unknown(): // 2.
				p.Unknown(q, "which of its members are online is not known")
			case len(away) == 0: // 3.
				p.Pass(q)
			default: // 4.
				v := p.Fail(q, "%s runs without its member on %s", q.Name.Name, some(away)).
					See(last.Queues[q.Name].Online, fmt.Sprintf("%d of %d members online", len(members)-len(away), len(members))).WithTraffic(q.Traffic())
				if w.Broken != "" || w.Length() < onlineLag || len(offline(w.From, q.Name, members)) == 0 {
					v.Likely("the list of online members is late by up to %.0f s", onlineLag.Seconds()) // 5.
				}
			}
		}
	},
}
