package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// PolicySkippedByKey finds policies that do not apply because of one key.
var PolicySkippedByKey = rule.Rule{
	ID:       "rabbitmq/policy-skipped-by-key",
	Title:    "One key makes a whole policy skip the queue",
	Severity: rule.High, Area: rule.Operations, Covers: rule.Items("B8", "C3", "S8"), Since: "0.1",
	Advice: "Split the policy by queue type: apply-to classic_queues, quorum_queues or streams (3.12 and newer), or by pattern.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		o := rabbitmq.View(e)
		skipped := map[*rabbitmq.Policy]*skip{}
		for _, q := range o.Queues {
			for _, operator := range []bool{false, true} {
				for _, policy := range q.MatchingPolicies(operator) {
					if !note(skipped, q, policy, operator) {
						break // the first that applies
					}
				}
			}
		}
		for _, t := range scopesOf(o) {
			policies, _ := o.Policies(t.target, t.vhost)
			for _, policy := range policies {
				s := rule.Ref{System: rabbitmq.System, Kind: "policy", Scope: model.Scope{Target: t.target, VHost: t.vhost}, Name: policy.Name.Name}
				k := skipped[policy]
				if k == nil {
					p.Pass(s)
					continue
				}
				v := p.Fail(s, "the policy %s does not apply to %s: %s queues have no %s, so nothing of it holds", policy.Name.Name,
					things(int64(len(k.queues)), "queue"), k.kind, k.key).
					See(seen(policy.At), fmt.Sprintf("%s: %s, apply-to %s, with %s", policy.Name.Name, policy.Pattern, policy.ApplyTo, k.key)).
					See(seen(k.at), "skips "+some(k.queues))
				if !k.confirmed {
					v.Likely("the broker was not asked which policy holds")
				}
			}
		}
	},
}

// skip is what a policy does not apply to.
type skip struct {
	kind, key string
	queues    []string
	at        *model.Origin
	confirmed bool // the broker says that another policy, or none, is in force
}

// note notes that the policy skips the queue; false when it applies.
func note(skipped map[*rabbitmq.Policy]*skip, q *rabbitmq.QueueView, policy *rabbitmq.Policy, operator bool) bool {
	kind := q.Type().Or("")
	key := policy.ForeignKey(kind)
	if key == "" {
		return false
	}
	if kind == "stream" || !loses(policy, kind) { // streams have hardly a key in common; or nothing is lost
		return true
	}
	confirmed := false
	if q.Live != nil {
		inForce := q.Live.Policy
		if operator {
			inForce = q.Live.OperatorPolicy
		}
		if model.Is(inForce, policy.Name.Name) {
			return true // the broker applies it after all
		}
		confirmed = !inForce.Unknown()
	}
	k := skipped[policy]
	if k == nil {
		k = &skip{kind: kind, key: key, at: q.Origin(), confirmed: confirmed}
		skipped[policy] = k
	}
	k.queues = append(k.queues, q.Name.Name)
	k.confirmed = k.confirmed && confirmed
	return true
}

// loses says that the policy has a setting that would hold on the type of queue.
func loses(policy *rabbitmq.Policy, kind string) bool {
	for k, v := range policy.Definition {
		one := rabbitmq.Policy{Definition: rabbitmq.Args{k: v}}
		if one.ForeignKey(kind) == "" {
			return true
		}
	}
	return false
}
