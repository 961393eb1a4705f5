package rabbitmq

import (
	"cmp"
	"regexp"
	"slices"

	"qaudit/internal/model"
)

// policies are the policies of one vhost, patterns compiled, by the best source that has
// them: those of a broker that was read whole hide those of definitions.
type policies struct {
	seen  model.Known[bool] // present: some source has all of them
	whole Source            // the source that has all of them
	list  []matcher
}

type matcher struct {
	*Policy
	re *regexp.Regexp // nil: no regular expression here, matches nothing
}

func (ps *policies) saw(from Source, why string, at *model.Origin) {
	switch {
	case ps.whole != 0:
	case why == "":
		ps.seen, ps.whole = model.Present(true, at), from
	default:
		ps.seen = model.Unknown[bool](why, at)
	}
}

func (ps *policies) add(p *Policy, from Source) {
	if ps.whole > from {
		return
	}
	re, err := regexp.Compile(p.Pattern)
	if err != nil {
		re = nil
	}
	ps.list = append(ps.list, matcher{p, re})
}

func (m matcher) queue(n Name, queueType string) bool {
	return m.re != nil && m.VHost == n.VHost && m.covers(queueType) && m.re.MatchString(n.Name)
}

// covers says whether apply-to covers queues of the type.
func (p *Policy) covers(queueType string) bool {
	switch p.ApplyTo {
	case "", "all", "queues":
		return true
	case "classic_queues":
		return queueType == "classic"
	case "quorum_queues":
		return queueType == "quorum"
	case "streams":
		return queueType == "stream"
	}
	return false
}

func (p *Policy) coversExchanges() bool {
	return p.ApplyTo == "all" || p.ApplyTo == "exchanges" || p.ApplyTo == ""
}

// matching are the policies of the kind that cover the queue, whether or not its type
// supports their keys, the highest priority first.
func (ps *policies) matching(n Name, queueType string, operator bool) []*Policy {
	if ps == nil {
		return nil
	}
	var out []*Policy
	for _, m := range ps.list {
		if m.Operator == operator && m.queue(n, queueType) {
			out = append(out, m.Policy)
		}
	}
	slices.SortStableFunc(out, func(a, b *Policy) int { return -cmp.Compare(a.Priority, b.Priority) })
	return out
}

// applicable returns the policy that the broker would pick of those that match: the
// highest priority whose keys the type supports.
func applicable(matching []*Policy, queueType string) *Policy {
	for _, p := range matching {
		if p.ForeignKey(queueType) == "" {
			return p
		}
	}
	return nil
}

// exchange are the user policies that cover the exchange, the highest priority first.
func (ps *policies) exchange(n Name) []*Policy {
	if ps == nil {
		return nil
	}
	var out []*Policy
	for _, m := range ps.list {
		if !m.Operator && m.re != nil && m.coversExchanges() && m.re.MatchString(n.Name) {
			out = append(out, m.Policy)
		}
	}
	slices.SortStableFunc(out, func(a, b *Policy) int { return -cmp.Compare(a.Priority, b.Priority) })
	return out
}

// named is the policy of this name, nil when it was not seen.
func (ps *policies) named(name string, operator bool) *Policy {
	if ps == nil {
		return nil
	}
	for _, m := range ps.list {
		if m.Operator == operator && m.Policy.Name.Name == name {
			return m.Policy
		}
	}
	return nil
}

// Policies are the policies of a vhost, each once, by the best source that has them; the
// value says whether that is all of them.
func (o *Overlay) Policies(target, vhost string) ([]*Policy, model.Known[bool]) {
	ps := o.policies[scope{target, vhost}]
	if ps == nil {
		return nil, model.Unknown[bool]("no broker or definitions were read", nil)
	}
	out := make([]*Policy, 0, len(ps.list))
	for _, m := range ps.list {
		out = append(out, m.Policy)
	}
	return out, ps.seen
}

// MatchingPolicies are the policies of the kind whose pattern and apply-to cover the
// queue, the highest priority first. The broker takes the first whose keys the queue's
// type supports (ForeignKey); among equal priorities the pick is not defined.
func (q *QueueView) MatchingPolicies(operator bool) []*Policy {
	t, ok := q.Type().Get()
	if !ok {
		return nil
	}
	return q.o.policies[scope{q.Target, q.VHost}].matching(q.Name, t, operator)
}

// PolicyMatches says that the pattern of the policy matches some queue or exchange that
// it covers, of those that are known in its vhost.
func (o *Overlay) PolicyMatches(target string, p *Policy) bool {
	ps := o.policies[scope{target, p.VHost}]
	if ps == nil {
		return false
	}
	i := slices.IndexFunc(ps.list, func(m matcher) bool { return m.Policy == p })
	if i < 0 || ps.list[i].re == nil {
		return false
	}
	m := ps.list[i]
	for _, q := range o.Queues {
		if q.Target == target && q.VHost == p.VHost && m.queue(q.Name, q.Type().Or("")) {
			return true
		}
	}
	for _, x := range o.Exchanges {
		if x.Target == target && x.VHost == p.VHost && m.coversExchanges() && m.re.MatchString(x.Name.Name) {
			return true
		}
	}
	return false
}
