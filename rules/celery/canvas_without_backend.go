package celery

import (
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// CanvasWithoutBackend finds chords and waits of an app without a result backend.
var CanvasWithoutBackend = rule.Rule{
	ID:       "celery/canvas-without-backend",
	Title:    "A chord or a wait for results fails: there is no result backend",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("C1", "S4"), Since: "0.1", Preview: true,
	Advice: "Set result_backend.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		backend := a.ResultTransport()
		var f *rule.Verdict
		needs := false
		for _, c := range a.Canvas {
			at := c.Waits
			what := "waits for the results of a " + c.Kind
			if c.Kind == "chord" {
				at, what = c.At, "chord"
				if c.Upgraded {
					what = "a group chained with a task is a chord"
				}
			}
			if at == nil {
				continue
			}
			needs = true
			if !backend.Absent() {
				continue
			}
			if f == nil {
				f = p.Fail(a, "%s has no result backend: a chord raises NotImplementedError when it is sent, and so does a wait for results", a.Ref().Name).
					See(backend, "result_backend is not set")
			}
			if len(f.Evidence) <= shown {
				f.See(seen(at), what)
			}
		}
		switch {
		case !needs:
			p.NotApplicable(a, "it has no chord and waits for no group")
		case f != nil:
		case backend.Unknown():
			p.Unknown(a, "the result backend is not known: %s", backend.Why())
		default:
			p.Pass(a)
		}
	}),
}
