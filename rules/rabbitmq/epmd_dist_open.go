package rabbitmq

import (
	"fmt"
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// EpmdDistOpen finds clusters whose inner port is open to the network.
var EpmdDistOpen = rule.Rule{
	ID:       "rabbitmq/epmd-dist-open",
	Title:    "The port between the nodes is open to everybody",
	Severity: rule.Medium, Area: rule.Security, Covers: rule.Items("B8"), Since: "0.1",
	// The default of every broker, and a firewall does not show: it has to be seen on
	// brokers of others first.
	Preview: true,
	Advice:  "Let a firewall pass 4369 and 25672 between the nodes only, or bind them to a private address.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			var at []string
			for _, l := range s.Listeners.Or(nil) {
				if l.Protocol == "clustering" && (l.Address == "::" || l.Address == "0.0.0.0") {
					if a := fmt.Sprintf("%s port %d", l.Address, l.Port); !slices.Contains(at, a) {
						at = append(at, a)
					}
				}
			}
			switch {
			case s.Listeners.Unknown():
				p.Unknown(s, s.Listeners.Why())
			case len(at) == 0:
				p.Pass(s)
			default:
				v := p.Fail(s, "the port between the nodes is open on %s: who knows the cookie is in", some(at)).
					See(s.Listeners, "clustering on "+some(at)).Possible("a firewall is not visible from here")
				if nodes(s) == 1 {
					v.At(rule.Low)
				}
			}
		}
	},
}
