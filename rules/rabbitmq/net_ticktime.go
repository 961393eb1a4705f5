package rabbitmq

import (
	"fmt"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Outside of these a node is lost too early or too late; our choices, 60 s is the default.
const (
	tickLeast = 10 * time.Second
	tickMost  = 120 * time.Second
)

// NetTicktime finds clusters that notice a lost node too early or too late.
var NetTicktime = rule.Rule{
	ID:       "rabbitmq/net-ticktime",
	Title:    "A lost node is noticed too early or too late",
	Severity: rule.Low, Area: rule.Operations, Covers: rule.Items("M3", "B3", "B8"), Since: "0.1",
	Advice: "Leave net_ticktime at its default of 60 seconds, the same on all nodes.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for n := range runningNodes(p, e) {
			tick := n.NetTick
			d, ok := tick.Get()
			switch {
			case nodes(n.s) == 1:
				p.NotApplicable(n, "the cluster has one node")
			case !ok:
				p.Unknown(n, "the broker does not give its net_ticktime")
			case d < tickLeast:
				p.Fail(n, "%s takes its neighbours for lost after %s: a pause parts the cluster", n.Name, rule.Duration(d)).
					See(tick, fmt.Sprintf("net_ticktime %.0f", d.Seconds()))
			case d > tickMost:
				p.Fail(n, "%s notices a lost neighbour after %s: its queues stand still until then", n.Name, rule.Duration(d)).
					See(tick, fmt.Sprintf("net_ticktime %.0f", d.Seconds()))
			default:
				p.Pass(n)
			}
		}
	},
}
