package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// PrefetchUnlimited finds consumers that take all that waits.
var PrefetchUnlimited = rule.Rule{
	ID:       "rabbitmq/prefetch-unlimited",
	Title:    "One worker takes the whole backlog",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("P2", "M6", "A2", "C2"), Since: "0.1",
	Advice: "Set a prefetch limit before the consumer starts: 1 to 10 for slow work, 100 to 300 for fast work.",
	Code:   prefetchInCode,
	Live: func(p *rule.Pass, e *model.Estate) {
		asked := map[*rabbitmq.Snapshot]bool{}
		channels := channelsByName{}
		for q := range liveQueues(p, e) {
			// 1. A temporary or control queue, or a stream, which needs a limit to be consumed at all.
			role, why := q.Role()
			if role == rabbitmq.Temporary || role == rabbitmq.Control || role == rabbitmq.StreamLog || role == rabbitmq.Reply {
				p.NotApplicable(q, why)
				continue
			}
			// 2. Consumers could not be read.
			if !consumersRead(p, asked, q) {
				continue
			}
			unlimited, hidden, unread := unlimitedConsumers(q, channels)
			switch {
			case len(q.LiveConsumers().Or(nil)) == 0:
				p.NotApplicable(q, "nobody consumes it")
			case unlimited == 0: // 3. Limited on the consumer, or on its channel.
				p.Pass(q)
			case hidden && limitedInSecret(q): // 4. What waits would be with the consumer otherwise.
				p.Pass(q)
			case hidden && !delivered(q): // 5. Nothing was sent yet that would show it.
				p.Unknown(q, "a limit for the whole channel does not show on RabbitMQ 4.0 to 4.2, and nothing was delivered")
			case hidden && limitsChannels(q): // 6. py-amqp, and so Celery, limits whole channels.
				p.Unknown(q, "its client is py-amqp, which limits whole channels: that does not show on RabbitMQ 4.0 to 4.2")
			default: // 7. No limit.
				v := p.Fail(q, "%s is consumed without a prefetch limit: one worker is sent all that waits", q.Name.Name).
					See(q.LiveConsumers(), fmt.Sprintf("%s with prefetch_count 0", things(int64(unlimited), "consumer"))).
					WithTraffic(q.Traffic())
				if hidden {
					v.Likely("a limit for the whole channel does not show on RabbitMQ 4.0 to 4.2")
				} else if unread {
					v.Likely("the channels could not be read: they can be limited as a whole")
				}
			}
		}
	},
}

// limitedInSecret says that messages wait in a classic queue although a consumer holds
// some: without a limit the broker would have sent them.
func limitedInSecret(q *rabbitmq.QueueView) bool {
	stats, _ := q.Stats()
	return model.Is(q.Type(), "classic") && stats.Ready.Or(0) > 0 && stats.Unacked.Or(0) > 0
}

func delivered(q *rabbitmq.QueueView) bool {
	stats, _ := q.Stats()
	return stats.Counters.Deliver.Or(0) > 0
}

// limitsChannels says that a consumer of the queue uses py-amqp.
func limitsChannels(q *rabbitmq.QueueView) bool {
	products := map[string]string{}
	for _, c := range q.Snapshot.Last().Connections.Or(nil) {
		products[c.Name] = c.Product
	}
	for _, c := range q.LiveConsumers().Or(nil) {
		if products[c.Connection] == "py-amqp" {
			return true
		}
	}
	return false
}

// channelsByName finds the channels of each broker's last look, indexed once.
type channelsByName map[*rabbitmq.Snapshot]map[string]*rabbitmq.Channel

func (c channelsByName) of(s *rabbitmq.Snapshot) map[string]*rabbitmq.Channel {
	if have, ok := c[s]; ok {
		return have
	}
	all := s.Last().Channels.Or(nil)
	c[s] = make(map[string]*rabbitmq.Channel, len(all))
	for i := range all {
		c[s][all[i].Name] = &all[i]
	}
	return c[s]
}

// unlimitedConsumers counts consumers that acknowledge and have no limit, on themselves or
// on their channel. hidden says that this version does not show limits of whole channels,
// unread that the channels could not be read.
func unlimitedConsumers(q *rabbitmq.QueueView, channels channelsByName) (n int, hidden, unread bool) {
	v := q.Version().Or(model.Version{})
	hidden = !v.Less(model.Version{4, 0}) && v.Less(model.Version{4, 3})
	for _, c := range q.LiveConsumers().Or(nil) {
		if !model.Is(c.AckNeeded, true) || !model.Is(c.Prefetch, 0) {
			continue
		}
		if v.Less(model.Version{4, 0}) {
			ch := channels.of(q.Snapshot)[c.Channel]
			if ch == nil {
				unread = true
			} else if ch.GlobalPrefetch.Or(0) > 0 {
				continue
			}
		}
		n++
	}
	return n, hidden, unread
}
