package handler

import (
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

type walker struct {
	m           Meaning
	h           *code.Handler
	settlements []code.Settlement
	settledAt   map[settleKey]int16
	origins     map[originKey]*model.Origin
	seen        map[exitKey]bool
	seenWork    map[workKey]bool
	stack       []*syntax.Def // bodies being walked
	summaries   map[*syntax.Def]*summary
	walked      int
	memo        map[entry]result
	vias        map[viaKey]*Via
	tooMany     bool
}

type originKey struct {
	file *syntax.File
	span syntax.Span
}

type workKey struct {
	file         string
	line, column int
	what         string
}

type settleKey struct {
	file         string
	line, column int
	kind         code.SettleKind
	how          string
	foreign      bool
}

// frame is one body being walked. Its sets collect the states that leave it early.
type frame struct {
	scope                      Scope
	returns, breaks, continues *set
	depth                      int  // how many functions deep the delivery may still be followed
	finally                    int  // how many finally blocks the walk stands in
	foreign                    bool // runs in another thread or task
	counters                   map[string]bool
}

func newFrame(s Scope, depth int) *frame {
	return &frame{scope: s, depth: depth, returns: newSet(), breaks: newSet(), continues: newSet(),
		counters: map[string]bool{}}
}

func (w *walker) origin(s Scope, at syntax.Span) *model.Origin {
	key := originKey{s.File, at}
	if o, ok := w.origins[key]; ok {
		return o
	}
	o := w.m.Origin(s, at)
	w.origins[key] = o
	return o
}

// block walks statements in order. What raises goes to raised.
func (w *walker) block(f *frame, stmts []syntax.Stmt, in *set, raised *set) *set {
	for i := range stmts {
		if in.empty() {
			break // what follows is not reached
		}
		if len(in.order) > maxStates {
			w.tooMany = true
			return newSet()
		}
		in = w.stmt(f, &stmts[i], in, raised)
	}
	return in
}

func (w *walker) stmt(f *frame, s *syntax.Stmt, in, raised *set) *set {
	switch s.Kind {
	case syntax.ExprStmt:
		return w.expr(f, s.Value, in, raised)
	case syntax.Assign:
		return w.assign(f, s, in, raised)
	case syntax.If:
		return w.branch(f, s, in, raised)
	case syntax.Loop:
		return w.loop(f, s, in, raised)
	case syntax.Try:
		return w.try(f, s, in, raised)
	case syntax.With:
		return w.with(f, s, s.Items, in, raised)
	case syntax.Return:
		return w.leave(f, s, in, raised)
	case syntax.Raise:
		return w.raise(f, s, in, raised)
	case syntax.Break:
		f.breaks.add(in)
		return newSet()
	case syntax.Continue:
		f.continues.add(in)
		return newSet()
	case syntax.Block:
		return w.plainBlock(f, s, in, raised)
	}
	return in
}

// plainBlock walks a block; a switch is left by the breaks inside it.
func (w *walker) plainBlock(f *frame, s *syntax.Stmt, in, raised *set) *set {
	if !s.Switch {
		return w.block(f, s.Body, in, raised)
	}
	outer := f.breaks
	f.breaks = newSet()
	out := w.block(f, s.Body, in, raised).with(f.breaks)
	f.breaks = outer
	return out
}

func (w *walker) assign(f *frame, s *syntax.Stmt, in, raised *set) *set {
	out := w.awaited(f, s.Value, in, raised)
	for _, t := range s.Targets {
		if t.Kind == syntax.Attr || t.Kind == syntax.Index {
			if w.m.Delivery(f.scope, s.Value) {
				out = w.hand(f, out, s.Span, "kept in "+t.Path())
			}
		}
		w.noteCounter(f, t, s.Value)
	}
	return out
}

// hand marks that the delivery was given to something that is not read.
func (w *walker) hand(f *frame, in *set, at syntax.Span, to string) *set {
	w.h.Keeps = true
	return w.settle(f, in, code.Settlement{Kind: code.Handed, At: w.origin(f.scope, at), Rule: to}, false)
}

// settle appends a settlement to every state. unless: only where there is none yet.
func (w *walker) settle(f *frame, in *set, s code.Settlement, unless bool) *set {
	s.Foreign = s.Foreign || f.foreign
	key := settleKey{s.At.Place.File, s.At.Place.Line, s.At.Place.Column, s.Kind, s.Rule, s.Foreign}
	i, ok := w.settledAt[key]
	if !ok {
		if w.settledAt == nil {
			w.settledAt = map[settleKey]int16{}
		}
		i = int16(len(w.settlements))
		w.settledAt[key] = i
		w.settlements = append(w.settlements, s)
	}
	return in.each(nil, func(st state) state {
		if st.null || unless && st.n > 0 || int(st.n) == maxSettled {
			return st
		}
		if s.Kind == code.Handed && st.n > 0 {
			return st
		}
		for k := range st.n {
			if st.settled[k] == i {
				return st // the same statement again: a loop or a helper met twice
			}
		}
		if f.finally > 0 {
			st.finally = true
		}
		// What it was handed to did not settle it if the handler itself does so later.
		if st.n == 1 && w.settlements[st.settled[0]].Kind == code.Handed {
			st.n = 0
		}
		st.settled[st.n] = i
		st.n++
		return st
	})
}

func (w *walker) work(f *frame, in *set, work code.Work, stores bool) *set {
	key := workKey{work.At.Place.File, work.At.Place.Line, work.At.Place.Column, work.What}
	if !w.seenWork[key] {
		if w.seenWork == nil {
			w.seenWork = map[workKey]bool{}
		}
		w.seenWork[key] = true
		w.h.Work = append(w.h.Work, work)
	}
	return in.each(nil, func(st state) state { return w.worked(st, stores) })
}

// worked is the state after work was begun.
func (w *walker) worked(st state, stores bool) state {
	if st.null {
		return st
	}
	if !st.worked && st.n > 0 && st.early == nil && w.settlements[st.settled[0]].Kind == code.Ack {
		st.early = w.settlements[st.settled[0]].At
	}
	if stores && st.n == 0 && (st.caught != code.NotCaught || st.guarded) {
		st.stored = true
	}
	st.worked = true
	return st
}

// fail puts the states of a call that may raise to those that raise; begun: the call had
// begun work when it did.
func (w *walker) fail(f *frame, in *set, at syntax.Span, begun bool, raised *set) {
	o := w.origin(f.scope, at)
	raised.add(in.each(o, func(st state) state {
		if begun {
			st = w.worked(st, false)
		}
		st.implicit, st.raised = true, ""
		return st
	}))
}

// malformed stands for the errors of data that is not as expected.
const malformed = "malformed"

// malformedTypes are their usual names.
var malformedTypes = []string{"ValueError", "JSONDecodeError", "TypeError", "KeyError", "UnicodeDecodeError", "UnicodeError", "LookupError", "AttributeError",
	"ValidationError", "DecodeError", "InvalidOperation", "SyntaxError", "BadRequest", "UnpackValueError", "ExtraData", "PydanticSchemaGenerationError"}

// misread puts the states of a call that fails on malformed data to those that raise.
func (w *walker) misread(f *frame, in *set, at syntax.Span, raised *set) {
	o := w.origin(f.scope, at)
	raised.add(in.each(o, func(st state) state {
		st.implicit, st.raised = true, malformed
		return st
	}))
}

func (w *walker) raise(f *frame, s *syntax.Stmt, in, raised *set) *set {
	in = w.expr(f, s.Value, in, raised)
	name := ""
	if s.Value != nil {
		name = lastPart(s.Value)
	}
	raised.add(in.each(w.origin(f.scope, s.Span), func(st state) state {
		st.implicit, st.raised = false, name
		return st
	}))
	return newSet()
}

func (w *walker) leave(f *frame, s *syntax.Stmt, in, raised *set) *set {
	if s.Value != nil {
		in = w.awaited(f, s.Value, in, raised)
		for _, r := range w.m.Result(f.scope, s.Value) {
			in = w.settle(f, in, r, true)
		}
	}
	f.returns.add(in.each(w.origin(f.scope, s.Span), func(st state) state { return st }))
	return newSet()
}
