package rabbitmq

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// rollingUpgrade is how long the nodes of a cluster have different versions in an upgrade;
// our choice, release notes speak of hours.
const rollingUpgrade = 4 * time.Hour

// MixedVersions finds clusters whose nodes run different versions.
var MixedVersions = rule.Rule{
	ID:       "rabbitmq/mixed-versions",
	Title:    "The nodes of the cluster run different versions",
	Severity: rule.High, Area: rule.Operations, Covers: rule.Items("M3", "B8", "E1"), Since: "0.1",
	Advice: "Finish the upgrade: all nodes on one version, then enable all feature flags.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			versions := map[string][]string{}
			youngest := model.Known[time.Duration]{}
			for _, n := range s.Last().Nodes {
				if v, ok := n.Version.Get(); ok && !model.Is(n.Running, false) {
					versions[v.String()] = append(versions[v.String()], n.Name)
				}
				if n.Uptime.Present() && (!youngest.Present() || n.Uptime.Or(0) < youngest.Or(0)) {
					youngest = n.Uptime
				}
			}
			switch {
			case nodes(s) == 1:
				p.NotApplicable(s, "the cluster has one node")
			case len(versions) == 0: // 1.
				p.Unknown(s, "the versions of its nodes are not known")
			case len(versions) == 1: // 2.
				p.Pass(s)
			case youngest.Or(0) < rollingUpgrade: // 3. It is under way.
				p.Unknown(s, "a node started less than %.0f h ago: an upgrade can be under way", rollingUpgrade.Hours())
			default: // 4.
				var list []string
				for _, v := range slices.Sorted(maps.Keys(versions)) {
					list = append(list, fmt.Sprintf("%s on %s", v, some(versions[v])))
				}
				p.Fail(s, "the cluster runs %s since hours", strings.Join(list, ", ")).
					See(seen(s.Last().Origin), strings.Join(list, ", ")).
					See(youngest, "no node started in the last "+rule.Duration(rollingUpgrade))
			}
		}
	},
}
