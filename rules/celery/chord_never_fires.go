package celery

import (
	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// ChordNeverFires finds chords whose body does not start.
var ChordNeverFires = rule.Rule{
	ID:       "celery/chord-never-fires",
	Title:    "A chord waits for results that are never stored",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("C1", "S1"), Since: "0.1", Preview: true,
	Advice: "Set ignore_result=False on the tasks of the header.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		chords := chordsOf(a)
		if len(chords) == 0 {
			p.NotApplicable(a, "it has no chord")
			return
		}
		backend := a.ResultTransport()
		t, ok := backend.Get()
		switch {
		case backend.Unknown(): // 1. Who counts the header is not known.
			p.Unknown(a, "the result backend is not known: %s", backend.Why())
			return
		case !ok: // 2. celery/canvas-without-backend answers.
			p.NotApplicable(a, "it has no result backend")
			return
		case t == "rpc": // 3. Refused at once.
			f := p.Fail(a, "every chord of %s raises NotImplementedError: the rpc backend has none", a.Ref().Name).
				See(backend, "results go to rpc")
			f.See(seen(chords[0].At)).Do("Use a result backend that has chords: Redis, a database, memcached.")
			return
		case t == "redis": // 4. Redis counts the header itself, stored or not.
			p.Pass(a)
			return
		}
		for _, c := range chords { // 5. Elsewhere the stored results are counted.
			if t, o := ignored(a, c); t != nil {
				p.Fail(a, "the body of the chord over %s does not start: its result is never stored", t.Name).
					See(seen(c.At), "chord over "+t.Name).See(seen(o), "ignore_result True")
				return
			}
		}
		p.Pass(a)
	}),
}

func chordsOf(a *celery.App) []*code.CeleryCanvas {
	var out []*code.CeleryCanvas
	for _, c := range a.Canvas {
		if c.Kind == "chord" {
			out = append(out, c)
		}
	}
	return out
}

// ignored is a task of the chord's header whose result is not stored, and where that is
// said.
func ignored(a *celery.App, c *code.CeleryCanvas) (*celery.Task, *model.Origin) {
	for _, name := range c.Tasks {
		if t := a.Task(name); t != nil {
			if k := t.Bool("ignore_result", false); k.Or(false) {
				return t, k.Origin()
			}
		}
	}
	return nil, nil
}
