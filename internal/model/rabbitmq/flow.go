package rabbitmq

import (
	"fmt"
	"time"

	"qaudit/internal/model"
)

// Flow is what moved on one queue between two looks, in messages. A number that cannot be
// had is unknown, with the reason.
type Flow struct {
	Length        time.Duration
	Before, After QueueStats

	Publish, Deliver, DeliverNoAck, Ack, Redeliver model.Known[int64]
	Get, GetNoAck, GetEmpty                        model.Known[int64]
	// Ready and Unacked are how much the gauges rose; negative when they fell.
	Ready, Unacked model.Known[int64]
}

// Flow returns what moved on the queue between the first and the last look. The reason is
// "" unless there is no such window: one look only, a restart in between, a queue that one
// of the looks did not see.
func (q *QueueView) Flow() (f Flow, whyNot string) {
	if q.Snapshot == nil {
		return f, "no live broker was read"
	}
	w := q.Snapshot.Window()
	if w.Broken != "" {
		return f, w.Broken
	}
	before, after, ok := w.Queue(q.Name)
	if !ok {
		return f, "it was seen in one of the two looks only"
	}
	if before.Ready.Unknown() {
		return f, "its statistics were not there yet at the first look: " + before.Ready.Why()
	}
	b, a := before.Counters, after.Counters
	return Flow{
		Length: w.Length(), Before: before, After: after,
		Publish: w.Delta(b.Publish, a.Publish), Deliver: w.Delta(b.Deliver, a.Deliver),
		DeliverNoAck: w.Delta(b.DeliverNoAck, a.DeliverNoAck), Ack: w.Delta(b.Ack, a.Ack),
		Redeliver: w.Delta(b.Redeliver, a.Redeliver), Get: w.Delta(b.Get, a.Get),
		GetNoAck: w.Delta(b.GetNoAck, a.GetNoAck), GetEmpty: w.Delta(b.GetEmpty, a.GetEmpty),
		Ready: w.Change(before.Ready, after.Ready), Unacked: w.Change(before.Unacked, after.Unacked),
	}, ""
}

// PerSecond is a number of messages of the flow as a rate; 0 when it is not known.
func (f Flow) PerSecond(n model.Known[int64]) float64 {
	if f.Length <= 0 {
		return 0
	}
	return float64(n.Or(0)) / f.Length.Seconds()
}

// Traffic is the rate of the queue, in messages a second: what came in or went out,
// whichever is more.
func (f Flow) Traffic() float64 {
	return max(f.PerSecond(f.Publish), f.PerSecond(f.Deliver)+f.PerSecond(f.DeliverNoAck))
}

// Traffic is the queue's rate between the looks; 0 when it is not known.
func (q *QueueView) Traffic() float64 {
	f, why := q.Flow()
	if why != "" {
		return 0
	}
	return f.Traffic()
}

// Covers says whether the window is at least as long as d; "" is yes, else what is needed.
func (w Window) Covers(d time.Duration) string {
	switch {
	case w.Broken != "":
		return w.Broken
	case w.Length() < d:
		return fmt.Sprintf("the looks are %.0f s apart: needs --sample %.0fs", w.Length().Seconds(), d.Seconds())
	}
	return ""
}

// Consumed says how many consumers the last look saw on the queue: the list of consumers
// is right at once, the queue's own number lags by up to 5 s. From 4.3 on the list keeps
// a consumer of a quorum queue that the broker cancelled, so the number decides there.
// The larger one is taken when both are known and differ: a consumer too many never makes
// a finding.
func (q *QueueView) Consumed() model.Known[int64] {
	stats, ok := q.Stats()
	if !ok {
		return model.Unknown[int64]("no live broker was read", q.Origin())
	}
	list := model.Map(q.LiveConsumers(), func(c []Consumer) int64 { return int64(len(c)) })
	v, known := q.Version().Get()
	if known && !v.Less(model.Version{4, 3}) && model.Is(q.Type(), "quorum") && stats.Consumers.Present() {
		return stats.Consumers
	}
	switch {
	case !list.Present():
		return stats.Consumers
	case stats.Consumers.Or(0) > list.Or(0):
		return stats.Consumers
	}
	return list
}
