package celery

import (
	"qaudit/internal/model/celery"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// ResultNoExpiry finds result backends that keep results for ever.
var ResultNoExpiry = rule.Rule{
	ID:       "celery/result-no-expiry",
	Title:    "Results of tasks are kept for ever",
	Severity: rule.High, Area: rule.Durability, Covers: rule.Items("B8", "S7"), Since: "0.1", Preview: true,
	Advice: "Leave result_expires at a day, or set ignore_result on tasks whose result nobody reads.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		backend, expires := a.ResultTransport(), a.Setting("result_expires")
		t, has := backend.Get()
		v, set := expires.Get()
		switch {
		case backend.Absent(): // 1. Nothing is stored.
			p.NotApplicable(a, "it has no result backend")
		case has && t == "rpc":
			p.NotApplicable(a, "results are messages to the one who asks")
		case a.Bool("task_ignore_result", false).Or(false):
			p.NotApplicable(a, "results are ignored")
		case expires.Unknown():
			p.Unknown(a, "result_expires could not be read: %s", expires.Why())
		case !set || v.Kind != code.Nil && a.Number("result_expires").Or(1) > 0: // 2. A time, or the default of a day.
			p.Pass(a)
		case backend.Unknown():
			p.Unknown(a, "the result backend is not known: %s", backend.Why())
		default:
			f := p.Fail(a, "no result of %s is ever deleted: its backend grows with every task", a.Ref().Name)
			f.See(unset(expires, a, "result_expires")).See(backend, "results go to "+t)
		}
	}),
}
