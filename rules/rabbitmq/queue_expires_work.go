package rabbitmq

import (
	"fmt"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// ShortExpiry is how long workers can be away in a deploy or an outage; our choice.
const ShortExpiry = time.Hour

// QueueExpiresWork finds work queues that are deleted while workers are away.
var QueueExpiresWork = rule.Rule{
	ID:       "rabbitmq/queue-expires-work",
	Title:    "The queue and its messages are deleted while workers are away",
	Severity: rule.High, Area: rule.Durability, Covers: rule.Items("C5", "C1", "B3"), Since: "0.1",
	Advice: "Take the expiry away from the work queue; expire messages, not queues.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			expires := q.Int("expires")
			if expires.Absent() {
				continue
			}
			limit := time.Duration(expires.Or(0)) * time.Millisecond
			switch why := q.NotWork(); {
			case why != "": // 1. Reply and temporary queues go when nobody uses them.
				p.NotApplicable(q, why)
			case model.Is(q.AutoDelete(), true) || model.Is(q.Durable(), false): // 2. It is not meant to last.
				p.NotApplicable(q, "it is not meant to last")
			case expires.Unknown(): // 3.
				p.Unknown(q, expires.Why())
			case limit < ShortExpiry: // 4.
				p.Fail(q, "%s is deleted with all that waits when no worker is connected for %s", q.Name.Name, rule.Duration(limit)).
					See(expires, fmt.Sprintf("expires %d ms", expires.Or(0))).WithTraffic(q.Traffic())
			default:
				p.Pass(q)
			}
		}
	},
}
