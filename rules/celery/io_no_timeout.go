package celery

import (
	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// IONoTimeout finds tasks that call other systems without a time-out.
var IONoTimeout = rule.Rule{
	ID:       "celery/io-no-timeout",
	Title:    "A server that does not answer stops the worker",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("B2", "B3", "M4", "S1"), Since: "0.1",
	Advice: "Give the call a time-out: timeout=(connect, read), or a session with a default one.",
	Estate: eachTask(func(p *rule.Pass, t *celery.Task) {
		if t.Body == nil {
			p.NotApplicable(t, "its body was not found")
			return
		}
		calls, timed, open := untimed(t), 0, 0
		for _, w := range t.Body.Work {
			switch k := w.HasTimeout; {
			case model.Is(k, true):
				timed++
			case k.Unknown() && k.Origin() != nil:
				open++
			}
		}
		limit := t.HardLimit()
		if !limited(limit) {
			limit = t.SoftLimit()
		}
		switch {
		case len(calls) > 0: // 1. A call that is known to wait for ever.
			v := p.Fail(t, "%s waits for ever when the other side does not answer: %s has no time-out", t.Name, calls[0].What)
			for i, w := range calls {
				if i < shown {
					v.See(seen(w.At))
				}
			}
			if limited(limit) { // 2. The task's own limit ends it, late.
				v.At(rule.Medium).See(seen(limit.HiFrom), "ended by "+limit.What+" after "+rule.Duration(limit.Hi))
			}
		case open > 0: // 3. Options that could not be read.
			p.Unknown(t, "whether its calls have a time-out could not be read")
		case timed > 0:
			p.Pass(t)
		default:
			p.NotApplicable(t, "it was not seen to call another system")
		}
	}),
}

// untimed are the calls of a task that are known to have no time-out.
func untimed(t *celery.Task) []code.Work {
	if t.Body == nil {
		return nil
	}
	var out []code.Work
	for _, w := range t.Body.Work {
		if w.Known && model.Is(w.HasTimeout, false) {
			out = append(out, w)
		}
	}
	return out
}
