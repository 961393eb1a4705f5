package amqp

import (
	"strings"

	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
)

// brokerSettings are the schemes of the broker URLs that Celery is configured with, in
// code and in the environment that files set.
func (r *reader) brokerSettings() []string {
	var out []string
	add := func(s flow.Scope, e *syntax.Expr) {
		v := r.tree.Project.Value(s.File, s.Def, e)
		if u, ok := parseURL(v); ok {
			out = append(out, u.scheme)
		}
		if r.tree.Config == nil {
			return
		}
		for _, x := range r.tree.Config.Env {
			if x.URL != nil && x.Name == v.Text {
				out = append(out, x.URL.Scheme)
			}
		}
	}
	for _, f := range r.tree.Files {
		if f.Lang != syntax.Python {
			continue
		}
		r.celeryBrokers(flow.Scope{File: f.File}, f.Body, add)
		for _, d := range f.Defs {
			r.celeryBrokers(flow.Scope{File: f.File, Def: d}, d.Body, add)
		}
	}
	return out
}

// celeryBrokers finds Celery(broker=…), broker_url = … and CELERY_BROKER_URL = ….
func (r *reader) celeryBrokers(s flow.Scope, body []syntax.Stmt, add func(flow.Scope, *syntax.Expr)) {
	syntax.Inspect(body, func(st *syntax.Stmt) bool {
		if st.Kind == syntax.Assign && len(st.Targets) == 1 {
			if n := strings.ToLower(lastName(st.Targets[0])); n == "broker_url" || n == "celery_broker_url" || n == "celery_broker" {
				add(s, st.Value)
			}
		}
		return true
	}, func(e *syntax.Expr) bool {
		if e.Kind != syntax.Call && e.Kind != syntax.MapLit {
			return true
		}
		for _, a := range e.Args {
			if n := strings.ToLower(a.Name); n == "broker_url" || n == "celery_broker_url" || n == "broker" && lastName(e.X) == "Celery" {
				add(s, a.Value)
			}
		}
		return true
	})
}

func lastName(e *syntax.Expr) string {
	if e == nil || e.Kind != syntax.Ident && e.Kind != syntax.Attr {
		return ""
	}
	return e.Text
}
