package rabbitmq

import (
	"fmt"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// How long nothing must be acknowledged before it counts, and how many deliveries without a
// limit count as many; our choices.
const (
	unackedWindow = time.Minute
	longJob       = 5 * time.Minute
	manyUnacked   = 1000
)

// UnackedGrowing finds consumers that take messages and never settle them.
var UnackedGrowing = rule.Rule{
	ID:       "rabbitmq/unacked-growing",
	Title:    "Workers take messages and never acknowledge them",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("P1", "M1", "S1", "S3"), Since: "0.1",
	Advice: "Acknowledge each message after its work is done, and reject it when the work fails: look for the way out of the handler that does neither.",
	Live: func(p *rule.Pass, e *model.Estate) {
		asked := map[*rabbitmq.Snapshot]bool{}
		for q, f := range flows(p, e) {
			// 1. A stream keeps its messages, and what a temporary queue holds is not kept.
			if why := forTheMoment(q); why != "" {
				p.NotApplicable(q, why)
				continue
			}
			if !consumersRead(p, asked, q) {
				continue
			}
			held := holding(q, f)
			unacked := f.After.Unacked
			switch {
			case unacked.Unknown() || f.Ack.Unknown():
				p.Unknown(q, unacked.Why()+f.Ack.Why())
			case held.consumers == 0:
				p.NotApplicable(q, "nobody consumes it with acknowledgements")
			case unacked.Or(0) == 0 || f.Ack.Or(0) > 0: // 2. Nothing is held, or it moves.
				p.Pass(q)
			case f.Length >= longJob: // 3. Nothing was acknowledged for longer than jobs take.
				held.fail(p, q, f).HarmSeen()
			case f.Length >= unackedWindow && (f.Unacked.Or(0) > 0 || held.stuck): // 4.
				held.fail(p, q, f).Likely("a job that takes longer than %.0f s looks the same", f.Length.Seconds())
			case held.neverAcked && (held.stuck || held.flood): // 5. None was ever acknowledged.
				held.fail(p, q, f).Likely("a job that takes longer than %.0f s looks the same", f.Length.Seconds())
			case f.Length >= unackedWindow: // 6. Few are held, and no more than before.
				p.Pass(q)
			default:
				p.Unknown(q, "%s held and none acknowledged %s: needs --sample 60s", messages(unacked.Or(0)), within(f.Length))
			}
		}
	},
}

// hold is what the consumers of a queue hold unacknowledged.
type hold struct {
	consumers  int   // that acknowledge
	limit      int64 // sum of their prefetch limits; 0: one has none
	stuck      bool  // all they can hold is held, more waits, and nothing is delivered
	flood      bool  // no limit, a lot is held, and it grew
	neverAcked bool  // not one message was acknowledged since the counters started
}

func holding(q *rabbitmq.QueueView, f rabbitmq.Flow) hold {
	var h hold
	unlimited := false
	for _, c := range q.LiveConsumers().Or(nil) {
		if model.Is(c.AckNeeded, true) {
			h.consumers++
			n := c.Prefetch.Or(0)
			h.limit += n
			unlimited = unlimited || n == 0
		}
	}
	if unlimited {
		h.limit = 0
	}
	unacked := f.After.Unacked.Or(0)
	h.stuck = h.limit > 0 && unacked >= h.limit && f.After.Ready.Or(0) > 0 && f.Deliver.Or(1) == 0
	h.flood = h.limit == 0 && unacked > manyUnacked && f.Unacked.Or(0) > 0
	h.neverAcked = !f.After.Counters.Ack.Unknown() && f.After.Counters.Ack.Or(0) == 0
	return h
}

func (h hold) fail(p *rule.Pass, q *rabbitmq.QueueView, f rabbitmq.Flow) *rule.Verdict {
	unacked := f.After.Unacked.Or(0)
	v := p.Fail(q, "%s of %s are with workers that acknowledge none", messages(unacked), q.Name.Name)
	v.See(f.After.Unacked, fmt.Sprintf("%d unacknowledged, %d ready, none acknowledged %s", unacked, f.After.Ready.Or(0), within(f.Length)))
	if h.limit > 0 {
		v.See(q.LiveConsumers(), fmt.Sprintf("%s, prefetch limits add up to %d", things(int64(h.consumers), "consumer"), h.limit))
	}
	return v.WithTraffic(f.Traffic())
}
