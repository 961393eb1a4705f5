package celery

import (
	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// ShellEatsSIGTERM finds workers behind a shell that does not pass the stop signal on.
var ShellEatsSIGTERM = rule.Rule{
	ID:       "celery/shell-eats-sigterm",
	Title:    "The worker never hears that it should stop, and is killed",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("C2", "C7", "S6"), Since: "0.1", Preview: true,
	Advice: "Write the command as a list, or put exec in front of celery in the script.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		for _, w := range celery.Workers(e) {
			if !w.Shell {
				p.Pass(w)
				continue
			}
			v := p.Fail(w, "the stop signal ends at the shell in front of %s: its tasks are killed at each deploy", w.Workload).
				See(seen(w.At), "run by a shell without exec")
			if w.Beat { // it holds no message
				v.At(rule.Low)
			}
		}
	},
}
