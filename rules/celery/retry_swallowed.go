package celery

import (
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// RetrySwallowed finds retries whose exception never leaves the task.
var RetrySwallowed = rule.Rule{
	ID:       "celery/retry-swallowed",
	Title:    "A task counts as done while its retry is under way",
	Severity: rule.Medium, Area: rule.Failures, Covers: rule.Items("P6", "T1"), Since: "0.1", Preview: true,
	Advice: "Put `except Retry: raise` in front of the broad handler, or call self.retry() in the handler and nowhere inside the try.",
	Estate: eachTask(func(p *rule.Pass, t *celery.Task) {
		if t.Body == nil || len(t.Body.Retries) == 0 {
			p.NotApplicable(t, "it does not call retry")
			return
		}
		for _, r := range t.Body.Retries {
			switch {
			case r.Swallowed == nil:
			case r.Again:
				p.Fail(t, "each failure of %s sends two retries: the handler around self.retry() catches it and retries again", t.Name).
					See(seen(r.At), "raises Retry").See(seen(r.Swallowed), "catches it, and retries")
				return
			default:
				p.Fail(t, "%s is marked as successful and goes on after self.retry(): the handler around it catches Retry", t.Name).
					See(seen(r.At), "raises Retry").See(seen(r.Swallowed), "catches it")
				return
			}
		}
		if t.Body.Tainted {
			p.Unknown(t, "its source did not parse whole")
			return
		}
		p.Pass(t)
	}),
}
