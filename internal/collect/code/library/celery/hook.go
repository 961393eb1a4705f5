package celery

import (
	"strings"

	"qaudit/internal/collect/code/library/outside"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// onFailure is the method of a task class that is called when a task fails, where it keeps
// the failure somewhere; nil when there is none.
func (r *reader) onFailure(d *syntax.Def) *model.Origin {
	for depth := 0; d != nil && depth < 8; depth++ {
		f := r.homes[d]
		if f == nil {
			return nil
		}
		for _, m := range f.Defs {
			if m.Parent == d && m.Name == "on_failure" && r.stores(scope{f, m}, m.Body) {
				return r.origin(scope{f, m}, m.Span)
			}
		}
		var next *syntax.Def
		for _, b := range d.Bases {
			if c := r.def(scope{f, d.Parent}, b); c != nil && c != d && c.Kind == syntax.Class {
				next = c
				break
			}
		}
		d = next
	}
	return nil
}

// stores says that a body writes something outside the process, or calls what was not
// read and does not only log.
func (r *reader) stores(s scope, body []syntax.Stmt) bool {
	found := false
	syntax.Inspect(body, nil, func(e *syntax.Expr) bool {
		if e.Kind != syntax.Call || found {
			return !found
		}
		p := r.path(s, e.X)
		last := e.X.Text
		receiver := ""
		if e.X.Kind == syntax.Attr {
			receiver = e.X.X.Path()
		}
		switch {
		case strings.HasPrefix(e.X.Path(), "super()"), outside.Logger(receiver), outside.Builtin(last):
		case outside.Call(p, true) == outside.Inside:
		case outside.Method(last) == outside.Inside && p == "":
		default:
			found = true
		}
		return true
	})
	return found
}

// readHooks finds the handlers of task_failure.
func (r *reader) readHooks() {
	for _, f := range r.t.Files {
		if f.Lang != syntax.Python {
			continue
		}
		for _, d := range f.Defs {
			for _, x := range d.Decorators {
				callee, _ := callOf(x)
				if callee.Kind == syntax.Attr && callee.Text == "connect" && r.path(scope{f, d.Parent}, callee.X) == "celery.signals.task_failure" {
					r.addHook(scope{f, d}, d)
				}
			}
		}
	}
	r.bodies(func(s scope, body []syntax.Stmt) {
		syntax.Inspect(body, nil, func(e *syntax.Expr) bool {
			if e.Kind == syntax.Call && e.X.Kind == syntax.Attr && e.X.Text == "connect" && r.path(s, e.X.X) == "celery.signals.task_failure" && len(e.Args) > 0 {
				if d := r.def(s, e.Args[0].Value); d != nil && r.homes[d] != nil {
					r.addHook(scope{r.homes[d], d}, d)
				}
			}
			return true
		})
	})
}

func (r *reader) addHook(s scope, d *syntax.Def) {
	r.hooks = append(r.hooks, code.CeleryHook{Site: r.site(s, d.Span), Signal: "task_failure", Stores: r.stores(s, d.Body)})
}
