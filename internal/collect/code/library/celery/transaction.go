package celery

import (
	"strings"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// opensTransaction says that a with item, or a decorator, opens a transaction; nil when it
// does not.
func (r *reader) opensTransaction(s scope, e *syntax.Expr) *model.Origin {
	callee, args := callOf(e)
	p := r.path(s, callee)
	switch {
	case p == "django.db.transaction.atomic", p == "django.db.transaction.commit_on_success", p == "sqlalchemy.orm.Session.begin":
		return r.origin(s, e.Span)
	case e.Kind == syntax.Call && callee.Kind == syntax.Attr && callee.Text == "begin" && len(args) == 0:
		if last := lastOf(callee.X); strings.HasSuffix(strings.ToLower(last), "session") {
			return r.origin(s, e.Span)
		}
	}
	return nil
}

// saveSignals are sent inside whatever transaction the one who saves has open.
var saveSignals = map[string]bool{"post_save": true, "pre_save": true, "post_delete": true, "pre_delete": true, "m2m_changed": true}

// decorated says what the decorators of a function put around its body.
func (r *reader) decorated(s scope) callAround {
	var a callAround
	at := scope{s.f, s.def.Parent}
	for _, x := range s.def.Decorators {
		if o := r.opensTransaction(at, x); o != nil {
			return callAround{transaction: o}
		}
		callee, args := callOf(x)
		if r.path(at, callee) == "django.dispatch.receiver" && len(args) > 0 && r.saveSignal(at, args[0].Value) {
			a = callAround{transaction: r.origin(at, x.Span), hook: true}
		}
	}
	if a.transaction == nil {
		if o := r.connected(s); o != nil {
			a = callAround{transaction: o, hook: true}
		}
	}
	return a
}

func (r *reader) saveSignal(s scope, e *syntax.Expr) bool {
	if e == nil {
		return false
	}
	if e.Kind == syntax.ListLit {
		for _, a := range e.Args {
			if r.saveSignal(s, a.Value) {
				return true
			}
		}
		return false
	}
	p := r.path(s, e)
	return strings.HasPrefix(p, "django.db.models.signals.") && saveSignals[lastName(e)]
}

// connected finds post_save.connect(handler) for the function.
func (r *reader) connected(s scope) *model.Origin {
	if r.connects == nil {
		r.connects = map[*syntax.Def]*model.Origin{}
		r.bodies(func(at scope, body []syntax.Stmt) {
			syntax.Inspect(body, nil, func(e *syntax.Expr) bool {
				if e.Kind == syntax.Call && e.X.Kind == syntax.Attr && e.X.Text == "connect" && len(e.Args) > 0 && r.saveSignal(at, e.X.X) {
					if d := r.def(at, e.Args[0].Value); d != nil {
						r.connects[d] = r.origin(at, e.Span)
					}
				}
				return true
			})
		})
	}
	return r.connects[s.def]
}

// onCommit says that a function or lambda is given to on_commit, so that what it does
// comes after the commit.
func (r *reader) onCommit(s scope) bool {
	if r.commits == nil {
		r.commits = map[*syntax.Def]bool{}
		r.bodies(func(at scope, body []syntax.Stmt) {
			syntax.Inspect(body, nil, func(e *syntax.Expr) bool {
				if e.Kind != syntax.Call || lastName(e.X) != "on_commit" && lastName(e.X) != "run_on_commit" {
					return true
				}
				for _, a := range e.Args {
					if a.Value.Kind == syntax.LambdaLit {
						r.commits[a.Value.Def] = true
					} else if d := r.def(at, a.Value); d != nil {
						r.commits[d] = true
					}
				}
				return true
			})
		})
	}
	for d := s.def; d != nil; d = d.Parent {
		if r.commits[d] {
			return true
		}
	}
	return false
}

// inView says that a function is a view of Django: it takes the request, or is a method of
// a class of views, and is not taken out of the transaction of its request.
func (r *reader) inView(s scope) bool {
	d := s.def
	if d == nil || d.Kind != syntax.Function {
		return false
	}
	for _, x := range d.Decorators {
		if callee, _ := callOf(x); lastName(callee) == "non_atomic_requests" {
			return false
		}
	}
	for i, p := range d.Params {
		if p.Name == "request" && i <= 1 {
			return true
		}
	}
	if d.Parent == nil || d.Parent.Kind != syntax.Class || len(d.Params) == 0 || d.Params[0].Name != "self" {
		return false
	}
	return r.inherits(d.Parent, func(p string) bool {
		last := p[strings.LastIndexByte(p, '.')+1:]
		return (strings.HasPrefix(p, "django.views.") || strings.HasPrefix(p, "rest_framework.")) &&
			(strings.HasSuffix(last, "View") || strings.HasSuffix(last, "ViewSet"))
	})
}

// atomicRequests finds ATOMIC_REQUESTS: True among the databases of the settings.
func (r *reader) atomicRequests() *model.Origin {
	var found *model.Origin
	r.bodies(func(s scope, body []syntax.Stmt) {
		if found != nil || !isSettings(s.f.Path) || surroundings(s.f.Path) != "" {
			return
		}
		syntax.Inspect(body, func(st *syntax.Stmt) bool {
			if st.Kind == syntax.Assign && st.Targets[0].Kind == syntax.Index && len(st.Targets[0].Args) == 1 {
				key := st.Targets[0].Args[0].Value
				if key.Kind == syntax.StringLit && key.Text == "ATOMIC_REQUESTS" && r.isTrue(s, st.Value) {
					found = r.origin(s, st.Span)
				}
			}
			return true
		}, func(e *syntax.Expr) bool {
			if e.Kind == syntax.MapLit {
				for _, a := range e.Args {
					if a.Name == "ATOMIC_REQUESTS" && r.isTrue(s, a.Value) {
						found = r.origin(s, a.Value.Span)
					}
				}
			}
			return true
		})
	})
	return found
}

func (r *reader) isTrue(s scope, e *syntax.Expr) bool {
	v := r.value(s, e)
	return v.Kind == code.Bool && v.Bool || v.Kind == code.Env && v.Default != nil && v.Default.Kind == code.Bool && v.Default.Bool
}
