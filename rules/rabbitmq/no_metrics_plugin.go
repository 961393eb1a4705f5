package rabbitmq

import (
	"slices"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// NoMetricsPlugin finds nodes that export no metrics.
var NoMetricsPlugin = rule.Rule{
	ID:       "rabbitmq/no-metrics-plugin",
	Title:    "Nobody is woken when a queue fills up: the broker exports no metrics",
	Severity: rule.Medium, Area: rule.Operations, Covers: rule.Items("P4", "B4", "M3", "C6"), Since: "0.1",
	Advice: "Enable rabbitmq_prometheus and scrape port 15692 of every node.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for n := range runningNodes(p, e) {
			plugins := n.Plugins
			switch {
			case !plugins.Present():
				p.Unknown(n, "the broker does not give its plugins")
			case slices.ContainsFunc(plugins.Or(nil), func(s string) bool { return strings.Contains(s, "prometheus") }):
				p.Pass(n)
			default:
				p.Fail(n, "%s exports no metrics", n.Name).See(plugins, "rabbitmq_prometheus is not enabled").
					Likely("an exporter can ask the management API from outside")
			}
		}
	},
}
