package rabbitmq

import (
	"fmt"
	"maps"
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Bindings that are many, of one exchange and of a cluster; our choices.
const (
	manyBindings    = 1_000
	manyAllBindings = 100_000
)

// BindingExplosion finds exchanges with thousands of bindings.
var BindingExplosion = rule.Rule{
	ID:       "rabbitmq/binding-explosion",
	Title:    "Every message is checked against thousands of bindings",
	Severity: rule.Medium, Area: rule.Capacity, Covers: rule.Items("C1", "C4", "S2"), Since: "0.1",
	Advice: "Bind with patterns of a topic exchange, or publish to the queue by the default exchange.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			if s.Topology == nil {
				continue
			}
			all := 0
			of := map[[2]string]int{}
			for _, b := range s.Topology.Bindings {
				all++
				if b.Source != "" {
					of[[2]string{b.VHost, b.Source}]++
				}
			}
			if why := bindingsUnread(s.Topology.Seen); why != "" {
				p.Unknown(s, why)
				continue
			}
			for _, x := range slices.SortedFunc(maps.Keys(of), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
				if n := of[x]; n > manyBindings {
					p.Fail(part(s, "exchange", x[0], x[1]), "the exchange %s has %s", x[1], things(int64(n), "binding")).
						See(seen(s.Topology.At), fmt.Sprintf("%d bindings", n))
				}
			}
			if all > manyAllBindings {
				p.Fail(s, "the cluster has %s", things(int64(all), "binding")).See(seen(s.Topology.At), fmt.Sprintf("%d bindings", all))
				continue
			}
			p.Pass(s)
		}
	},
}
