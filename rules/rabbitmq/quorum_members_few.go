package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// QuorumMembersFew finds quorum queues with too few members to lose one.
var QuorumMembersFew = rule.Rule{
	ID:       "rabbitmq/quorum-members-few",
	Title:    "The quorum queue stops when one node stops",
	Severity: rule.High, Area: rule.Durability, Covers: rule.Items("C5", "A6", "M3"), Since: "0.1",
	Advice:  "Grow the queue to three members: rabbitmq-queues grow NODE all.",
	Brokers: rule.Versions("3.8", ""),
	Live: func(p *rule.Pass, e *model.Estate) {
		for q, members := range quorumQueues(p, e) {
			switch n := nodes(q.Snapshot); {
			case n == 0: // 1.
				p.Unknown(q, "the nodes of the cluster could not be read")
			case n == 1: // 2. There is nothing to grow to.
				p.NotApplicable(q, "the cluster has one node")
			case len(members) == 2 || len(members) == 1 && n >= 3: // 3.
				p.Fail(q, "%s has %s on a cluster of %d nodes: it stops when one stops", q.Name.Name, things(int64(len(members)), "member"), n).
					See(q.Live.Members, fmt.Sprintf("members %s", some(members))).WithTraffic(q.Traffic())
			default:
				p.Pass(q)
			}
		}
	},
}
