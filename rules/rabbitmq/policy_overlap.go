package rabbitmq

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// PolicyOverlap finds policies that another one hides.
var PolicyOverlap = rule.Rule{
	ID:       "rabbitmq/policy-overlap",
	Title:    "A policy is hidden by another: its settings are not in force",
	Severity: rule.High, Area: rule.Operations, Covers: rule.Items("B8", "C3", "S8"), Since: "0.1",
	Advice: "Put all settings for these queues into one policy: RabbitMQ applies the one of the highest priority and merges nothing.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		o := rabbitmq.View(e)
		hidden := map[*rabbitmq.Policy]*overlap{}
		for _, q := range o.Queues {
			for _, operator := range []bool{false, true} {
				all := q.MatchingPolicies(operator)
				for i := 1; i < len(all); i++ {
					hide(hidden, q, all[0], all[i])
				}
			}
		}
		for _, t := range scopesOf(o) {
			policies, _ := o.Policies(t.target, t.vhost)
			for _, policy := range policies {
				overlapVerdict(p, rule.Ref{System: rabbitmq.System, Kind: "policy",
					Scope: model.Scope{Target: t.target, VHost: t.vhost}, Name: policy.Name.Name}, policy, hidden[policy])
			}
		}
	},
}

// overlap is what is hidden of one policy.
type overlap struct {
	by     *rabbitmq.Policy
	tie    bool
	keys   map[string]bool
	queues []string
}

// hide notes that the first policy hides the second one on a queue, if the second has a
// setting that the first does not repeat.
func hide(hidden map[*rabbitmq.Policy]*overlap, q *rabbitmq.QueueView, first, second *rabbitmq.Policy) {
	var lost []string
	for k, v := range second.Definition {
		have, ok := first.Definition[k]
		if !ok || have != v && first.Priority == second.Priority {
			lost = append(lost, k)
		}
	}
	if len(lost) == 0 {
		return
	}
	o := hidden[second]
	if o == nil {
		o = &overlap{by: first, keys: map[string]bool{}}
		hidden[second] = o
	}
	o.tie = o.tie || first.Priority == second.Priority
	o.queues = append(o.queues, q.Name.Name)
	for _, k := range lost {
		o.keys[k] = true
	}
}

func overlapVerdict(p *rule.Pass, s rule.Ref, policy *rabbitmq.Policy, o *overlap) {
	if o == nil {
		p.Pass(s)
		return
	}
	keys := strings.Join(slices.Sorted(maps.Keys(o.keys)), ", ")
	on := things(int64(len(o.queues)), "queue")
	if o.tie {
		p.Fail(s, "the policies %s and %s have the same priority on %s: which one holds is not defined (%s)", policy.Name.Name, o.by.Name.Name, on, keys).
			See(seen(policy.At), fmt.Sprintf("%s: %s, priority %d", policy.Name.Name, policy.Pattern, policy.Priority)).
			See(seen(o.by.At), fmt.Sprintf("%s: %s, priority %d", o.by.Name.Name, o.by.Pattern, o.by.Priority)).
			See(seen(policy.At), "both match "+some(o.queues))
		return
	}
	p.Fail(s, "%s of the policy %s does not hold on %s: %s has a higher priority", keys, policy.Name.Name, on, o.by.Name.Name).
		See(seen(policy.At), fmt.Sprintf("%s: %s, priority %d", policy.Name.Name, policy.Pattern, policy.Priority)).
		See(seen(o.by.At), fmt.Sprintf("%s: %s, priority %d", o.by.Name.Name, o.by.Pattern, o.by.Priority)).
		See(seen(policy.At), "both match "+some(o.queues)).At(rule.Medium)
}

// scopeOf is a vhost of a target.
type scopeOf struct{ target, vhost string }

// scopesOf lists the vhosts of all targets, in order.
func scopesOf(o *rabbitmq.Overlay) []scopeOf {
	have := map[scopeOf]bool{}
	for _, t := range o.Topologies() {
		target := t.Target
		if target == "" && len(o.Snapshots) == 1 {
			target = o.Snapshots[0].Target
		}
		for vhost := range t.Seen {
			have[scopeOf{target, vhost}] = true
		}
	}
	return slices.SortedFunc(maps.Keys(have), func(a, b scopeOf) int {
		return strings.Compare(a.target+"\x00"+a.vhost, b.target+"\x00"+b.vhost)
	})
}
