package rabbitmq

import (
	"fmt"
	"time"

	"qaudit/internal/model"
)

// Window is the time between two looks, over which counters become rates.
type Window struct {
	From, To *Look
	// Broken says why no rates can be had of these two looks; "" when they can.
	Broken string
}

// Window returns the window between the first and the last look. Its Broken is set when
// there is only one, or a node restarted in between: counters start anew then.
func (s *Snapshot) Window() Window {
	if len(s.Looks) < 2 {
		return Window{Broken: "needs two looks: --sample 15s"}
	}
	w := Window{From: &s.Looks[0], To: s.Last()}
	if s.StatsOff.Or(false) {
		w.Broken = "statistics are switched off on the broker"
		return w
	}
	for _, before := range w.From.Nodes {
		for _, after := range w.To.Nodes {
			a, aok := before.Uptime.Get()
			b, bok := after.Uptime.Get()
			if before.Name == after.Name && aok && bok && b < a {
				w.Broken = fmt.Sprintf("node %s restarted between the looks", before.Name)
			}
		}
	}
	return w
}

// Length is the time between the looks.
func (w Window) Length() time.Duration {
	if w.From == nil {
		return 0
	}
	return w.To.At.Sub(w.From.At)
}

// Delta is how much a counter rose within the window. The broker leaves out what never
// happened, so an absent counter counts as zero; one that fell or vanished was reset.
func (w Window) Delta(before, after model.Known[int64]) model.Known[int64] {
	switch {
	case w.Broken != "":
		return model.Unknown[int64](w.Broken, nil)
	case before.Unknown():
		return before
	case after.Unknown():
		return after
	case after.Or(0) < before.Or(0):
		return model.Unknown[int64]("the counter was reset between the looks", after.Origin())
	}
	return model.Present(after.Or(0)-before.Or(0), after.Origin())
}

// Change is how much a gauge rose (or fell, negative) within the window.
func (w Window) Change(before, after model.Known[int64]) model.Known[int64] {
	a, aok := before.Get()
	b, bok := after.Get()
	switch {
	case w.Broken != "":
		return model.Unknown[int64](w.Broken, nil)
	case !aok:
		return before
	case !bok:
		return after
	}
	return model.Present(b-a, after.Origin())
}

// Rate is a delta as messages per second.
func (w Window) Rate(before, after model.Known[int64]) model.Known[float64] {
	return model.Map(w.Delta(before, after), func(n int64) float64 { return float64(n) / w.Length().Seconds() })
}

// Queue returns what both looks saw of a queue; ok is false when one of them did not see
// it, or the window is broken.
func (w Window) Queue(n Name) (before, after QueueStats, ok bool) {
	if w.From == nil {
		return before, after, false
	}
	before, a := w.From.Queues[n]
	after, b := w.To.Queues[n]
	return before, after, a && b
}
