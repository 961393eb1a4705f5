package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// NoConsumers finds work queues that nobody consumes.
var NoConsumers = rule.Rule{
	ID:       "rabbitmq/no-consumers",
	Title:    "Messages come in and nobody takes them",
	Severity: rule.Critical, Area: rule.Delivery, Covers: rule.Items("P1", "P4", "B4", "S1", "S3", "V4"), Since: "0.1",
	Advice: "Start the queue's workers, and alert on a queue whose number of consumers is 0.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for q, f := range flows(p, e) {
			// 1. Dead-letter and retry queues have rules of their own.
			if why := q.NotWork(); why != "" {
				p.NotApplicable(q, why)
				continue
			}
			consumed, ready := q.Consumed(), f.After.Ready
			polled := f.Get.Or(0) + f.GetNoAck.Or(0) + f.GetEmpty.Or(0)
			switch {
			case consumed.Unknown() || f.Before.Consumers.Unknown(): // 2.
				p.Unknown(q, consumed.Why()+f.Before.Consumers.Why())
			case consumed.Or(0) > 0 || f.Before.Consumers.Or(0) > 0 || polled > 0: // 3. At either look; or it is polled.
				p.Pass(q)
			case f.Publish.Or(0) > 0 && f.Ready.Or(0) > 0: // 4. It grows.
				p.Fail(q, "nobody consumes %s: %s came %s and stay", q.Name.Name, messages(f.Publish.Or(0)), within(f.Length)).
					See(consumed, "no consumer at both looks").
					See(ready, fmt.Sprintf("%d ready, %+d %s", ready.Or(0), f.Ready.Or(0), within(f.Length))).
					HarmSeen().WithTraffic(f.Traffic())
			case ready.Or(0) > 0: // 5. Something waits.
				p.Fail(q, "nobody consumes %s: %s wait", q.Name.Name, messages(ready.Or(0))).
					See(consumed, "no consumer at both looks").
					See(ready, number(ready.Or(0))+" ready").At(rule.Medium)
			case ready.Unknown():
				p.Unknown(q, ready.Why())
			default: // 6. Nothing waits.
				p.Pass(q)
			}
		}
	},
}
