package celery

import (
	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// AutoretryNoBackoff finds tasks that are retried at a fixed distance.
var AutoretryNoBackoff = rule.Rule{
	ID:       "celery/autoretry-no-backoff",
	Title:    "All that failed together is retried together",
	Severity: rule.Medium, Area: rule.Failures, Covers: rule.Items("B5", "P6", "T1"), Since: "0.1",
	Advice: "Set retry_backoff=True and leave retry_jitter on.",
	Estate: eachTask(func(p *rule.Pass, t *celery.Task) {
		if len(t.RetriedFor()) == 0 {
			p.NotApplicable(t, "it has no autoretry_for")
			return
		}
		errors, _ := t.Option("autoretry_for")
		backoff := grows(t)
		switch {
		case backoff.Unknown():
			p.Unknown(t, "its retry_backoff could not be read: %s", backoff.Why())
		case !backoff.Or(false) && chosenDelay(t): // 1. Somebody chose the delay.
			p.Pass(t)
		case !backoff.Or(false): // 2. The default: 180 s, each time, for all.
			p.Fail(t, "%s is retried after 180 s each time: what failed together comes back together and meets the same failure", t.Name).
				See(errors, "autoretry_for without retry_backoff")
		case !t.Bool("retry_jitter", true).Or(true): // 3. Backoff, yet all at the same instant.
			jitter, _ := t.Option("retry_jitter")
			p.Fail(t, "what failed together is retried at the same instant: %s has its jitter off", t.Name).At(rule.Low).
				See(jitter, "retry_jitter False")
		default:
			p.Pass(t)
		}
	}),
}

// grows says whether the distance between retries grows: retry_backoff is True or a
// factor.
func grows(t *celery.Task) model.Known[bool] {
	if n := t.Number("retry_backoff"); n.Present() {
		return model.Map(n, func(f float64) bool { return f > 0 })
	}
	return t.Bool("retry_backoff", false)
}

// chosenDelay says that the delay between retries is set.
func chosenDelay(t *celery.Task) bool {
	if k, _ := t.Option("default_retry_delay"); !k.Absent() {
		return true
	}
	k, _ := t.Option("retry_kwargs")
	v, ok := k.Get()
	_, countdown := v.Get("countdown")
	return k.Unknown() || ok && (countdown || v.Open)
}
