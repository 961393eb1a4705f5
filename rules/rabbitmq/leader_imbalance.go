package rabbitmq

import (
	"fmt"
	"slices"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// From how many queues, and from what difference between the nodes as a share of all
// queues, leaders count as out of balance; our choices.
const (
	balanceQueues = 10
	balanceShare  = 0.2
)

// LeaderImbalance finds clusters where one node does the work of all.
var LeaderImbalance = rule.Rule{
	ID:       "rabbitmq/leader-imbalance",
	Title:    "One node of the cluster does the work of all",
	Severity: rule.Medium, Area: rule.Capacity, Covers: rule.Items("P2", "C4", "A6"), Since: "0.1",
	Advice:  "Set queue_leader_locator = balanced, and run rabbitmq-queues rebalance quorum in a quiet hour.",
	Brokers: rule.Versions("3.8", ""),
	Live: func(p *rule.Pass, e *model.Estate) {
		leaders := map[*rabbitmq.Snapshot]map[string]int{}
		for q := range quorumQueues(p, e) {
			s := q.Snapshot
			if leaders[s] == nil {
				leaders[s] = map[string]int{}
				for _, n := range s.Last().Nodes {
					if model.Is(n.Running, true) {
						leaders[s][n.Name] = 0
					}
				}
			}
			if node, ok := s.Last().Queues[q.Name].Leader.Get(); ok {
				leaders[s][node]++
			}
		}
		for _, s := range rabbitmq.View(e).Snapshots {
			if leaders[s] != nil {
				balance(p, s, leaders[s])
			}
		}
	},
}

func balance(p *rule.Pass, s *rabbitmq.Snapshot, leaders map[string]int) {
	all, most, least := 0, 0, -1
	var names []string
	for node, n := range leaders {
		names = append(names, fmt.Sprintf("%s %d", node, n))
		all, most = all+n, max(most, n)
		if least < 0 || n < least {
			least = n
		}
	}
	slices.Sort(names)
	switch {
	case len(leaders) < 2:
		p.NotApplicable(s, "the cluster has one node")
	case all < balanceQueues:
		p.NotApplicable(s, "it has fewer than %d quorum queues whose leader is known", balanceQueues)
	case float64(most-least) > balanceShare*float64(all):
		p.Fail(s, "one node leads %d of %d quorum queues, another %d", most, all, least).
			See(seen(s.Last().Origin), "leaders: "+strings.Join(names, ", "))
	default:
		p.Pass(s)
	}
}
