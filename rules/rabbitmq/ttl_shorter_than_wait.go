package rabbitmq

import (
	"fmt"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// TTLShorterThanWait finds queues whose messages expire before their turn.
var TTLShorterThanWait = rule.Rule{
	ID:       "rabbitmq/ttl-shorter-than-wait",
	Title:    "Messages expire before a worker gets to them",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("B3", "S1", "S2", "V2", "V4"), Since: "0.1",
	Advice: "Add workers until the wait is shorter than the time to live, or raise the time to live.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for q, f := range flows(p, e) {
			ttl := q.Int("message-ttl")
			if ttl.Absent() {
				continue // nothing expires by the queue
			}
			if why := q.NotWork(); why != "" { // 1. Expiry is what a wait queue is for.
				p.NotApplicable(q, why)
				continue
			}
			out := f.PerSecond(f.Deliver) + f.PerSecond(f.DeliverNoAck)
			ready := min(f.Before.Ready.Or(0), f.After.Ready.Or(0))
			switch {
			case ttl.Unknown() || f.Deliver.Unknown() || f.After.Ready.Unknown(): // 2.
				p.Unknown(q, ttl.Why()+f.Deliver.Why()+f.After.Ready.Why())
			case ready == 0: // 3. Nothing waits.
				p.Pass(q)
			case out == 0: // 4.
				p.NotApplicable(q, "nothing was delivered between the looks")
			case drains(ready, out) > time.Duration(ttl.Or(0))*time.Millisecond: // 5.
				p.Fail(q, "messages of %s expire before their turn: they wait %s and live %s", q.Name.Name,
					rule.Duration(drains(ready, out).Round(time.Second)), rule.Duration(time.Duration(ttl.Or(0))*time.Millisecond)).
					See(ttl, fmt.Sprintf("message-ttl %d ms", ttl.Or(0))).
					See(f.After.Ready, fmt.Sprintf("%s ready, %s delivered", number(ready), perSecond(out))).
					HarmSeen().WithTraffic(f.Traffic())
			default:
				p.Pass(q)
			}
		}
	},
}
