package rabbitmq

import (
	"iter"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// node is a node of a cluster as the last look saw it, and as the first did; before is nil
// when there was one look only.
type node struct {
	rabbitmq.Node
	s      *rabbitmq.Snapshot
	before *rabbitmq.Node
}

// Ref names the node.
func (n node) Ref() model.Ref { return n.s.Part("node", "", n.Name) }

// runningNodes yields the nodes that run; where nodes could not be read it answers
// unknown, once a broker.
func runningNodes(p *rule.Pass, e *model.Estate) iter.Seq[node] {
	return func(yield func(node) bool) {
		for n := range allNodes(p, e) {
			if !model.Is(n.Running, false) && !yield(n) {
				return
			}
		}
	}
}

// allNodes yields all nodes of clusters, running or not.
func allNodes(p *rule.Pass, e *model.Estate) iter.Seq[node] {
	return func(yield func(node) bool) {
		for s := range clusters(p, e) {
			if nodes(s) == 0 {
				p.Unknown(s, "the nodes of the cluster could not be read")
			}
			for _, n := range s.Last().Nodes {
				if !yield(node{n, s, nodeBefore(s, n.Name)}) {
					return
				}
			}
		}
	}
}

func nodeBefore(s *rabbitmq.Snapshot, name string) *rabbitmq.Node {
	if len(s.Looks) < 2 {
		return nil
	}
	for i := range s.Looks[0].Nodes {
		if s.Looks[0].Nodes[i].Name == name {
			return &s.Looks[0].Nodes[i]
		}
	}
	return nil
}

// share is used of total; unknown when either is, or when there is no total.
func share(used, total model.Known[int64]) model.Known[float64] {
	u, uok := used.Get()
	t, tok := total.Get()
	switch {
	case !uok:
		return model.Unknown[float64](used.Why(), used.Origin())
	case !tok || t <= 0 || u < 0:
		return model.Unknown[float64]("the broker gives no limit", total.Origin())
	}
	return model.Present(float64(u)/float64(t), used.Origin())
}
