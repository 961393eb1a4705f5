package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// QuorumEven finds even numbers of members and nodes.
var QuorumEven = rule.Rule{
	ID:       "rabbitmq/quorum-even",
	Title:    "An even number of members buys no safety",
	Severity: rule.Medium, Area: rule.Durability, Covers: rule.Items("C5", "A6"), Since: "0.1",
	Advice:  "Use three members or five, on three nodes or five.",
	Brokers: rule.Versions("3.8", ""),
	Live: func(p *rule.Pass, e *model.Estate) {
		any := map[*rabbitmq.Snapshot]bool{}
		for q, members := range quorumQueues(p, e) {
			any[q.Snapshot] = true
			switch n := len(members); {
			case n%2 == 0 && n > 0:
				p.Fail(q, "%s has %d members: it stands the loss of %d, as %d members would", q.Name.Name, n, (n-1)/2, n-1).
					See(q.Live.Members, "members "+some(members)).WithTraffic(q.Traffic())
			default:
				p.Pass(q)
			}
		}
		for _, s := range rabbitmq.View(e).Snapshots {
			if n := 0; s.Last() != nil && any[s] && nodes(s)%2 == 0 && nodes(s) > 0 {
				n = nodes(s)
				p.Fail(s, "the cluster has %d nodes: it stands the loss of %d, as %d nodes would", n, (n-1)/2, n-1).
					See(seen(s.Last().Origin), fmt.Sprintf("%d nodes", n))
			}
		}
	},
}
