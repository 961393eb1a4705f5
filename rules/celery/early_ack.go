package celery

import (
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// EarlyAck finds apps that acknowledge messages before their tasks run.
var EarlyAck = rule.Rule{
	ID:       "celery/early-ack",
	Title:    "A worker that is killed loses the tasks it runs",
	Severity: rule.Medium, Area: rule.Delivery, Covers: rule.Items("C5", "M1", "P1"), Since: "0.1",
	Advice: "Set acks_late=True on tasks that can safely run twice, with task_reject_on_worker_lost and a limit on deliveries.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		late := a.Bool("task_acks_late", false)
		var early []*celery.Task
		lateTasks, unread := 0, 0
		for _, t := range a.Tasks {
			// 1. Tasks that were not seen to change anything outside their process, whose loss is
			// made good by the next run, or that say themselves that they acknowledge early.
			if t.Changes() == nil || t.Lossy() != "" {
				continue
			}
			switch k := t.Bool("acks_late", false); {
			case k.Unknown():
				unread++
			case k.Or(false):
				lateTasks++
			case !t.Own("acks_late"):
				early = append(early, t)
			}
		}
		switch {
		case len(early) > 0: // 2. The default, or the setting, acknowledges early.
			v := p.Fail(a, "%s acknowledges before it runs: %s lost when the worker is killed: %s",
				a.Ref().Name, tasks(len(early), "is", "are"), some(names(early)))
			v.See(unset(late, a, "task_acks_late"))
			cite(v, early, func(t *celery.Task) string { return t.Name + ": " + t.Changes().What })
		case unread > 0: // 3. What is set could not be read.
			p.Unknown(a, "whether %s late could not be read: %s", tasks(unread, "acknowledges", "acknowledge"), late.Why())
		case lateTasks > 0:
			p.Pass(a)
		default:
			p.NotApplicable(a, "no task was seen to change anything outside its process")
		}
	}),
}
