package celery

import (
	"fmt"
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// ShutdownTooShort finds workers that are killed while their tasks still run.
var ShutdownTooShort = rule.Rule{
	ID:       "celery/shutdown-too-short",
	Title:    "Each deploy kills workers in the middle of a task",
	Severity: rule.Medium, Area: rule.Delivery, Covers: rule.Items("C7", "S6", "B3"), Since: "0.1", Preview: true,
	Advice: "Make the time between stop and kill (stop_grace_period in compose) longer than the longest task, or the tasks shorter.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		for _, a := range celery.Apps(e) {
			for _, w := range a.Consumers() {
				switch longest, ok := longestRun(w); {
				case a.ColdStop():
					p.NotApplicable(w, "REMAP_SIGTERM makes the stop signal a cold shutdown, which does not wait for tasks")
				case !ok:
					p.NotApplicable(w, "how long its tasks run is not in the source")
				default:
					rule.Outlast(0, func(*model.Estate) []rule.Pair { return []rule.Pair{gracePair(w, longest)} })(p, e)
				}
			}
		}
	},
}

func gracePair(w *celery.Worker, longest model.Span) rule.Pair {
	grace := w.Grace
	grace.What = "the time that " + w.Workload + " has to stop"
	if grace.HiFrom == nil {
		grace = model.Span{Hi: model.Forever, What: grace.What}
	}
	return rule.Pair{Subject: w, A: grace, B: longest,
		Harm: fmt.Sprintf("worker %s is killed %s after it is told to stop, whatever it runs: %s is %s",
			w.Workload, rule.Duration(grace.Hi), longest.What, rule.Duration(longest.Lo))}
}

// longestRun is the longest time that a task of the worker is known, or allowed, to run.
func longestRun(w *celery.Worker) (model.Span, bool) {
	var best model.Span
	reads := w.Reads()
	for _, t := range w.App.Tasks {
		queue := t.QueueOf()
		if q, ok := queue.Get(); ok && reads.Present() && !slices.Contains(reads.Or(nil), q) {
			continue
		}
		if runs := t.Runs(); runs.Lo > best.Lo || runs.Lo > 0 && runs.Lo == best.Lo {
			runs.Hi, runs.HiFrom = runs.Lo, runs.LoFrom
			best = runs
		}
		if allowed, ok := t.Allowed(); ok && allowed.Lo > best.Lo {
			best = allowed
		}
	}
	return best, best.Lo > 0
}
