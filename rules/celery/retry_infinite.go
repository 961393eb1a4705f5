package celery

import (
	"qaudit/internal/model/celery"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// RetryInfinite finds tasks that are retried without end.
var RetryInfinite = rule.Rule{
	ID:       "celery/retry-infinite",
	Title:    "A task that cannot succeed is retried without end",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("B5", "T1"), Since: "0.1",
	Advice: "Give the task a finite max_retries and store what failed in on_failure, or let it expire.",
	Estate: eachTask(func(p *rule.Pass, t *celery.Task) {
		limit, _ := t.Option("max_retries")
		v, set := limit.Get()
		_, expires := t.Options["expires"]
		switch {
		case !t.Retries(): // 1. Nobody retries it.
			p.NotApplicable(t, "nothing retries it")
		case limit.Unknown():
			p.Unknown(t, "its max_retries could not be read: %s", limit.Why())
		case !set || v.Kind != code.Nil: // 2. A number, or the default of 3.
			p.Pass(t)
		case expires: // 3. It ends by its age.
			p.Pass(t)
		case t.Body != nil && t.Body.Checks: // 4. It counts its own retries.
			p.Pass(t)
		default:
			f := p.Fail(t, "%s is retried without end when it cannot succeed: its max_retries is None", t.Name)
			f.See(limit, "max_retries None")
			if t.Body != nil && len(t.Body.Retries) > 0 {
				f.See(seen(t.Body.Retries[0].At))
			}
		}
	}),
}
