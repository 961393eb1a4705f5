package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// QuorumCritical finds quorum queues that have no member to lose, or too few to run.
var QuorumCritical = rule.Rule{
	ID:       "rabbitmq/quorum-critical",
	Title:    "One more stopped node stops quorum queues",
	Severity: rule.Critical, Area: rule.Durability, Covers: rule.Items("C5", "M3", "P4", "S1"), Since: "0.1",
	Advice:  "Bring the missing members back before any node is restarted.",
	Brokers: rule.Versions("3.8", ""),
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			if nodes(s) > 1 {
				criticalNode(p, s)
			}
		}
		for q, members := range quorumQueues(p, e) {
			last := q.Snapshot.Last()
			away := len(offline(last, q.Name, members))
			online, majority := len(members)-away, len(members)/2+1
			v := func(harm string) *rule.Verdict {
				return p.Fail(q, "%s has %d of %d members online: %s", q.Name.Name, online, len(members), harm).
					See(last.Queues[q.Name].Online, fmt.Sprintf("%d of %d members online", online, len(members))).WithTraffic(q.Traffic())
			}
			switch first := q.Snapshot.Looks[0]; {
			case nodes(q.Snapshot) == 1: // 1.
				p.NotApplicable(q, "the cluster has one node")
			case last.Queues[q.Name].Online.Unknown(): // 2.
				p.Unknown(q, "which of its members are online is not known")
			case online < majority && len(offline(&first, q.Name, members)) >= away && len(q.Snapshot.Looks) > 1: // 3. Lost at both looks.
				v("it takes and gives nothing").HarmSeen()
			case online < majority: // 4. Lost at one look: an election can be under way.
				v("it takes and gives nothing").Likely("it was seen at one look: an election can be under way")
			case online == majority && online < len(members): // 5. None to lose.
				v("it stops when one more goes").At(rule.High)
			default:
				p.Pass(q)
			}
		}
	},
}

// criticalNode takes the broker's own answer to whether a node can be stopped.
func criticalNode(p *rule.Pass, s *rabbitmq.Snapshot) {
	h, ok := s.Health["node-is-quorum-critical"]
	check, seen := h.Get()
	switch {
	case !ok || !seen:
		return // the queues' own members decide
	case check.OK:
		p.Pass(s)
	default:
		p.Fail(s, "stopping the node that was asked stops %s", things(int64(max(len(check.Queues), 1)), "quorum queue")).
			See(h, "node-is-quorum-critical: "+some(check.Queues)).At(rule.High)
	}
}
