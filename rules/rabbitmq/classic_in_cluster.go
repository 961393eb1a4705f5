package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// ClassicInCluster finds work queues that live on one node of a cluster.
var ClassicInCluster = rule.Rule{
	ID:       "rabbitmq/classic-in-cluster",
	Title:    "The queue stops when one node of the cluster stops",
	Severity: rule.High, Area: rule.Durability, Covers: rule.Items("C5", "C1", "A6"), Since: "0.1",
	Advice: "Make a quorum queue under a new name, and move publishers and consumers.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			if len(s.Last().Nodes) == 0 {
				p.Unknown(s, "the nodes of the cluster could not be read")
			}
		}
		for q := range liveQueues(p, e) {
			nodes := len(q.Snapshot.Last().Nodes)
			if nodes < 2 || !model.Is(q.Type(), "classic") || !model.Is(q.Durable(), true) { // 1. One node; or another type.
				continue
			}
			if why := forTheMoment(q); why != "" {
				p.NotApplicable(q, why)
				continue
			}
			consumed, mirrors := q.Consumed(), q.Live.Mirrors
			switch {
			case len(mirrors.Or(nil)) > 0: // 2. It has copies.
				p.Pass(q)
			case consumed.Unknown(): // 3.
				p.Unknown(q, consumed.Why())
			case consumed.Or(0) == 0: // 4. Nobody depends on it now.
				p.NotApplicable(q, "nobody consumes it")
			default: // 5.
				p.Fail(q, "%s lives on %s alone: it stops, and its messages are away, when that node does", q.Name.Name, q.Live.Node.Or("one node")).
					See(q.Live.Type, fmt.Sprintf("classic queue on 1 of %d nodes", nodes)).WithTraffic(q.Traffic())
			}
		}
	},
}
