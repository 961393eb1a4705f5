package rabbitmq

import (
	"iter"
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// quorumQueues yields the quorum queues of clusters with their members; of a queue whose
// members were not given it answers unknown.
func quorumQueues(p *rule.Pass, e *model.Estate) iter.Seq2[*rabbitmq.QueueView, []string] {
	return func(yield func(*rabbitmq.QueueView, []string) bool) {
		for q := range liveQueues(p, e) {
			if !model.Is(q.Type(), "quorum") {
				continue
			}
			members, ok := q.Live.Members.Get()
			if !ok {
				p.Unknown(q, "its members are not known: %s", q.Live.Members.Why())
				continue
			}
			if !yield(q, members) {
				return
			}
		}
	}
}

// nodes is how many nodes the cluster has, running or not; 0 when they could not be read.
func nodes(s *rabbitmq.Snapshot) int { return len(s.Last().Nodes) }

// stopped says that the node is known and does not run.
func stopped(l *rabbitmq.Look, node string) bool {
	return slices.ContainsFunc(l.Nodes, func(n rabbitmq.Node) bool { return n.Name == node && model.Is(n.Running, false) })
}

// offline lists the members that a look did not see online.
func offline(l *rabbitmq.Look, n rabbitmq.Name, members []string) []string {
	online, ok := l.Queues[n].Online.Get()
	if !ok {
		return nil
	}
	var out []string
	for _, m := range members {
		if !slices.Contains(online, m) {
			out = append(out, m)
		}
	}
	return out
}
