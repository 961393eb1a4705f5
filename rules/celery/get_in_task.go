package celery

import (
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// GetInTask finds tasks that wait for other tasks.
var GetInTask = rule.Rule{
	ID:       "celery/get-in-task",
	Title:    "A task waits for another task and fails or blocks its worker",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("C1", "P2", "S1"), Since: "0.1",
	Advice: "Make a chain or a chord of the two: the second part then starts when the first is done.",
	Estate: eachTask(func(p *rule.Pass, t *celery.Task) {
		if t.Body == nil {
			p.NotApplicable(t, "its body was not found")
			return
		}
		for _, w := range t.Body.Waits {
			if w.Allowed {
				continue
			}
			pool := t.App.Childless()
			if pool == "" { // Only prefork workers refuse to wait.
				p.Fail(t, "%s waits for the result of another task: a prefork worker raises RuntimeError there", t.Name).
					See(seen(w.At))
				return
			}
			p.Fail(t, "%s waits for the result of another task: when all slots of the %s pool wait, none is left to run it", t.Name, pool).
				See(seen(w.At))
			return
		}
		if len(t.Body.Waits) > 0 {
			p.Pass(t)
			return
		}
		p.NotApplicable(t, "it waits for no other task")
	}),
}
