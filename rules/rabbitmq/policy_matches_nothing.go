package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// PolicyMatchesNothing finds policies that no queue or exchange has.
var PolicyMatchesNothing = rule.Rule{
	ID:       "rabbitmq/policy-matches-nothing",
	Title:    "A policy matches no queue and no exchange",
	Severity: rule.Low, Area: rule.Operations, Covers: rule.Items("B8", "S8"), Since: "0.1",
	Advice: "Mend the pattern, which is a regular expression without anchors, or delete the policy.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		o := rabbitmq.View(e)
		queues := map[scopeOf]bool{}
		for _, q := range o.Queues {
			queues[scopeOf{q.Target, q.VHost}] = true
		}
		for _, t := range scopesOf(o) {
			policies, _ := o.Policies(t.target, t.vhost)
			unread := o.Seen(t.target, t.vhost)
			for _, policy := range policies {
				s := rule.Ref{System: rabbitmq.System, Kind: "policy", Scope: model.Scope{Target: t.target, VHost: t.vhost}, Name: policy.Name.Name}
				switch {
				case o.PolicyMatches(t.target, policy):
					p.Pass(s)
				case unread.Queues != "" || unread.Exchanges != "": // 1.
					p.Unknown(s, unread.Queues+unread.Exchanges)
				case !queues[t]: // 2. Nothing is declared yet.
					p.NotApplicable(s, "the vhost has no queues")
				default: // 3.
					p.Fail(s, "the policy %s matches nothing", policy.Name.Name).
						See(seen(policy.At), fmt.Sprintf("pattern %s, apply-to %s", policy.Pattern, policy.ApplyTo))
				}
			}
		}
	},
}
