package celery

import (
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// LateAckWorkerLost finds late acknowledgement that does not cover a killed child.
var LateAckWorkerLost = rule.Rule{
	ID:       "celery/late-ack-worker-lost",
	Title:    "A task whose process is killed is not run again, late acknowledgement or not",
	Severity: rule.Medium, Area: rule.Delivery, Covers: rule.Items("C5", "M1", "P1"), Since: "0.1",
	Advice: "Set task_reject_on_worker_lost=True together with a limit on deliveries: a quorum queue with x-delivery-limit and a dead-letter exchange.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		var open, unread []*celery.Task
		late := 0
		for _, t := range a.Tasks {
			if !t.Bool("acks_late", false).Or(false) {
				continue
			}
			late++
			reject, _ := t.Option("reject_on_worker_lost")
			retry, _ := t.Option("retry_on_worker_lost")
			switch {
			case reject.Present() || retry.Present(): // set, whatever it says: somebody decided
			case reject.Unknown() || retry.Unknown():
				unread = append(unread, t)
			default:
				open = append(open, t)
			}
		}
		pool := a.Childless()
		switch {
		case late == 0: // 1. Nothing acknowledges late.
			p.NotApplicable(a, "no task acknowledges late")
		case pool != "": // 2. There is no child process to lose.
			p.NotApplicable(a, "the %s pool has no child processes", pool)
		case len(open) > 0: // 3. Late, and nobody says what a lost child means.
			v := p.Fail(a, "%s acknowledges late, yet a task whose process is killed is marked as failed and acknowledged: %s",
				a.Ref().Name, some(names(open)))
			v.See(seen(a.At), "task_reject_on_worker_lost is not set")
			cite(v, open, func(t *celery.Task) string { return t.Name + " acknowledges late" })
		case len(unread) > 0:
			p.Unknown(a, "whether task_reject_on_worker_lost is set could not be read")
		default:
			p.Pass(a)
		}
	}),
}
