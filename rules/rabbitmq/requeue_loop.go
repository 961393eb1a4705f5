package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// From which redeliveries are a loop, our choices: measured with one poisoned message alone,
// 700 to 4,000 a second come, of which all are redeliveries and none is acknowledged.
const (
	loopShare     = 0.5 // of the deliveries are redeliveries
	loopPerSecond = 10.0
	loopAcked     = 0.1 // of the redeliveries are acknowledged at most
)

// RequeueLoop finds messages that come back for ever.
var RequeueLoop = rule.Rule{
	ID:       "rabbitmq/requeue-loop",
	Title:    "Failed messages come back at full speed, without end",
	Severity: rule.Critical, Area: rule.Failures, Covers: rule.Items("P6", "B5", "M7", "T1", "S4", "S6"), Since: "0.1",
	Advice: "Reject without requeue so that the message goes to the dead-letter exchange, and retry from there after a wait.",
	Code:   requeueInCode,
	Live: func(p *rule.Pass, e *model.Estate) {
		for q, f := range flows(p, e) {
			if role, why := q.Role(); role == rabbitmq.StreamLog { // reading again is what a stream is for
				p.NotApplicable(q, why)
				continue
			}
			again, all := f.Redeliver, f.Deliver.Or(0)+f.DeliverNoAck.Or(0)+f.Get.Or(0)+f.GetNoAck.Or(0)
			n := float64(again.Or(0))
			switch {
			case again.Unknown() || f.Deliver.Unknown() || f.Ack.Unknown(): // 1.
				p.Unknown(q, again.Why()+f.Deliver.Why()+f.Ack.Why())
			case n < loopShare*float64(all) || f.PerSecond(again) < loopPerSecond: // 2. Few.
				p.Pass(q)
			case float64(f.Ack.Or(0)) > loopAcked*n: // 3. They are worked off: a restart.
				p.Pass(q)
			case again.Or(0) <= burst(q, f): // 4. Each came back once: a restart.
				p.Pass(q)
			case bornRedelivered(q): // 5.
				p.Unknown(q, "dead letters of a quorum queue count as redeliveries from the first on")
			default: // 6.
				p.Fail(q, "%s delivers the same messages again and again: %s a second, and hardly one is acknowledged",
					q.Name.Name, number(int64(f.PerSecond(again)))).
					See(again, fmt.Sprintf("%s of %s deliveries %s were redeliveries, %s acknowledged",
						number(again.Or(0)), number(all), within(f.Length), number(f.Ack.Or(0)))).
					HarmSeen().WithTraffic(f.Traffic())
			}
		}
	},
}

// bornRedelivered says that messages come to the queue from a quorum queue's
// dead-lettering, which from 4.0 on makes the first delivery a redelivery (measured on
// 4.0.5 and 4.3.6).
func bornRedelivered(q *rabbitmq.QueueView) bool {
	v, ok := q.Version().Get()
	if !ok || v.Less(model.Version{4, 0}) {
		return false
	}
	for _, s := range q.DeadLetterSources() {
		if !model.Is(s.Type(), "classic") {
			return true
		}
	}
	return false
}

// burst is how many redeliveries come when consumers restart once: what they can hold, or
// without a limit all that there was.
func burst(q *rabbitmq.QueueView, f rabbitmq.Flow) int64 {
	var limit int64
	for _, c := range q.LiveConsumers().Or(nil) {
		n := c.Prefetch.Or(0)
		if n == 0 {
			return f.Before.Messages.Or(0) + f.Publish.Or(0)
		}
		limit += n
	}
	if limit == 0 {
		return f.Before.Messages.Or(0) + f.Publish.Or(0)
	}
	return limit
}
