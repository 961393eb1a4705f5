package celery

import (
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// readSchedules reads the entries of the apps' beat schedules, periodic_task decorators
// and add_periodic_task.
func (r *reader) readSchedules() {
	for i, a := range r.apps {
		if s, ok := a.settings["beat_schedule"]; ok && s.e != nil {
			r.schedule(s.scope, s.e, i+1, 0)
		}
	}
	for _, t := range r.tasks {
		if e := periodicDecorator(t); e != nil {
			_, args := callOf(e)
			p := code.CeleryPeriodic{Site: r.site(t.scope, e.Span), App: t.app, Task: t.fact.Name}
			r.every(&p, scope{t.f, t.def.Parent}, argument(args, 0, "run_every"))
			r.periodic = append(r.periodic, p)
		}
	}
	r.bodies(func(s scope, body []syntax.Stmt) {
		syntax.Inspect(body, nil, func(e *syntax.Expr) bool {
			if e.Kind == syntax.Call && e.X.Kind == syntax.Attr && e.X.Text == "add_periodic_task" {
				for _, name := range r.signed(s, argument(e.Args, 1, "sig")) {
					p := code.CeleryPeriodic{Site: r.site(s, e.Span), Task: name}
					r.every(&p, s, argument(e.Args, 0, "schedule"))
					r.periodic = append(r.periodic, p)
				}
			}
			return true
		})
	})
}

func periodicDecorator(t *task) *syntax.Expr {
	callee, _ := callOf(t.deco)
	if lastName(callee) == "periodic_task" {
		return t.deco
	}
	return nil
}

func (r *reader) schedule(s scope, e *syntax.Expr, app, depth int) {
	at, m := r.literalMap(s, e)
	if m == nil || depth > maxSpread {
		return
	}
	for _, x := range m.Args {
		if x.Spread {
			r.schedule(at, x.Value, app, depth+1)
			continue
		}
		where, entry := r.literalMap(at, x.Value)
		if entry == nil {
			continue
		}
		p := code.CeleryPeriodic{Site: r.site(where, entry.Span), App: app, Options: map[string]code.Value{}}
		for _, f := range entry.Args {
			switch f.Name {
			case "task":
				p.Task = r.text(where, f.Value)
				if i := r.taskOf(where, nameOwner(f.Value)); p.Task == "" && i > 0 { // add.name
					p.Task = r.tasks[i-1].fact.Name
				}
			case "schedule":
				r.every(&p, where, f.Value)
			case "options":
				for _, o := range r.value(where, f.Value).Fields {
					p.Options[o.Key] = o.Value
				}
			}
		}
		r.periodic = append(r.periodic, p)
	}
}

// nameOwner is x of x.name, or the expression itself.
func nameOwner(e *syntax.Expr) *syntax.Expr {
	if e != nil && e.Kind == syntax.Attr && e.Text == "name" {
		return e.X
	}
	return e
}

func (r *reader) every(p *code.CeleryPeriodic, s scope, e *syntax.Expr) {
	if d, ok := r.wait(s, e); ok {
		p.Interval = model.Present(d, p.At)
	}
}
