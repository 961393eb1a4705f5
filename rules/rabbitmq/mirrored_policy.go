package rabbitmq

import (
	"fmt"
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// MirroredPolicy finds policies of mirrored queues, which 4.0 removed.
var MirroredPolicy = rule.Rule{
	ID:       "rabbitmq/mirrored-policy",
	Title:    "Mirrored queues do not exist from RabbitMQ 4.0 on",
	Severity: rule.Critical, Area: rule.Durability, Covers: rule.Items("C5", "C1", "E1", "E2"), Since: "0.1",
	Advice: "Move the queues to quorum queues, and take the ha- keys out of the policy.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		o := rabbitmq.View(e)
		for _, t := range o.Topologies() {
			for i := range t.Policies {
				mirrored(p, o, t, &t.Policies[i])
			}
		}
	},
}

func mirrored(p *rule.Pass, o *rabbitmq.Overlay, t *rabbitmq.Topology, policy *rabbitmq.Policy) {
	s := rule.Ref{System: rabbitmq.System, Kind: "policy", Scope: model.Scope{Target: t.Target, VHost: policy.VHost}, Name: policy.Name.Name}
	var keys []string
	for k := range policy.Definition {
		if len(k) > 3 && k[:3] == "ha-" {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	v, known := o.Version(t.Target).Get()
	old := known && v.Less(model.Version{4, 0})
	at := seen(policy.At)
	switch {
	case len(keys) == 0:
		p.Pass(s)
	case t.Source == rabbitmq.FromLive: // 1. In force on a broker before 4.0.
		p.Fail(s, "the policy %s mirrors queues: an upgrade to 4.0 takes the mirrors away", policy.Name.Name).
			See(at, fmt.Sprintf("%s = %s", keys[0], policy.Definition[keys[0]])).At(rule.High)
	case known && !old: // 2. A file for a broker that does not boot with it.
		p.Fail(s, "a broker of %s that loads this file does not boot: the policy %s mirrors queues", v.Series(), policy.Name.Name).
			See(at, fmt.Sprintf("%s = %s", keys[0], policy.Definition[keys[0]]))
	default: // 3. A file, for a broker before 4.0 or of a version not known.
		p.Fail(s, "the policy %s mirrors queues: RabbitMQ 4.0 and newer do not boot with this file", policy.Name.Name).
			See(at, fmt.Sprintf("%s = %s", keys[0], policy.Definition[keys[0]])).At(rule.High)
	}
}
