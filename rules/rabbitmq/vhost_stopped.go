package rabbitmq

import (
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// VHostStopped finds vhosts that do not run.
var VHostStopped = rule.Rule{
	ID:       "rabbitmq/vhost-stopped",
	Title:    "A vhost is stopped: none of its queues works",
	Severity: rule.Critical, Area: rule.Delivery, Covers: rule.Items("M3", "P4", "S1"), Since: "0.1",
	Advice:  "Read the node's log for the message store that failed, then rabbitmqctl restart_vhost.",
	Brokers: rule.Versions("3.8", ""),
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			if s.Topology == nil {
				continue
			}
			for _, v := range s.Topology.VHosts {
				vhost := part(s, "vhost", v.Name, v.Name)
				var on []string
				for _, n := range v.Stopped {
					if !stopped(s.Last(), n) { // a node that is down is told by rabbitmq/node-down
						on = append(on, n)
					}
				}
				slices.Sort(on)
				if len(on) == 0 {
					p.Pass(vhost)
					continue
				}
				p.Fail(vhost, "the vhost %s is stopped on %s: its queues there take and give nothing", v.Name, some(on)).
					See(seen(v.At), "not running on "+some(on)).HarmSeen()
			}
			if len(s.Topology.VHosts) == 0 {
				p.Unknown(s, "the vhosts could not be read")
			}
		}
	},
}
