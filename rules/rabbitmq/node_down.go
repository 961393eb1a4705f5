package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// NodeDown finds nodes of the cluster that do not run.
var NodeDown = rule.Rule{
	ID:       "rabbitmq/node-down",
	Title:    "A node of the cluster is down",
	Severity: rule.Critical, Area: rule.Operations, Covers: rule.Items("M3", "P4", "A6", "S1"), Since: "0.1",
	Advice: "Start the node; if it is gone for good, take it out with rabbitmqctl forget_cluster_node.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for n := range allNodes(p, e) {
			switch {
			case n.Running.Unknown():
				p.Unknown(n, "the broker does not say whether it runs")
			case n.Running.Or(true):
				p.Pass(n)
			case n.Draining.Or(false) || n.before != nil && n.before.Draining.Or(false): // somebody takes it down
				p.NotApplicable(n, "it is in maintenance")
			default:
				v := p.Fail(n, "%s does not run: its classic queues are away, its quorum queues have a member less", n.Name).
					See(n.Running, "running: false")
				if n.before == nil || !model.Is(n.before.Running, false) {
					v.Likely("it was seen at one look: a restart can be under way")
				} else {
					v.HarmSeen()
				}
			}
		}
	},
}
