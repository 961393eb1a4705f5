package celery

import (
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// EagerInProduction finds apps that never send a task.
var EagerInProduction = rule.Rule{
	ID:       "celery/eager-in-production",
	Title:    "Tasks run inside the request instead of in a worker",
	Severity: rule.Critical, Area: rule.Operations, Covers: rule.Items("B8", "S8"), Since: "0.1", Preview: true,
	Advice: "Take task_always_eager out of the settings that production uses; set it where tests are set up.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		k := a.Bool("task_always_eager", false)
		switch {
		case k.Or(false): // 1. True where no test or development settings stand.
			f := p.Fail(a, "%s never sends a task to its broker: each runs at once in the process that calls it, without retries and limits", a.Ref().Name)
			f.See(unset(k, a, "task_always_eager"))
		case k.Unknown():
			p.Unknown(a, "task_always_eager could not be read: %s", k.Why())
		default:
			p.Pass(a)
		}
	}),
}
