package celery

import (
	"strings"

	"qaudit/internal/model/celery"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// AutoretryBroad finds tasks that are retried whatever went wrong.
var AutoretryBroad = rule.Rule{
	ID:       "celery/autoretry-broad",
	Title:    "Errors that no retry can mend are retried",
	Severity: rule.Medium, Area: rule.Failures, Covers: rule.Items("C3", "T1"), Since: "0.1",
	Advice: "List the errors that pass by themselves in autoretry_for, or the others in dont_autoretry_for (Celery 5.3 and newer).",
	Estate: eachTask(func(p *rule.Pass, t *celery.Task) {
		list := t.RetriedFor()
		if len(list) == 0 {
			p.NotApplicable(t, "it has no autoretry_for")
			return
		}
		broad := ""
		for _, v := range list {
			name := v.Text[strings.LastIndexByte(v.Text, '.')+1:]
			if v.Kind == code.Symbol && (name == "Exception" || name == "BaseException") {
				broad = name
			}
		}
		errors, _ := t.Option("autoretry_for")
		except, _ := t.Option("dont_autoretry_for")
		switch {
		case broad == "" || except.Present():
			p.Pass(t)
		case except.Unknown():
			p.Unknown(t, "its dont_autoretry_for could not be read")
		default:
			p.Fail(t, "%s is retried for every %s: an error in its code or its arguments fails again each time", t.Name, broad).
				See(errors, "autoretry_for "+broad)
		}
	}),
}
