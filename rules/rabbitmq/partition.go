package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Partition finds nodes that do not see each other.
var Partition = rule.Rule{
	ID:       "rabbitmq/partition",
	Title:    "The cluster is split: its halves work on their own",
	Severity: rule.Critical, Area: rule.Durability, Covers: rule.Items("M3", "C5", "A6"), Since: "0.1",
	Advice:  "Choose the half to keep, stop the nodes of the other one, and start them again.",
	Brokers: rule.Versions("", "4.3"),
	Live: func(p *rule.Pass, e *model.Estate) {
		for n := range runningNodes(p, e) {
			switch others := n.Partitions; {
			case others.Unknown():
				p.Unknown(n, "the broker does not give its partitions")
			case len(others.Or(nil)) > 0:
				p.Fail(n, "%s has lost %s: both sides take messages that the other never sees", n.Name, some(others.Or(nil))).
					See(others, fmt.Sprintf("partitions: %s", some(others.Or(nil)))).HarmSeen()
			default:
				p.Pass(n)
			}
		}
	},
}
