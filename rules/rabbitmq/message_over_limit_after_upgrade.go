package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// maxMessage is the largest message from 4.0 on, in bytes, by default (16 MiB; measured on
// 4.0.5 and 4.3.6: one byte more is refused with 406). Before it was 128 MiB.
const maxMessage = 16 << 20

// MessageOverLimitAfterUpgrade finds messages that 4.0 refuses.
var MessageOverLimitAfterUpgrade = rule.Rule{
	ID:       "rabbitmq/message-over-limit-after-upgrade",
	Title:    "RabbitMQ 4.0 refuses messages of this size",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("P7", "M10", "E1"), Since: "0.1",
	Advice:  "Make the messages smaller before the upgrade, or set max_message_size (512 MiB at most).",
	Brokers: rule.Versions("", "4.0"),
	Live: func(p *rule.Pass, e *model.Estate) {
		for q := range liveQueues(p, e) {
			stats, _ := q.Stats()
			n, bytes := stats.Messages, stats.MessageBytes
			switch {
			case !n.Present() || !bytes.Present():
				p.Unknown(q, "the broker does not give number and size of its messages")
			case n.Or(0) == 0:
				p.NotApplicable(q, "it is empty")
			case bytes.Or(0)/n.Or(1) > maxMessage:
				p.Fail(q, "messages of %s have %s on average: from 4.0 on publishing one closes the channel", q.Name.Name, size(bytes.Or(0)/n.Or(1))).
					See(bytes, fmt.Sprintf("%s in %s", size(bytes.Or(0)), messages(n.Or(0)))).WithTraffic(q.Traffic())
			default:
				p.Pass(q)
			}
		}
	},
}
