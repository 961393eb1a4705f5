package rabbitmq

import (
	"fmt"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// A backlog must grow for so long, or be so long that it takes this time to work off;
// our choices.
const (
	backlogWindow = 5 * time.Minute
	backlogDrain  = time.Hour
)

// BacklogGrowing finds queues whose workers do not keep up.
var BacklogGrowing = rule.Rule{
	ID:       "rabbitmq/backlog-growing",
	Title:    "More messages come in than workers take",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("P2", "B4", "V4", "S2", "S3", "A4"), Since: "0.1",
	Advice: "Add workers: as many as the incoming rate divided by what one of them does, and a third more.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for q, f := range flows(p, e) {
			// 1. Only work queues that are consumed: the others have rules of their own.
			if why := q.NotWork(); why != "" {
				p.NotApplicable(q, why)
				continue
			}
			out := f.PerSecond(f.Deliver) + f.PerSecond(f.DeliverNoAck)
			ready := f.After.Ready.Or(0)
			switch {
			case f.Ready.Unknown() || f.Publish.Unknown() || f.Deliver.Unknown():
				p.Unknown(q, f.Ready.Why()+f.Publish.Why()+f.Deliver.Why())
			case out == 0: // 2.
				p.NotApplicable(q, "nothing was delivered between the looks")
			case f.Ready.Or(0) <= 0 || f.PerSecond(f.Publish) <= out: // 3. It does not grow.
				p.Pass(q)
			case f.Length >= backlogWindow: // 4. It grew for long.
				backlog(p, q, f, out)
			case drains(ready, out) > backlogDrain: // 5. It takes hours to work off already.
				backlog(p, q, f, out).Likely("%.0f s are a short time to see a queue grow", f.Length.Seconds())
			default: // 6. A burst looks the same.
				p.Unknown(q, "%+d ready %s: needs --sample 300s", f.Ready.Or(0), within(f.Length))
			}
		}
	},
}

// drains is how long the workers need for what waits, with nothing coming in.
func drains(ready int64, perSecond float64) time.Duration {
	return time.Duration(float64(ready) / perSecond * float64(time.Second))
}

func backlog(p *rule.Pass, q *rabbitmq.QueueView, f rabbitmq.Flow, out float64) *rule.Verdict {
	in := f.PerSecond(f.Publish)
	ready := f.After.Ready.Or(0)
	return p.Fail(q, "%s grows: %s come in, %s are taken, %s wait", q.Name.Name, perSecond(in), perSecond(out), messages(ready)).
		See(f.Publish, fmt.Sprintf("%d published, %d delivered, %+d ready %s", f.Publish.Or(0), f.Deliver.Or(0)+f.DeliverNoAck.Or(0), f.Ready.Or(0), within(f.Length))).
		See(f.After.Ready, fmt.Sprintf("%s ready: %s of work at this speed", number(ready), rule.Duration(drains(ready, out).Round(time.Minute)))).
		HarmSeen().WithTraffic(f.Traffic())
}
