package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Average sizes of messages in bytes that are large, and very large; and of how many
// messages an average says something. Our choices.
const (
	largeMessage  = 128_000
	hugeMessage   = 1_000_000
	enoughToWeigh = 100
)

// LargeMessages finds queues that carry files.
var LargeMessages = rule.Rule{
	ID:       "rabbitmq/large-messages",
	Title:    "Messages are so large that they crowd out the others",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("P7", "B7", "M10", "C1"), Since: "0.1",
	Advice: "Store the payload elsewhere and send its address, or compress it.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for q := range liveQueues(p, e) {
			stats, _ := q.Stats()
			n, bytes := stats.Messages, stats.MessageBytes
			average := bytes.Or(0) / max(n.Or(0), 1)
			switch {
			case !n.Present() || !bytes.Present(): // 1.
				p.Unknown(q, "the broker does not give number and size of its messages")
			case n.Or(0) < enoughToWeigh: // 2.
				p.NotApplicable(q, "it holds fewer than %d messages", enoughToWeigh)
			case average > largeMessage: // 3.
				v := p.Fail(q, "messages of %s have %s on average: each is copied to memory, disk and network for every hop", q.Name.Name, size(average)).
					See(bytes, fmt.Sprintf("%s in %s", size(bytes.Or(0)), messages(n.Or(0)))).WithTraffic(q.Traffic())
				if average <= hugeMessage {
					v.At(rule.Medium)
				}
			default:
				p.Pass(q)
			}
		}
	},
}
