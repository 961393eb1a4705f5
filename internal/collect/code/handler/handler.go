// Package handler works out what happens to a delivery: every distinct way out of its
// handler, how it was settled on the way, and what work was done before and after.
//
// The walk is a fixpoint over settle states, not a listing of paths: a state is what
// matters of a path so far, and two paths in the same state are one. What a call means is
// not known here; a Meaning says it.
package handler

import (
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// MaxExits is how many distinct ways out are told; with more nothing is concluded.
const MaxExits = 32

// maxStates bounds the states that are followed at one place. Real handlers stay below 40.
const maxStates = 256

// Followed is how many project functions deep the delivery is followed from its handler.
const Followed = 2

// maxWalked bounds how many bodies of project functions are walked for one handler.
const maxWalked = 400

// Scope is the definition that an expression stands in, with its file.
type Scope struct {
	File *syntax.File
	Def  *syntax.Def // nil at module level
	// Via is the call by which the walk came here, nil in the handler itself.
	Via *Via
}

// Via is a call of a project function that the walk follows. Two are the same pointer when
// they are the same call reached the same way.
type Via struct {
	Def    *syntax.Def // the function called
	Caller Scope
	Call   *syntax.Expr
	Args   []syntax.Arg
	Skip   int // parameters that the arguments do not give: self
}

// Callee is a project function that a call or callback runs.
type Callee struct {
	File *syntax.File
	Def  *syntax.Def
	// Takes: it is given the delivery, its tag or a channel to settle it on.
	Takes bool
	// Args are the arguments that it is called with, after Skip parameters.
	Args []syntax.Arg
	Skip int
}

// How says how a callback is run by the one that it was given to.
type How uint8

// Once: exactly once, later or at once. Maybe: not at all or more than once. Elsewhere:
// once, in another thread; nobody sees its errors. Pooled: in another thread, and the call
// gives a future of it. Safe: once, in the thread that the channel belongs to.
const (
	Once How = iota + 1
	Maybe
	Elsewhere
	Pooled
	Safe
)

// Callback is a function that a call is given.
type Callback struct {
	Callees []Callee
	How     How
}

// Effect is what a call does, as far as a handler cares. The zero Effect is a call
// without consequence that cannot fail.
type Effect struct {
	Settles []code.Settlement
	// Safe: they are made in the thread that the channel belongs to, wherever the call stands.
	Safe   bool
	Work   *code.Work
	Sleep  *code.Sleep
	Fails  bool // it may raise
	Parses bool // it may raise, and only because of what the data says
	// Callees are the project functions that it runs, one of them.
	Callees   []Callee
	Callbacks []Callback
	// Hands: the delivery is given to code that was not read; it may be settled there.
	Hands string
	// Spawns: something runs beside the handler; Bounded: at most so many at once.
	Spawns, Bounded bool
	Stores          bool // saves or publishes, so that a failed message can be parked by it
	Republishes     bool // publishes to the queue that the delivery came from
	ExitsProcess    bool
	Unpickles       bool // loads pickled data of the delivery
	Checks          bool // looks a message id or key up
}

// Managed is what a context manager does with the delivery when its body ends.
type Managed struct {
	OnExit, OnRaise []code.Settlement
	// Unless: only when it is not settled yet.
	Unless bool
	// Swallows: an error in the body goes no further.
	Swallows bool
}

// Meaning says what the expressions of a handler mean.
type Meaning interface {
	// Call is the effect of a call.
	Call(s Scope, call *syntax.Expr) Effect
	// Callable returns the project functions that a value stands for.
	Callable(s Scope, e *syntax.Expr) []Callee
	// Manage says what a with item does to the delivery; ok is false when nothing.
	Manage(s Scope, item *syntax.Expr) (m Managed, ok bool)
	// Result says how a returned value settles the delivery, where the framework does so.
	Result(s Scope, value *syntax.Expr) []code.Settlement
	// Delivery reports whether e is the delivery, or what it is settled with.
	Delivery(s Scope, e *syntax.Expr) bool
	// Channel reports whether e is a channel or connection: where there is none, the broker
	// has taken its deliveries back.
	Channel(s Scope, e *syntax.Expr) bool
	// Holds says whether a condition is always or never true where the handler is used:
	// a flag that was given where the consumer is started.
	Holds(s Scope, e *syntax.Expr) (value, known bool)
	// Origin is the place of a span.
	Origin(s Scope, at syntax.Span) *model.Origin
}

// Body is what runs for a delivery: a function, or the body of a loop over deliveries.
type Body struct {
	Scope
	Stmts []syntax.Stmt
	Span  syntax.Span
	Name  string
	// Inline: Stmts are the body of a loop, not of Def.
	Inline bool
}

// Function is the body of a project function.
func Function(f *syntax.File, d *syntax.Def) Body {
	return Body{Scope: Scope{File: f, Def: d}, Stmts: d.Body, Span: d.Span, Name: d.Qualified}
}

// Analyse works out the ways out of a handler. The bodies run one after the other for
// each delivery, as a list of callbacks does.
func Analyse(m Meaning, bodies ...Body) *code.Handler {
	w := &walker{m: m, h: &code.Handler{}, origins: map[originKey]*model.Origin{}, summaries: map[*syntax.Def]*summary{}, vias: map[viaKey]*Via{}}
	if len(bodies) == 0 {
		return w.h
	}
	w.h.At = m.Origin(bodies[0].Scope, bodies[0].Span)
	w.h.Name = bodies[0].Name
	in := newSet(state{})
	for _, b := range bodies {
		in = w.body(b, in)
	}
	w.finish(in, code.Returns, bodies[len(bodies)-1])
	if w.tooMany {
		w.h.TooMany, w.h.Exits = true, nil
	}
	w.h.Works = len(w.h.Work) > 0
	return w.h
}

// body walks one body and returns the states in which it ends without an error.
func (w *walker) body(b Body, in *set) *set {
	if b.Def != nil && b.Def.Tainted || broken(b) {
		w.h.Tainted = true
	}
	f := newFrame(b.Scope, Followed)
	if b.Def != nil && !b.Inline {
		w.stack = append(w.stack, b.Def)
		defer func() { w.stack = w.stack[:len(w.stack)-1] }()
		w.h.Keeps = w.h.Keeps || b.Def.Generator
	}
	w.reads(b.Stmts)
	raised := newSet()
	out := w.block(f, b.Stmts, in, raised).with(f.returns, f.breaks, f.continues)
	w.finish(raised, code.Raises, b)
	return out
}

func broken(b Body) bool {
	for _, s := range b.File.Broken {
		if s.Start < b.Span.End && b.Span.Start < s.End {
			return true
		}
	}
	return false
}

// finish turns the states at the end of a body into ways out.
func (w *walker) finish(s *set, kind code.ExitKind, b Body) {
	for _, st := range s.order {
		if st.null {
			continue // there was no delivery on this path
		}
		at := s.at[st]
		if at == nil {
			at = w.origin(b.Scope, b.Span)
		}
		w.addExit(st, kind, at)
	}
}

func (w *walker) addExit(st state, kind code.ExitKind, at *model.Origin) {
	if st.null {
		return
	}
	same := st
	same.caughtAt = nil // the first place stands for all
	key := exitKey{kind, same}
	if w.seen[key] {
		return
	}
	if w.seen == nil {
		w.seen = map[exitKey]bool{}
	}
	w.seen[key] = true
	if w.h.TooMany || len(w.h.Exits) == MaxExits {
		w.h.TooMany, w.h.Exits = true, nil
		return
	}
	x := code.Exit{Kind: kind, At: at, AckBeforeWork: st.early, Worked: st.worked, Caught: st.caught,
		CaughtAt: st.caughtAt, InFinally: st.finally, Guarded: st.guarded, Stored: st.stored,
		Republished: st.republished, Tainted: w.h.Tainted || st.tainted, Implicit: st.implicit && kind == code.Raises,
		Escapes: st.escapes && kind == code.Raises}
	for i := range st.n {
		x.Settled = append(x.Settled, w.settlements[st.settled[i]])
	}
	w.h.Exits = append(w.h.Exits, x)
}
