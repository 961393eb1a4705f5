package handler

import (
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// expr walks an expression in the order in which it is evaluated.
func (w *walker) expr(f *frame, e *syntax.Expr, in, raised *set) *set {
	if e == nil || in.empty() {
		return in
	}
	switch e.Kind {
	case syntax.Call:
		return w.floating(f, e, in, raised)
	case syntax.Await:
		return w.awaited(f, e.X, in, raised)
	case syntax.Binary:
		in = w.expr(f, e.X, in, raised)
		switch e.Text {
		case "&&", "and", "||", "or", "??":
			return in.with(w.expr(f, e.Y, in, raised))
		}
		return w.expr(f, e.Y, in, raised)
	case syntax.Cond:
		return w.ternary(f, e, in, raised)
	case syntax.LambdaLit:
		return in
	case syntax.Yield:
		in = w.expr(f, e.X, in, raised)
		if w.m.Delivery(f.scope, e.X) {
			return w.hand(f, in, e.Span, "yielded")
		}
		return in
	}
	in = w.expr(f, e.X, in, raised)
	in = w.expr(f, e.Y, in, raised)
	for _, a := range e.Args {
		in = w.expr(f, a.Key, in, raised)
		in = w.expr(f, a.Value, in, raised)
	}
	return in
}

func (w *walker) ternary(f *frame, e *syntax.Expr, in, raised *set) *set {
	in = w.expr(f, e.X, in, raised)
	then, other := w.nullness(f, e.X)
	out := newSet()
	for i, p := range []presence{then, other} {
		if i < len(e.Args) {
			from := in.each(nil, func(st state) state { st.null = st.null || p == missing; return st })
			out.add(w.expr(f, e.Args[i].Value, from, raised))
		}
	}
	return out
}

// awaited walks an expression whose promise is awaited or handed to the caller, so that
// its failure is an error here.
func (w *walker) awaited(f *frame, e *syntax.Expr, in, raised *set) *set {
	if e == nil || e.Kind != syntax.Call {
		return w.expr(f, e, in, raised)
	}
	return w.call(f, e, in, raised, raised)
}

// floating walks a call whose promise nobody awaits: an error thrown later, in an async
// function or behind .then, is seen by no error handler around it.
func (w *walker) floating(f *frame, e *syntax.Expr, in, raised *set) *set {
	lost := newSet()
	out := w.call(f, e, in, raised, lost)
	w.escape(f, e, lost)
	return out
}

// escape makes ways out of errors that no error handler can see.
func (w *walker) escape(f *frame, e *syntax.Expr, lost *set) {
	for _, st := range lost.order {
		at := lost.at[st]
		if at == nil {
			at = w.origin(f.scope, e.Span)
		}
		st.escapes = true
		w.addExit(st, code.Raises, at)
	}
}

// call walks a call: its receiver and arguments, then what it does. Errors thrown at
// once go to raised, those of its promise to rejected.
func (w *walker) call(f *frame, e *syntax.Expr, in, raised, rejected *set) *set {
	if out, ok := w.chain(f, e, in, raised, rejected); ok {
		return out
	}
	if e.X != nil && e.X.Kind == syntax.Attr {
		in = w.expr(f, e.X.X, in, raised)
	} else {
		in = w.expr(f, e.X, in, raised)
	}
	for _, a := range e.Args {
		in = w.given(f, a.Value, in, raised, rejected)
	}
	return w.apply(f, e, w.m.Call(f.scope, e), in, raised, rejected)
}

// given walks an argument: its promise, or those in a list, is the affair of the call.
func (w *walker) given(f *frame, e *syntax.Expr, in, raised, rejected *set) *set {
	if e == nil || in.empty() {
		return in
	}
	switch e.Kind {
	case syntax.Call:
		return w.call(f, e, in, raised, rejected)
	case syntax.ListLit:
		for _, a := range e.Args {
			in = w.given(f, a.Value, in, raised, rejected)
		}
		return in
	}
	return w.expr(f, e, in, raised)
}

// apply applies the effect of a call.
func (w *walker) apply(f *frame, e *syntax.Expr, x Effect, in, raised, rejected *set) *set {
	w.note(f, e, x)
	if x.Fails || x.Work != nil {
		w.fail(f, in, e.Span, x.Work != nil, raised)
	}
	if x.Parses && !x.Fails && x.Work == nil {
		w.misread(f, in, e.Span, raised)
	}
	settling := *f
	settling.foreign = f.foreign && !x.Safe
	for _, s := range x.Settles {
		in = w.settle(&settling, in, s, false)
	}
	if x.Work != nil {
		in = w.work(f, in, *x.Work, x.Stores)
	}
	if x.Republishes {
		at := w.origin(f.scope, e.Span)
		in = in.each(nil, func(st state) state { st.republished = at; return st })
	}
	if x.Hands != "" {
		in = w.hand(f, in, e.Span, x.Hands)
	}
	if len(x.Callees) > 0 {
		in = w.callees(f, e, x, in, raised, rejected)
	}
	for _, cb := range x.Callbacks {
		in = w.callback(f, e, cb, in, raised, rejected)
	}
	if x.ExitsProcess {
		raised.add(in.each(w.origin(f.scope, e.Span), func(st state) state {
			st.implicit, st.raised = false, "SystemExit"
			return st
		}))
		return newSet()
	}
	return in
}

// note records what a call tells of the handler as a whole.
func (w *walker) note(f *frame, e *syntax.Expr, x Effect) {
	if x.Sleep != nil {
		w.h.Sleeps = append(w.h.Sleeps, *x.Sleep)
	}
	if x.ExitsProcess && w.h.ExitsProcess == nil {
		w.h.ExitsProcess = w.origin(f.scope, e.Span)
	}
	if x.Unpickles && w.h.Unpickles == nil {
		w.h.Unpickles = w.origin(f.scope, e.Span)
	}
	w.h.ReadsID = w.h.ReadsID || x.Checks
	if x.Spawns {
		w.h.Bounded = x.Bounded && (!w.h.Spawns || w.h.Bounded)
		w.h.Spawns = true
	}
}

// callees walks the project functions that a call may run: one of them runs.
func (w *walker) callees(f *frame, e *syntax.Expr, x Effect, in, raised, rejected *set) *set {
	out := newSet()
	for _, c := range x.Callees {
		out.add(w.callee(f, e, c, Once, in, raised, rejected))
	}
	return out
}

func (w *walker) callee(f *frame, e *syntax.Expr, c Callee, how How, in, raised, rejected *set) *set {
	if !c.Takes {
		return w.plain(f, e, c, in, raised, rejected)
	}
	if w.walking(c.Def) {
		return in
	}
	if f.depth == 0 && !nested(c.Def, f.scope.Def) && len(c.Def.Body) > 1 || w.walked >= maxWalked {
		if c.Takes {
			return w.hand(f, in, e.Span, c.Def.Qualified+", which was not followed that deep")
		}
		return w.work(f, in, code.Work{At: w.origin(f.scope, e.Span), What: "unresolved " + c.Def.Qualified}, false)
	}
	depth := max(f.depth-1, 0) // a body of one statement is no step
	if nested(c.Def, f.scope.Def) {
		depth = f.depth // a closure is part of the function that it stands in
	}
	inner := newFrame(Scope{c.File, c.Def, w.via(f.scope, e, c)}, depth)
	inner.finally = f.finally
	inner.foreign = f.foreign && how != Safe || how == Elsewhere || how == Pooled
	out, failed := w.through(inner, c.Def, in)
	switch {
	case how == Elsewhere:
		w.escape(f, e, failed)
	case how != Once && how != Maybe || c.Def.Async:
		rejected.add(failed)
	default:
		raised.add(failed)
	}
	// The places of the callee's returns are not ways out of the handler.
	return out.unplaced()
}

type viaKey struct {
	from *Via
	call *syntax.Expr
	def  *syntax.Def
}

// via is the call by which a function is entered.
func (w *walker) via(from Scope, call *syntax.Expr, c Callee) *Via {
	k := viaKey{from.Via, call, c.Def}
	v := w.vias[k]
	if v == nil {
		v = &Via{c.Def, from, call, c.Args, c.Skip}
		w.vias[k] = v
	}
	return v
}

// entry is a function walked from one state.
type entry struct {
	def            *syntax.Def
	via            *Via
	st             state
	depth, finally int
	foreign        bool
}

type result struct{ out, failed *set }

// through walks a function from each state alone. What it catches and asks on the way is
// forgotten where it settled nothing: it says nothing of what the handler does later.
func (w *walker) through(f *frame, d *syntax.Def, in *set) (out, failed *set) {
	out, failed = newSet(), newSet()
	for _, st := range in.order {
		key := entry{d, f.scope.Via, st, f.depth, f.finally, f.foreign}
		r, ok := w.memo[key]
		if !ok {
			one := *f
			one.returns, one.breaks, one.continues = newSet(), newSet(), newSet()
			r.failed = newSet()
			r.out = w.enter(&one, d, newSet(st), r.failed)
			forget := func(x state) state {
				if x.n == st.n {
					x.caught, x.caughtAt, x.guarded = st.caught, st.caughtAt, st.guarded
				}
				return x
			}
			r = result{r.out.each(nil, forget), r.failed.each(nil, forget)}
			if w.memo == nil {
				w.memo = map[entry]result{}
			}
			w.memo[key] = r
		}
		out.add(r.out)
		failed.add(r.failed)
	}
	return out.with(), failed
}

// enter walks the body of a project function.
func (w *walker) enter(f *frame, d *syntax.Def, in, raised *set) *set {
	w.walked++
	w.stack = append(w.stack, d)
	defer func() { w.stack = w.stack[:len(w.stack)-1] }()
	w.h.Tainted = w.h.Tainted || d.Tainted
	w.reads(d.Body)
	return w.block(f, d.Body, in, raised).with(f.returns)
}

func nested(d, in *syntax.Def) bool {
	for p := d.Parent; p != nil; p = p.Parent {
		if p == in {
			return true
		}
	}
	return false
}

func (w *walker) walking(d *syntax.Def) bool {
	for _, s := range w.stack {
		if s == d {
			return true
		}
	}
	return false
}

// callback walks a function that was given to a call.
func (w *walker) callback(f *frame, e *syntax.Expr, cb Callback, in, raised, rejected *set) *set {
	ran := newSet()
	for _, c := range cb.Callees {
		ran.add(w.callee(f, e, c, cb.How, in, raised, rejected))
	}
	if cb.How == Maybe || len(cb.Callees) == 0 {
		ran.add(in)
	}
	return ran
}

func (s *set) unplaced() *set {
	for st := range s.at {
		s.at[st] = nil
	}
	return s
}

// summary is what a project function does that is not given the delivery.
type summary struct {
	works, fails, stores, exits bool
}

// plain applies a project function that cannot settle: whether it works, fails or saves.
func (w *walker) plain(f *frame, e *syntax.Expr, c Callee, in, raised, rejected *set) *set {
	s := w.summarise(c, plainDepth)
	to := raised
	if c.Def.Async {
		to = rejected
	}
	if s.fails {
		w.fail(f, in, e.Span, s.works, to)
	}
	if s.works {
		in = in.each(nil, func(st state) state { return w.worked(st, s.stores) })
	}
	if s.exits {
		raised.add(in.each(w.origin(f.scope, e.Span), func(st state) state { return st }))
	}
	return in
}

// plainDepth is how many functions deep work is looked for; a queue's handler often calls
// a service that calls a client through helpers of its own.
const plainDepth = 6

// summarise walks a function that is not given the delivery once.
func (w *walker) summarise(c Callee, depth int) *summary {
	if s, ok := w.summaries[c.Def]; ok {
		return s
	}
	s := &summary{}
	w.summaries[c.Def] = s // a recursion adds nothing of its own
	w.walked++
	scope := Scope{File: c.File, Def: c.Def}
	if w.walked > maxWalked || depth == 0 {
		s.works, s.fails = true, true
		w.work(newFrame(scope, 0), newSet(), code.Work{At: w.origin(scope, c.Def.Span), What: "unresolved " + c.Def.Qualified}, false)
		return s
	}
	syntax.Inspect(c.Def.Body, func(st *syntax.Stmt) bool {
		s.fails = s.fails || st.Kind == syntax.Raise
		return true
	}, func(e *syntax.Expr) bool {
		if e.Kind == syntax.Call {
			w.summariseCall(s, scope, e, depth)
		}
		return true
	})
	return s
}

func (w *walker) summariseCall(s *summary, scope Scope, e *syntax.Expr, depth int) {
	x := w.m.Call(scope, e)
	w.note(newFrame(scope, 0), e, x)
	s.stores = s.stores || x.Stores
	s.fails = s.fails || x.Fails || x.Parses || x.Work != nil
	s.exits = s.exits || x.ExitsProcess
	if x.Work != nil {
		s.works = true
		w.work(newFrame(scope, 0), newSet(), *x.Work, false)
	}
	callees := x.Callees
	for _, cb := range x.Callbacks {
		callees = append(callees, cb.Callees...)
	}
	for _, c := range callees {
		t := w.summarise(c, depth-1)
		s.works, s.fails, s.stores = s.works || t.works, s.fails || t.fails, s.stores || t.stores
	}
}
