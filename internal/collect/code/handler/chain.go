package handler

import (
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// chain walks p.then(f), p.catch(f) and p.finally(f): f runs with what p comes to. ok is
// false when e is none of them.
func (w *walker) chain(f *frame, e *syntax.Expr, in, raised, rejected *set) (*set, bool) {
	if e.X == nil || e.X.Kind != syntax.Attr || len(e.Args) == 0 {
		return nil, false
	}
	switch e.X.Text {
	case "then", "catch", "finally":
	default:
		return nil, false
	}
	failed := newSet()
	out := in
	if p := e.X.X; p != nil && p.Kind == syntax.Call {
		out = w.call(f, p, in, failed, failed)
	} else {
		out = w.expr(f, p, in, raised)
		w.fail(f, out, e.X.X.Span, false, failed)
	}
	switch e.X.Text {
	case "then":
		passed := w.link(f, e, 0, out, rejected)
		if len(e.Args) > 1 {
			return passed.with(w.link(f, e, 1, w.rejection(f, e, failed), rejected)), true
		}
		rejected.add(failed)
		return passed, true
	case "catch":
		return out.with(w.link(f, e, 0, w.rejection(f, e, failed), rejected)), true
	}
	f.finally++
	out = w.link(f, e, 0, out, rejected)
	rejected.add(w.link(f, e, 0, failed, rejected))
	f.finally--
	return out, true
}

// rejection marks states that reach a .catch.
func (w *walker) rejection(f *frame, e *syntax.Expr, failed *set) *set {
	at := w.origin(f.scope, e.Span)
	return failed.each(nil, func(st state) state {
		st.caught, st.caughtAt, st.implicit, st.raised = code.Broad, at, false, ""
		return st
	}).unplaced()
}

// link runs the i-th callback of a chain on the states that reach it.
func (w *walker) link(f *frame, e *syntax.Expr, i int, in, rejected *set) *set {
	if in.empty() {
		return in
	}
	arg := e.Args[i].Value
	callees := w.m.Callable(f.scope, arg)
	if len(callees) == 0 {
		if arg.Kind == syntax.NilLit {
			return in
		}
		// p.then(handler) with a handler that is not read: it may settle.
		if arg.Kind == syntax.Ident || arg.Kind == syntax.Attr || arg.Kind == syntax.Call {
			return w.apply(f, e, w.m.Call(f.scope, e), in, rejected, rejected)
		}
		return in
	}
	out := newSet()
	for _, c := range callees {
		out.add(w.callee(f, e, c, Once, in, rejected, rejected))
	}
	return out
}
