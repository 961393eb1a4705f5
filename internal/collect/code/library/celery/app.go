package celery

import (
	"strings"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// app is a Celery(...) while it is read.
type app struct {
	scope
	call     *syntax.Expr
	variable string
	fact     code.CeleryApp
	settings map[string]setting
	open     string // why more may be set; "" when all was read
}

// setting is one setting with the expression that sets it.
type setting struct {
	code.CeleryOption
	scope
	e          *syntax.Expr
	fromSource bool // of a configuration object, not of app.conf
}

var appClasses = map[string]bool{"celery.Celery": true, "celery.app.Celery": true, "celery.app.base.Celery": true}

// isApp says that a call makes a Celery app: of Celery's class, or of a project class that
// inherits from it.
func (r *reader) isApp(s scope, call *syntax.Expr) bool {
	if call == nil || call.Kind != syntax.Call {
		return false
	}
	if appClasses[r.path(s, call.X)] {
		return true
	}
	d := r.def(s, call.X)
	if d == nil || d.Kind != syntax.Class {
		return false
	}
	return r.inherits(d, func(p string) bool { return appClasses[p] })
}

// inherits says that a class of the project has a superclass with such a path.
func (r *reader) inherits(d *syntax.Def, is func(path string) bool) bool {
	for depth := 0; d != nil && depth < 8; depth++ {
		f := r.homes[d]
		if f == nil {
			return false
		}
		var next *syntax.Def
		for _, b := range d.Bases {
			s := scope{f, d.Parent}
			if p := r.path(s, b); p != "" && is(p) {
				return true
			}
			if c := r.def(s, b); c != nil && c != d && c.Kind == syntax.Class && next == nil {
				next = c
			}
		}
		d = next
	}
	return false
}

// findApps finds the apps and the names that they are given.
func (r *reader) findApps() {
	r.bodies(func(s scope, body []syntax.Stmt) {
		syntax.Inspect(body, func(st *syntax.Stmt) bool {
			if st.Kind == syntax.Assign && r.isApp(s, st.Value) {
				r.addApp(s, st.Value, st.Targets)
			}
			return true
		}, func(e *syntax.Expr) bool {
			if r.isApp(s, e) && r.appAt(e) == 0 {
				r.addApp(s, e, nil)
			}
			return true
		})
	})
	r.bodies(func(s scope, body []syntax.Stmt) {
		syntax.Inspect(body, func(st *syntax.Stmt) bool {
			// app = make_celery(flask_app)
			if st.Kind == syntax.Assign && st.Value.Kind == syntax.Call && !r.isApp(s, st.Value) {
				if i := r.madeBy(r.def(s, st.Value.X)); i > 0 {
					r.nameAll(s, st.Targets, thing{app: i})
					if a := r.apps[i-1]; a.def != nil && a.fact.Module == r.module(a.f) {
						a.fact.Module = r.module(s.f)
					}
				}
			}
			return true
		}, nil)
	})
}

// madeBy is the app that a factory of the project makes, from 1.
func (r *reader) madeBy(d *syntax.Def) int {
	if d == nil {
		return 0
	}
	for i, a := range r.apps {
		if a.def == d {
			return i + 1
		}
	}
	return 0
}

func (r *reader) appAt(call *syntax.Expr) int {
	for i, a := range r.apps {
		if a.call == call {
			return i + 1
		}
	}
	return 0
}

func (r *reader) nameAll(s scope, targets []*syntax.Expr, t thing) {
	for _, x := range targets {
		switch x.Kind {
		case syntax.Ident:
			r.names[nameKey{s.f.Path, s.def, x.Text}] = t
			for _, g := range s.globals() {
				if g == x.Text {
					r.names[nameKey{s.f.Path, nil, x.Text}] = t
				}
			}
		case syntax.Attr:
			r.names[nameKey{s.f.Path, nil, x.Path()}] = t
		}
	}
}

func (s scope) globals() []string {
	if s.def == nil {
		return nil
	}
	return s.def.Globals
}

func (r *reader) addApp(s scope, call *syntax.Expr, targets []*syntax.Expr) {
	a := &app{scope: s, call: call, settings: map[string]setting{}}
	a.fact.Site = r.site(s, call.Span)
	a.fact.Module = r.module(s.f)
	a.fact.Name = a.fact.Module
	if e := argument(call.Args, 0, "main"); e != nil {
		if v := r.value(s, e); v.Kind == code.String && v.Text != "" {
			a.fact.Name = v.Text
		}
	}
	for _, t := range targets {
		if t.Kind == syntax.Ident {
			a.variable = t.Text
		}
	}
	r.apps = append(r.apps, a)
	r.nameAll(s, targets, thing{app: len(r.apps)})
}

// appOf is the app that an expression stands for, from 1; any is set where it is some app
// that cannot be told: current_app, a parameter called so, a name of a module not read.
func (r *reader) appOf(s scope, e *syntax.Expr) (i int, any bool) {
	if e == nil {
		return 0, false
	}
	if t := r.thing(s, e); t.app > 0 {
		return t.app, true
	}
	if e.Kind == syntax.Call {
		if i := r.appAt(e); i > 0 {
			return i, true
		}
		if i := r.madeBy(r.def(s, e.X)); i > 0 {
			return i, true
		}
	}
	p := r.path(s, e)
	switch {
	case p == "celery.current_app", p == "celery.app.app_or_default()", p == "celery.current_app()":
		return 0, true
	case e.Kind == syntax.Attr && r.names[nameKey{s.f.Path, nil, e.Path()}].app > 0: // self.celery
		return r.names[nameKey{s.f.Path, nil, e.Path()}].app, true
	}
	return 0, celeryish(e, p)
}

// celeryish says that a name is called like a Celery app and is not the library itself.
func celeryish(e *syntax.Expr, p string) bool {
	last := e.Text
	if e.Kind != syntax.Ident && e.Kind != syntax.Attr || p == "celery" {
		return false
	}
	lower := strings.ToLower(last)
	return strings.Contains(lower, "celery") || p != "" && lower == "app" && strings.Contains(strings.ToLower(p), "celery")
}

// decorates says that an expression is what makes a task of a function: app.task,
// shared_task, and what the project calls them; app is 0 for any app.
func (r *reader) decorates(s scope, callee *syntax.Expr) (app int, ok bool) {
	if callee == nil {
		return 0, false
	}
	switch r.path(s, callee) {
	case "celery.shared_task", "celery.app.shared_task", "celery.task.task", "celery.task.periodic_task", "celery.decorators.task",
		"celery.decorators.periodic_task", "celery.task.base.task", "celery.current_app.task":
		return 0, true
	}
	if t := r.thing(s, callee); t.decorator {
		return t.app, true
	}
	if callee.Kind == syntax.Attr && (callee.Text == "task" || callee.Text == "periodic_task") {
		return r.appOf(s, callee.X)
	}
	return 0, false
}

// findAliases finds names that stand for app.task.
func (r *reader) findAliases() {
	r.bodies(func(s scope, body []syntax.Stmt) {
		if s.def != nil {
			return
		}
		for i := range body {
			st := &body[i]
			if st.Kind != syntax.Assign || st.Value.Kind != syntax.Attr {
				continue
			}
			if app, ok := r.decorates(s, st.Value); ok {
				r.nameAll(s, st.Targets, thing{app: app, decorator: true})
			}
		}
	})
}
