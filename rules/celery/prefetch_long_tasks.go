package celery

import (
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// longTask is how long a task runs before reserved tasks behind it wait noticeably: our
// own figure.
const longTask = 10 * time.Second

// longLimit is a limit that says that its author expects long runs: our own figure.
const longLimit = 10 * time.Minute

// PrefetchLongTasks finds workers that reserve tasks behind long ones.
var PrefetchLongTasks = rule.Rule{
	ID:       "celery/prefetch-long-tasks",
	Title:    "Tasks wait behind a long one while other workers are idle",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("C2", "P2", "S2", "V5"), Since: "0.1", Preview: true,
	Advice: "Set worker_prefetch_multiplier=1 and acks_late=True for the workers of long tasks, and give them a queue of their own.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		multiplier := reserved(a)
		n, set := multiplier.Get()
		var long []*celery.Task
		certain := false
		for _, t := range a.Tasks {
			runs := t.Runs()
			allowed, limited := t.Allowed()
			switch {
			case runs.Lo >= longTask:
				certain, long = true, append(long, t)
			case limited && t.Own("time_limit") && allowed.Lo >= longLimit,
				limited && t.Own("soft_time_limit") && allowed.Lo >= longLimit:
				long = append(long, t)
			}
		}
		switch {
		case len(a.Tasks) == 0:
			p.NotApplicable(a, "no task was seen")
		case multiplier.Unknown():
			p.Unknown(a, "worker_prefetch_multiplier could not be read: %s", multiplier.Why())
		case set && n == 1: // 1. Each process reserves one.
			p.Pass(a)
		case len(long) == 0: // 2. How long tasks run is not in the source.
			p.Unknown(a, "how long its tasks run is not in the source")
		default:
			v := p.Fail(a, "each process of a worker of %s holds up to %s, which wait behind a long one such as %s", a.Ref().Name, held(multiplier), long[0].Name)
			v.See(unset(multiplier, a, "worker_prefetch_multiplier"))
			cite(v, long, func(t *celery.Task) string {
				if r := t.Runs(); r.Lo >= longTask {
					return t.Name + " runs for " + rule.Duration(r.Lo) + " and more"
				}
				allowed, _ := t.Allowed()
				return t.Name + " is allowed " + rule.Duration(allowed.Lo)
			})
			if !certain {
				v.At(rule.Medium).Possible("the tasks are allowed to run that long; how long their runs take was not seen")
			}
		}
	}),
}

// reserved is the prefetch multiplier: of the command line where all workers are given
// one, else of the settings.
func reserved(a *celery.App) model.Known[float64] {
	if k := a.Flag("--prefetch-multiplier"); !k.Absent() {
		return k
	}
	return a.Number("worker_prefetch_multiplier")
}

// held says how many messages a process holds.
func held(multiplier model.Known[float64]) string {
	n, ok := multiplier.Get()
	switch {
	case !ok:
		return "4 messages"
	case n == 0:
		return "any number of messages"
	}
	return plural(int(n), "message")
}
