package celery

import (
	"qaudit/internal/model/celery"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// PublishBeforeCommit finds tasks that are sent inside a database transaction.
var PublishBeforeCommit = rule.Rule{
	ID:       "celery/publish-before-commit",
	Title:    "A task starts before the row it needs is there",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("A5", "C5", "S4"), Since: "0.1", Preview: true,
	Advice: "Send it with transaction.on_commit(lambda: task.delay(pk)), or task.delay_on_commit(pk) from Celery 5.4 on.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		for _, s := range sentTasks(a) {
			var f *rule.Verdict
			certain, waits := false, true
			for _, c := range s.calls {
				if c.InTransaction == nil || c.OnCommit || c.Signature {
					continue
				}
				if f == nil {
					f = p.Fail(s, "a worker can start %s before the transaction that sends it is committed, and runs it although that is rolled back", s.name)
				}
				certain = certain || !c.SaveHook
				waits = waits && delayed(c)
				if len(f.Evidence) < 2*shown {
					f.See(seen(c.At), "sends "+s.name).See(seen(c.InTransaction), "opens the transaction")
				}
			}
			if f == nil {
				p.Pass(s)
				continue
			}
			if !certain { // 1. Whether a transaction is open depends on who saves.
				f.At(rule.Medium).Possible("a transaction is open there only when the one who saves has opened it")
			}
			if waits { // 2. It starts later: only a rollback or a slow commit hurts.
				f.At(rule.Medium)
			}
		}
	}),
}

// delayed says that the call asks for a later start, even where it is not known how much.
func delayed(c *code.CeleryCall) bool {
	v, given := c.Options["countdown"]
	return c.HasETA || given && v.Kind != code.Nil && (c.Countdown.Unknown() || c.Countdown.Or(0) > 0)
}
