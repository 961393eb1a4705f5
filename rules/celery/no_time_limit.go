package celery

import (
	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// NoTimeLimit finds apps whose tasks run without a limit.
var NoTimeLimit = rule.Rule{
	ID:       "celery/no-time-limit",
	Title:    "A task that hangs holds its worker for ever",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("B3", "S1"), Since: "0.1",
	Advice: "Set task_soft_time_limit and, above it, task_time_limit; give the tasks that need longer limits of their own.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		var free []*celery.Task
		unread := 0
		for _, t := range a.Tasks {
			switch hard, soft := t.HardLimit(), t.SoftLimit(); {
			case unlimited(hard) && unlimited(soft):
				free = append(free, t)
			case !limited(hard) && !limited(soft):
				unread++
			}
		}
		pool := a.Childless()
		switch {
		case len(a.Tasks) == 0:
			p.NotApplicable(a, "no task was seen")
		case pool != "": // 1. The pool does not enforce limits.
			p.NotApplicable(a, "the %s pool does not enforce time limits", pool)
		case len(free) > 0: // 2. Neither settings, command line nor the task set one.
			severity, waits := worstWork(free)
			v := p.Fail(a, "%s no time limit in %s: one that hangs holds a process of its worker until somebody kills it",
				tasks(len(free), "has", "have"), a.Ref().Name).At(severity)
			v.See(seen(free[0].HardLimit().LoFrom), "task_time_limit is not set")
			cite(v, waits, func(t *celery.Task) string {
				if w := t.Outside(); w != nil {
					return t.Name + ": " + w.What
				}
				return t.Name
			})
		case unread > 0: // 3. What is set could not be read.
			p.Unknown(a, "the time limits of %s could not be read: %s", plural(unread, "task"), a.Option("task_time_limit").Why())
		default:
			p.Pass(a)
		}
	}),
}

func unlimited(s model.Span) bool { return s.LoFrom != nil && s.Lo == model.Forever }

func limited(s model.Span) bool { return s.HiFrom != nil && s.Hi != model.Forever }

// worstWork says how bad it is when one of the tasks hangs, and puts those first that can:
// high where one waits without a time-out, medium where one works outside its process,
// low where none was seen to.
func worstWork(list []*celery.Task) (rule.Severity, []*celery.Task) {
	var hanging, working, rest []*celery.Task
	for _, t := range list {
		switch {
		case len(untimed(t)) > 0:
			hanging = append(hanging, t)
		case t.Outside() != nil:
			working = append(working, t)
		default:
			rest = append(rest, t)
		}
	}
	severity := rule.Low
	switch {
	case len(hanging) > 0:
		severity = rule.High
	case len(working) > 0:
		severity = rule.Medium
	}
	return severity, append(append(hanging, working...), rest...)
}
