package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// AutoAck finds consumers that need no acknowledgement.
var AutoAck = rule.Rule{
	ID:       "rabbitmq/auto-ack",
	Title:    "A crash loses every message the worker holds",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("P1", "M1"), Since: "0.1",
	Advice: "Consume with acknowledgements (auto_ack=False, noAck: false), and acknowledge after the work is done.",
	Code:   autoAckInCode,
	Live: func(p *rule.Pass, e *model.Estate) {
		asked := map[*rabbitmq.Snapshot]bool{}
		for q := range liveQueues(p, e) {
			// 1. Nothing that is kept for anybody.
			if why := forTheMoment(q); why != "" {
				p.NotApplicable(q, why)
				continue
			}
			flow, noWindow := q.Flow()
			lost := flow.DeliverNoAck.Or(0)
			// 2. Consumers could not be read.
			if !consumersRead(p, asked, q) && lost == 0 {
				continue
			}
			consumers := q.LiveConsumers().Or(nil)
			careless := 0
			for _, c := range consumers {
				if model.Is(c.AckNeeded, false) {
					careless++
				}
			}
			switch {
			case careless > 0 || lost > 0: // 3. and 4. A consumer, or what was delivered to one.
				v := p.Fail(q, "%s is consumed without acknowledgement: the broker forgets a message as it sends it", q.Name.Name).
					WithTraffic(q.Traffic())
				if careless > 0 {
					v.See(q.LiveConsumers(), fmt.Sprintf("%d of %s with ack_required: false", careless, things(int64(len(consumers)), "consumer")))
				}
				if noWindow == "" && lost > 0 {
					v.See(flow.DeliverNoAck, number(lost)+" delivered "+within(flow.Length)+", none acknowledged")
				}
			case len(consumers) == 0:
				p.NotApplicable(q, "nobody consumes it")
			default:
				p.Pass(q)
			}
		}
	},
}
