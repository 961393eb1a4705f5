package celery

import (
	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// PublishBeforeCommit finds tasks that are sent inside a database transaction.
var PublishBeforeCommit = rule.Rule{
	ID:       "celery/publish-before-commit",
	Title:    "A task starts before the row it needs is there",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("A5", "C5", "S4"), Since: "0.1",
	Advice: "Send it with transaction.on_commit(lambda: task.delay(pk)), or task.delay_on_commit(pk) from Celery 5.4 on.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		atomic := a.Facts.Celery.AtomicRequests
		for _, s := range sentTasks(a) {
			var inside, hooks []*code.CeleryCall
			for _, c := range s.calls {
				switch {
				case c.OnCommit || c.Signature: // sent later, by something else
				case c.InTransaction != nil && !c.SaveHook: // 1. A transaction is open there.
					inside = append(inside, c)
				case atomic != nil && (c.SaveHook || c.InView): // 2. Each view runs in one.
					inside = append(inside, c)
				case c.SaveHook: // 3. One is open when the one who saves has opened it.
					hooks = append(hooks, c)
				}
			}
			switch {
			case len(inside) > 0:
				s.early(p, inside, atomic)
			case len(hooks) > 0:
				p.Unknown(s, "it is sent when a row is saved: whether a transaction is open then depends on who saves")
			default:
				p.Pass(s)
			}
		}
	}),
}

// early reports calls that send a task before the commit.
func (s sentTask) early(p *rule.Pass, calls []*code.CeleryCall, atomic *model.Origin) {
	f := p.Fail(s, "a worker can start %s before the transaction that sends it is committed, and runs it although that is rolled back", s.name)
	waits, certain := true, false
	for i, c := range calls {
		waits = waits && delayed(c)
		opens := c.InTransaction
		if opens == nil || c.SaveHook {
			opens = atomic
		} else {
			certain = true
		}
		if i < shown {
			f.See(seen(c.At)).See(seen(opens))
		}
	}
	if !certain {
		f.Likely("each view runs in a transaction by ATOMIC_REQUESTS; that these calls are reached from one was not followed")
	}
	if waits { // 4. They start later: only a rollback or a slow commit hurts.
		f.At(rule.Medium)
	}
}

// delayed says that the call asks for a later start, even where it is not known how much.
func delayed(c *code.CeleryCall) bool {
	v, given := c.Options["countdown"]
	return c.HasETA || given && v.Kind != code.Nil && (c.Countdown.Unknown() || c.Countdown.Or(0) > 0)
}
