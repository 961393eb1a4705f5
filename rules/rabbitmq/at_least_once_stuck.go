package rabbitmq

import (
	"fmt"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// stuckFor is how long dead letters must wait for their target; our choice.
const stuckFor = time.Minute

// AtLeastOnceStuck finds dead letters that wait for a target that does not take them.
var AtLeastOnceStuck = rule.Rule{
	ID:       "rabbitmq/at-least-once-stuck",
	Title:    "Dead letters are stuck in the queue that they failed in",
	Severity: rule.Critical, Area: rule.Failures, Covers: rule.Items("P3", "T2", "C5", "S3", "S5"), Since: "0.1",
	Advice:  "Create the dead-letter exchange and a bound queue that takes them: they arrive by themselves then.",
	Brokers: rule.Versions("3.10", ""),
	Live: func(p *rule.Pass, e *model.Estate) {
		o := rabbitmq.View(e)
		for q, f := range flows(p, e) {
			if !model.Is(q.Text("dead-letter-strategy"), "at-least-once") || !model.Is(q.Type(), "quorum") {
				continue
			}
			before, after := f.Before.DeadLetterPending, f.After.DeadLetterPending
			dlx, _ := q.DeadLetterExchange().Get()
			targets, sure := q.DeadLetterTargets()
			seen := o.Seen(q.Target, q.VHost)
			nowhere := !exists(o, q, dlx) && seen.Exchanges == "" || sure && !reaches(q, targets) && seen.Bindings == "" && seen.Queues == ""
			switch {
			case before.Unknown() || after.Unknown(): // 1.
				p.Unknown(q, before.Why()+after.Why())
			case after.Or(0) == 0 || after.Or(0) < before.Or(0): // 2. None, or fewer than before.
				p.Pass(q)
			case before.Or(0) == 0 && !nowhere: // 3. They just came.
				p.Pass(q)
			case nowhere || f.Length >= stuckFor: // 4. No target, or a minute without one.
				p.Fail(q, "%s dead letters of %s are stuck in it: nothing takes them", number(after.Or(0)), q.Name.Name).
					See(after, fmt.Sprintf("%d waiting to be dead-lettered, %d before", after.Or(0), before.Or(0))).
					See(q.DeadLetterExchange(), "dead-letter exchange "+quoted(dlx)).HarmSeen().WithTraffic(f.Traffic())
			default: // 5.
				p.Unknown(q, "%s dead letters wait: needs --sample 60s", number(after.Or(0)))
			}
		}
	},
}
