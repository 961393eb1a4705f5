package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// PollingPerSecond is how often an empty queue is asked before it is polling and no person
// with a tool; our choice.
const PollingPerSecond = 1.0

// PollingConsumer finds queues that are asked again and again with basic.get.
var PollingConsumer = rule.Rule{
	ID:       "rabbitmq/polling-consumer",
	Title:    "A queue is polled instead of consumed",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("P1", "P2", "C2", "S2"), Since: "0.1",
	Advice: "Use basic.consume with a prefetch limit: the broker then sends messages as they come.",
	Live: func(p *rule.Pass, e *model.Estate) {
		named := map[*rabbitmq.Snapshot]bool{}
		for q, f := range flows(p, e) {
			empty := f.GetEmpty
			switch {
			case empty.Unknown():
				p.Unknown(q, empty.Why())
			case f.PerSecond(empty) <= PollingPerSecond:
				p.Pass(q)
			default:
				named[q.Snapshot] = true
				v := p.Fail(q, "%s is asked %s and is empty: somebody polls it", q.Name.Name, perSecond(f.PerSecond(empty))).
					See(empty, fmt.Sprintf("%s basic.get of an empty queue %s", number(empty.Or(0)), within(f.Length))).
					WithTraffic(f.PerSecond(f.Get) + f.PerSecond(f.GetNoAck))
				if lost := f.GetNoAck.Or(0); lost > 0 {
					v.See(f.GetNoAck, number(lost)+" taken without acknowledgement")
				} else {
					v.At(rule.Medium)
				}
			}
		}
		pollingSomewhere(p, e, named)
	},
}

// pollingSomewhere looks at the cluster's own sum, which also counts queues that were
// deleted between the looks.
func pollingSomewhere(p *rule.Pass, e *model.Estate, named map[*rabbitmq.Snapshot]bool) {
	for _, s := range rabbitmq.View(e).Snapshots {
		w := s.Window()
		if w.Broken != "" || named[s] {
			continue
		}
		rate := w.Rate(w.From.Totals.Counters.GetEmpty, w.To.Totals.Counters.GetEmpty)
		if rate.Or(0) > PollingPerSecond {
			p.Fail(s, "empty queues are asked %s: somebody polls", perSecond(rate.Or(0))).
				See(rate, perSecond(rate.Or(0))+" basic.get of empty queues "+within(w.Length())).At(rule.Medium)
		}
	}
}
