package amqp

import (
	"sort"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
)

// site is one call of a library in the source.
type site struct {
	file  *library.File
	scope flow.Scope
	call  *syntax.Expr
	// means are what it may be; more than one where the receiver is not known for sure.
	means []meaning
	loop  bool
	// tried: it stands in a try whose handler catches; retried: in a loop with one.
	tried, retried bool
	// bare: the statement is the call alone; waited: it is awaited.
	bare, waited bool
}

// meaning is one library call that an expression may be.
type meaning struct {
	lib  *library.Library
	call *library.Call
	recv *flow.Thing // nil for functions and classes
	name string
}

// scan finds every call of a library.
func (r *reader) scan() {
	for _, f := range r.tree.Files {
		r.scanBody(f, nil, f.Body)
		for _, d := range f.Defs {
			r.scanBody(f, d, d.Body)
		}
	}
	sort.SliceStable(r.sites, func(i, j int) bool {
		a, b := r.sites[i], r.sites[j]
		if a.file.Path != b.file.Path {
			return a.file.Path < b.file.Path
		}
		return a.call.Span.Start < b.call.Span.Start
	})
}

// place is what is true of the statements being scanned.
type place struct {
	loop, tried, retried bool
}

func (r *reader) scanBody(f *library.File, d *syntax.Def, body []syntax.Stmt) {
	r.scanStmts(f, d, body, place{})
}

func (r *reader) scanStmts(f *library.File, d *syntax.Def, body []syntax.Stmt, at place) {
	for i := range body {
		st := &body[i]
		r.scanExprs(f, d, st, at)
		inner := at
		switch st.Kind {
		case syntax.Loop:
			inner.loop = true
			inner.tried = false
		case syntax.Try:
			if len(st.Handlers) > 0 {
				inner.tried = true
				inner.retried = at.retried || at.loop
			}
		}
		r.scanStmts(f, d, st.Body, inner)
		r.scanStmts(f, d, st.Else, at)
		r.scanStmts(f, d, st.Finally, at)
		for _, h := range st.Handlers {
			r.scanStmts(f, d, h.Body, at)
		}
	}
}

func (r *reader) scanExprs(f *library.File, d *syntax.Def, st *syntax.Stmt, at place) {
	if st.Kind == syntax.Loop {
		r.scanLoop(f, d, st, at)
	}
	var visit func(e *syntax.Expr, waited bool)
	visit = func(e *syntax.Expr, waited bool) {
		if e == nil {
			return
		}
		if e.Kind == syntax.Call {
			r.scanCall(f, d, st, e, waited, at)
		}
		wait := e.Kind == syntax.Await || waited && e.Kind == syntax.Attr
		if e.X != nil {
			visit(e.X, wait || e.Kind == syntax.Call && waited && isChain(e))
		}
		visit(e.Y, false)
		for _, a := range e.Args {
			visit(a.Key, false)
			visit(a.Value, false)
		}
	}
	for _, e := range topExprs(st) {
		visit(e, false)
	}
}

// isChain says that a call is p.then(…): it awaits p.
func isChain(e *syntax.Expr) bool {
	return e.X != nil && e.X.Kind == syntax.Attr && (e.X.Text == "then" || e.X.Text == "catch" || e.X.Text == "finally")
}

func topExprs(st *syntax.Stmt) []*syntax.Expr {
	out := append([]*syntax.Expr{st.Value, st.Cond}, st.Targets...)
	for _, i := range st.Items {
		out = append(out, i.Value)
	}
	return append(out, st.Decorators...)
}

// scanLoop finds "async for message in queue": a consumer without a call of its own.
func (r *reader) scanLoop(f *library.File, d *syntax.Def, st *syntax.Stmt, at place) {
	if st.Value == nil || !st.Async {
		return
	}
	s := flow.Scope{File: f.File, Def: d}
	for _, t := range r.flow.Eval(s, st.Value) {
		if t.Form == flow.Object && t.Kind == library.Queue && t.Lib.Name == "aio-pika" && st.Value.Kind != syntax.Call {
			lib, c := t.Lib.Method(library.Queue, "iterator")
			// The loop's value stands for the call: it has no arguments.
			call := &syntax.Expr{Kind: syntax.Call, Span: st.Value.Span, X: st.Value}
			r.sites = append(r.sites, &site{file: f, scope: s, call: call, loop: at.loop, tried: at.tried, retried: at.retried,
				waited: true, means: []meaning{{lib, c, t, "iterator"}}})
			return
		}
	}
}

func (r *reader) scanCall(f *library.File, d *syntax.Def, st *syntax.Stmt, e *syntax.Expr, waited bool, at place) {
	s := flow.Scope{File: f.File, Def: d}
	x := &site{file: f, scope: s, call: e, loop: at.loop, tried: at.tried, retried: at.retried, waited: waited,
		bare: st.Kind == syntax.ExprStmt && (st.Value == e || st.Value.Kind == syntax.Await && st.Value.X == e)}
	x.means = r.meanings(s, e)
	r.around[e] = x
	if len(x.means) > 0 {
		r.sites = append(r.sites, x)
		return
	}
	r.noteEscapes(s, e)
}

// meanings are the library calls that a call may be.
func (r *reader) meanings(s flow.Scope, e *syntax.Expr) []meaning {
	var out []meaning
	for _, t := range r.flow.Eval(s, e.X) {
		switch t.Form {
		case flow.Method:
			out = append(out, meaning{t.Lib, r.flow.Shape(s, t.Call, e), t.From, t.Path})
		case flow.Symbol:
			if lib, c := r.flow.Function(t.Path); c != nil {
				out = append(out, meaning{lib, c, nil, t.Path})
			}
		case flow.Class:
			if lib, c := r.flow.Subclass(t.Def); c != nil {
				out = append(out, meaning{lib, c, nil, t.Def.Name})
			}
		case flow.Object:
			if lib, c := t.Lib.Method(t.Kind, "()"); c != nil {
				out = append(out, meaning{lib, c, t, "Consumer"})
			}
		}
	}
	return out
}

// noteEscapes notes connections and channels that are given to code that is not read:
// what is done to them there is not known.
func (r *reader) noteEscapes(s flow.Scope, e *syntax.Expr) {
	if r.followed(s, e) {
		return
	}
	for _, a := range e.Args {
		if a.Value == nil || a.Value.Kind != syntax.Ident && a.Value.Kind != syntax.Attr {
			continue
		}
		for _, t := range r.flow.Eval(s, a.Value) {
			if t.Form == flow.Object && (t.Kind == library.Channel || t.Kind == library.Connection) && !isLogging(e.X) {
				r.escaped[t] = e.X.Path()
			}
		}
	}
}

// followed says that a call runs something of the project or a table, or passes on what
// it is given.
func (r *reader) followed(s flow.Scope, e *syntax.Expr) bool {
	for _, t := range r.flow.Eval(s, e.X) {
		switch t.Form {
		case flow.Function, flow.Class, flow.Method, flow.Partial:
			return true
		case flow.Instance, flow.Self:
			return true
		}
	}
	if _, ok := r.flow.Spawned(s, e); ok {
		return true
	}
	return r.flow.Passes(e)
}
