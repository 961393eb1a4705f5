package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// TracingOn finds vhosts that copy every message.
var TracingOn = rule.Rule{
	ID:       "rabbitmq/tracing-on",
	Title:    "Tracing copies every message of a vhost",
	Severity: rule.High, Area: rule.Security, Covers: rule.Items("B8", "S2", "S7"), Since: "0.1",
	Advice: "Switch it off: rabbitmqctl trace_off -p VHOST.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			if s.Topology == nil || len(s.Topology.VHosts) == 0 {
				p.Unknown(s, "the vhosts could not be read")
				continue
			}
			for _, v := range s.Topology.VHosts {
				vhost := part(s, "vhost", v.Name, v.Name)
				switch tracing := v.Tracing; {
				case !tracing.Present():
					p.Unknown(vhost, "the broker does not say whether it is traced")
				case tracing.Or(false):
					p.Fail(vhost, "every message of the vhost %s is published a second time, with its body, to amq.rabbitmq.trace", v.Name).
						See(tracing, "tracing: true")
				default:
					p.Pass(vhost)
				}
			}
		}
	},
}
