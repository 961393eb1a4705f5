package rabbitmq

import (
	"fmt"
	"maps"
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// minimumKeys are those of which the smaller of argument and policy holds; measured on
// 3.10.8, 4.0.5 and 4.3.6.
var minimumKeys = map[string]bool{"max-length": true, "max-length-bytes": true, "message-ttl": true, "expires": true, "delivery-limit": true}

// ArgBeatsPolicy finds settings of policies that an argument of the queue overrules.
var ArgBeatsPolicy = rule.Rule{
	ID:       "rabbitmq/arg-beats-policy",
	Title:    "A policy has no effect: the queue was declared with another value",
	Severity: rule.Medium, Area: rule.Operations, Covers: rule.Items("B8", "C3", "S8"), Since: "0.1",
	Advice: "Declare the queue without the argument, under a new name, and leave the setting to the policy.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for q := range liveQueues(p, e) {
			policy, ok := q.Live.EffectivePolicy.Get()
			args, read := q.Live.Args.Get()
			switch {
			case !q.Live.EffectivePolicy.Absent() && !ok:
				p.Unknown(q, q.Live.EffectivePolicy.Why())
				continue
			case len(policy) == 0:
				continue // no policy, no conflict
			case ownedByLibrary(q) != "": // its library wants what it declares
				p.NotApplicable(q, ownedByLibrary(q))
				continue
			case !read:
				p.Unknown(q, q.Live.Args.Why())
				continue
			}
			failed := false
			for _, key := range slices.Sorted(maps.Keys(policy)) {
				arg, both := args["x-"+key]
				if !both || arg == policy[key] || minimumKeys[key] {
					continue
				}
				failed = true
				p.Fail(q, "%s of the policy does not hold on %s: its argument does", key, q.Name.Name).
					See(q.Live.EffectivePolicy, fmt.Sprintf("policy: %s = %s", key, policy[key])).
					See(q.Live.Args, fmt.Sprintf("argument: x-%s = %s", key, arg))
				break
			}
			if !failed {
				p.Pass(q)
			}
		}
	},
}

// ownedByLibrary says why the queue is no affair of those who set policies: a library or
// the broker declares it and lives by its arguments.
func ownedByLibrary(q *rabbitmq.QueueView) string {
	if role, why := q.Role(); role == rabbitmq.Control || role == rabbitmq.Temporary || role == rabbitmq.Reply {
		return why
	}
	return ""
}
