package celery

import (
	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// BeatMultiple finds schedulers that run more than once.
var BeatMultiple = rule.Rule{
	ID:       "celery/beat-multiple",
	Title:    "Two schedulers send every periodic task twice",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("S6", "M5"), Since: "0.1", Preview: true,
	Advice: "Run one beat process in a service of its own, or a scheduler that takes a lock, such as redbeat.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		all := celery.Workers(e)
		for _, w := range all {
			if w.Beat || w.EmbedsBeat {
				decideBeat(p, w, all)
			}
		}
	},
}

func decideBeat(p *rule.Pass, w *celery.Worker, all []*celery.Worker) {
	what := "celery beat"
	if w.EmbedsBeat {
		what = "the scheduler of worker -B"
	}
	n, known := w.Replicas.Get()
	other := otherBeat(w, all)
	switch why := w.SchedulerLocks(); {
	case why != "": // 1. Only the holder of the lock sends.
		p.NotApplicable(w, "%s", why)
	case known && n > 1: // 2. Several copies of the process.
		p.Fail(w, "%d copies of %s run %s: each sends every periodic task", n, w.Workload, what).
			See(seen(w.At), what).See(w.Replicas, "replicas")
	case other != nil: // 3. Another process of the same file.
		p.Fail(w, "%s and %s both run the scheduler of %s: each sends every periodic task", w.Workload, other.Workload, w.CeleryWorker.App).
			See(seen(w.At), w.Workload).See(seen(other.At), other.Workload).
			Likely("they stand in one file; that they run at the same time was not seen")
	case !known && !w.Replicas.Absent(): // 4. How many run is set elsewhere.
		p.Unknown(w, "how many copies of it run is not known: %s", w.Replicas.Why())
	default:
		p.Pass(w)
	}
}

// otherBeat is another process that runs the same app's scheduler, deployed by the same
// file; nil when there is none.
func otherBeat(w *celery.Worker, all []*celery.Worker) *celery.Worker {
	for _, o := range all {
		if (o.Beat || o.EmbedsBeat) && o.CeleryWorker.App == w.CeleryWorker.App && o.Workload != w.Workload && sameFile(o.At, w.At) {
			return o
		}
	}
	return nil
}

func sameFile(a, b *model.Origin) bool {
	return a != nil && b != nil && a.Input == b.Input && a.Place.File == b.Place.File
}
