package celery

import (
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

var canvasKinds = map[string]string{"celery.group": "group", "celery.chord": "chord", "celery.chain": "chain",
	"celery.canvas.group": "group", "celery.canvas.chord": "chord", "celery.canvas.chain": "chain"}

// canvasKind is the kind of canvas that a call makes; "" when it makes none.
func (r *reader) canvasKind(s scope, e *syntax.Expr) string {
	if e == nil || e.Kind != syntax.Call {
		return ""
	}
	return canvasKinds[r.path(s, e.X)]
}

// canvasAt reads a canvas: chord(header)(body), group(…).get(), group(…) | task.
func (r *reader) canvasAt(s scope, e *syntax.Expr) {
	switch e.Kind {
	case syntax.Call:
		switch kind := r.canvasKind(s, e); kind {
		case "chord":
			c := code.CeleryCanvas{Site: r.site(s, e.Span), Kind: kind, Tasks: r.signed(s, argument(e.Args, 0, "header"))}
			r.canvas = append(r.canvas, c)
		case "chain":
			r.chain(s, e)
		}
		if e.X.Kind == syntax.Attr && waitMethods[e.X.Text] {
			r.waitsFor(s, e)
		}
	case syntax.Binary:
		if e.Text == "|" && r.groupAt(s, e.X) != nil && r.isSignature(s, e.Y, 0) {
			r.upgraded(s, e, r.groupAt(s, e.X))
		}
	}
}

// groupAt is the group that an expression ends in: group(…), or a | group(…).
func (r *reader) groupAt(s scope, e *syntax.Expr) *syntax.Expr {
	for e != nil && e.Kind == syntax.Binary && e.Text == "|" {
		e = e.Y
	}
	if r.canvasKind(s, e) == "group" {
		return e
	}
	if at, call := r.callFor(s, e); call != nil && r.canvasKind(at, call) == "group" {
		return call
	}
	return nil
}

func (r *reader) upgraded(s scope, e, group *syntax.Expr) {
	c := code.CeleryCanvas{Site: r.site(s, e.Span), Kind: "chord", Upgraded: true}
	for _, a := range group.Args {
		c.Tasks = append(c.Tasks, r.signed(s, a.Value)...)
	}
	r.canvas = append(r.canvas, c)
}

// chain finds a group in a chain with something behind it.
func (r *reader) chain(s scope, e *syntax.Expr) {
	for i, a := range e.Args {
		if i+1 < len(e.Args) && !a.Spread {
			if g := r.groupAt(s, a.Value); g != nil {
				r.upgraded(s, e, g)
				return
			}
		}
	}
}

// waitsFor notes a wait for the results of a group or chord.
func (r *reader) waitsFor(s scope, e *syntax.Expr) {
	at, sent := r.callFor(s, e.X.X)
	if sent == nil {
		return
	}
	canvas := sent.X // group(…)()
	if canvas.Kind == syntax.Attr && (canvas.Text == "delay" || canvas.Text == "apply_async") {
		canvas = canvas.X
	}
	where, call := r.callFor(at, canvas)
	if kind := r.canvasKind(where, call); kind == "group" {
		r.canvas = append(r.canvas, code.CeleryCanvas{Site: r.site(s, e.Span), Kind: kind, Waits: r.origin(s, e.Span)})
	}
}

// signed are the tasks of the signatures that stand in an expression.
func (r *reader) signed(s scope, e *syntax.Expr) []string {
	if e != nil && e.Kind == syntax.Ident {
		if g := r.givens(s, e); len(g) == 1 {
			s, e = g[0].scope, g[0].e
		}
	}
	var out []string
	e.Walk(func(x *syntax.Expr) bool {
		if x.Kind == syntax.Call && x.X.Kind == syntax.Attr {
			if _, ok := signatureMethods[x.X.Text]; ok {
				if i := r.taskOf(s, x.X.X); i > 0 {
					out = append(out, r.tasks[i-1].fact.Name)
				}
			}
		}
		return true
	})
	return out
}

// isSignature says that an expression is a signature or a canvas.
func (r *reader) isSignature(s scope, e *syntax.Expr, depth int) bool {
	if e == nil || depth > 3 {
		return false
	}
	switch e.Kind {
	case syntax.Call:
		if r.canvasKind(s, e) != "" {
			return true
		}
		if e.X.Kind == syntax.Attr {
			if _, ok := signatureMethods[e.X.Text]; ok {
				return r.taskOf(s, e.X.X) > 0
			}
			if e.X.Text == "set" || e.X.Text == "on_error" {
				return r.isSignature(s, e.X.X, depth+1)
			}
		}
		return r.path(s, e.X) == "celery.signature"
	case syntax.Binary:
		return e.Text == "|" && (r.isSignature(s, e.X, depth+1) || r.isSignature(s, e.Y, depth+1))
	case syntax.Ident:
		g := r.givens(s, e)
		return len(g) == 1 && !g[0].element && r.isSignature(g[0].scope, g[0].e, depth+1)
	}
	return false
}
