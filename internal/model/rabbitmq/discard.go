package rabbitmq

import (
	"strconv"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// DefaultDeliveryLimit is the delivery limit of quorum queues from 4.0 on, where none is
// set (RabbitMQ documentation, "Poison Message Handling"; measured on 4.0.5).
const DefaultDeliveryLimit = 20

// Discard is something that takes messages out of a queue without a consumer's success.
type Discard struct {
	What  string // what happens to them: "rejected messages", "expired messages"
	Value string // what was seen
	At    *model.Origin
}

// Origin is where it was seen.
func (d *Discard) Origin() *model.Origin { return d.At }

// Discards says by what the queue discards messages: a consumer that rejects without
// requeue, a time to live, a length limit that drops, a delivery limit that somebody set.
// nil when none of these was seen.
func (q *QueueView) Discards() *Discard {
	if at := q.rejects(); at != nil {
		return &Discard{"rejected messages", "", at}
	}
	if ttl, ok := q.Int("message-ttl").Get(); ok {
		return &Discard{"expired messages", "x-message-ttl " + strconv.FormatInt(ttl, 10) + " ms", q.Int("message-ttl").Origin()}
	}
	overflow := q.Text("overflow")
	for _, key := range []string{"max-length", "max-length-bytes"} {
		limit := q.Int(key)
		if n, ok := limit.Get(); ok && overflow.Or("drop-head") == "drop-head" && !overflow.Unknown() {
			return &Discard{"messages over the limit", key + " " + strconv.FormatInt(n, 10) + ", overflow drop-head", limit.Origin()}
		}
	}
	if limit := q.Int("delivery-limit"); limit.Or(-1) >= 0 && model.Is(q.Type(), "quorum") {
		n, _ := limit.Get()
		return &Discard{"messages that fail " + strconv.FormatInt(n, 10) + " times", "delivery limit " + strconv.FormatInt(n, 10), limit.Origin()}
	}
	return nil
}

// DeliveryLimit is how often a quorum queue delivers a message again before it discards
// it: the broker's own answer where it gives one, else argument and policy, else the
// default of its version. -1 is no limit, absent is none by default; other types have none.
func (q *QueueView) DeliveryLimit() model.Known[int64] {
	switch t, ok := q.Type().Get(); {
	case !ok:
		return model.Unknown[int64](q.Type().Why(), q.Origin())
	case t != "quorum":
		return model.Absent[int64](q.Origin())
	}
	if q.Live != nil && q.Live.DeliveryLimit.Present() {
		return q.Live.DeliveryLimit
	}
	limit := q.Int("delivery-limit")
	if !limit.Absent() {
		return limit
	}
	v, ok := q.Version().Get()
	switch {
	case !ok:
		return model.Unknown[int64]("the broker's version is not known", q.Origin())
	case v.Less(model.Version{4, 0}):
		return limit
	}
	return model.Present[int64](DefaultDeliveryLimit, limit.Origin())
}

// rejects finds a consumer in code that rejects without requeue.
func (q *QueueView) rejects() *model.Origin {
	for _, c := range q.Consumes {
		if c.Handler == nil {
			continue
		}
		for _, x := range c.Handler.Exits {
			for _, s := range x.Settled {
				if (s.Kind == code.Nack || s.Kind == code.Reject) && model.Is(s.Requeue, false) {
					return s.At
				}
			}
		}
	}
	return nil
}

// NeverRejects says that code consumes the queue, that every handler was followed to all
// its ends, and that none of them rejects without requeue or leaves it to a framework.
func (q *QueueView) NeverRejects() bool {
	for _, c := range q.Consumes {
		if c.Handler == nil || c.Handler.TooMany || c.Handler.Tainted || c.Handler.Keeps {
			return false
		}
		for _, x := range c.Handler.Exits {
			for _, s := range x.Settled {
				if s.Kind == code.Handed || s.Kind != code.Ack && !model.Is(s.Requeue, true) {
					return false
				}
			}
		}
	}
	return len(q.Consumes) > 0
}
