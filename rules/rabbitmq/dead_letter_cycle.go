package rabbitmq

import (
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// DeadLetterCycle finds rings of queues that nothing leaves but by expiry.
var DeadLetterCycle = rule.Rule{
	ID:       "rabbitmq/dead-letter-cycle",
	Title:    "Messages expire in a ring and vanish after one round",
	Severity: rule.Critical, Area: rule.Failures, Covers: rule.Items("P6", "T1", "T2", "C3"), Since: "0.1",
	Advice: "Let a consumer stand in the ring, or let the last queue keep the message.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			if !expires(q) { // 1. Only queues that messages leave by expiry to another queue.
				continue
			}
			ring := ringOf(q, expires)
			switch {
			case ring == nil: // 2. It leads out.
				p.Pass(q)
			case ring[0] != q: // 3. Told once, on the first of the ring.
				continue
			default:
				ringVerdict(p, e, q, ring)
			}
		}
	},
}

func ringVerdict(p *rule.Pass, e *model.Estate, q *rabbitmq.QueueView, ring []*rabbitmq.QueueView) {
	for _, r := range ring {
		if c := r.Consumed(); c.Or(0) > 0 || len(r.Consumes)+len(r.Gets) > 0 { // 4. Somebody takes them out.
			p.Pass(q)
			return
		}
	}
	v := p.Fail(q, "messages that expire in %s are dropped after one round", ringText(ring))
	for _, r := range ring {
		v.See(r.DeadLetterExchange(), r.Name.Name+" dead-letters to "+quoted(r.DeadLetterExchange().Or(""))).
			See(r.Effective("message-ttl"), r.Name.Name+" has a time to live of "+r.Effective("message-ttl").Or(rabbitmq.Arg{}).String()+" ms")
		if r.Consumed().Unknown() && !e.Complete {
			v.Possible("whether somebody consumes %s is not known", r.Name.Name) // 5.
		}
	}
}

// expires says that messages leave the queue by expiry to another one.
func expires(q *rabbitmq.QueueView) bool {
	return q.DeadLetterExchange().Present() && q.Effective("message-ttl").Present()
}

// ringOf is the shortest ring through q of queues that all hold, the first by name first;
// nil when there is none.
func ringOf(q *rabbitmq.QueueView, holds func(*rabbitmq.QueueView) bool) []*rabbitmq.QueueView {
	from := map[*rabbitmq.QueueView]*rabbitmq.QueueView{}
	queue := []*rabbitmq.QueueView{q}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		targets, _ := at.DeadLetterTargets()
		for _, t := range targets {
			if t == q {
				return turned(path(from, q, at))
			}
			if _, seen := from[t]; !seen && holds(t) {
				from[t] = at
				queue = append(queue, t)
			}
		}
	}
	return nil
}

// path lists the queues from q to the last one.
func path(from map[*rabbitmq.QueueView]*rabbitmq.QueueView, q, last *rabbitmq.QueueView) []*rabbitmq.QueueView {
	out := []*rabbitmq.QueueView{last}
	for at := last; at != q; {
		at = from[at]
		out = append([]*rabbitmq.QueueView{at}, out...)
	}
	return out
}

// turned starts a ring at its first queue by name.
func turned(ring []*rabbitmq.QueueView) []*rabbitmq.QueueView {
	first := 0
	for i := range ring {
		if ring[i].Ref().Key() < ring[first].Ref().Key() {
			first = i
		}
	}
	return append(ring[first:len(ring):len(ring)], ring[:first]...)
}

func ringText(ring []*rabbitmq.QueueView) string {
	var names []string
	for _, r := range append(ring[:len(ring):len(ring)], ring[0]) {
		names = append(names, r.Name.Name)
	}
	return "the ring " + strings.Join(names, " → ")
}
