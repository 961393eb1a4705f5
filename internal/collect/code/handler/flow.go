package handler

import (
	"slices"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// branch walks if and else. A condition that tells whether there is a delivery at all
// makes paths without one; a condition on redelivery, a counter or a stop flag guards.
func (w *walker) branch(f *frame, s *syntax.Stmt, in, raised *set) *set {
	in = w.expr(f, s.Cond, in, raised)
	then, other := w.nullness(f, s.Cond)
	guard := w.guards(f, s.Cond)
	mark := func(n presence) func(state) state {
		return func(st state) state {
			st.guarded = st.guarded || guard
			st.null = st.null || n == missing
			return st
		}
	}
	yes, no := in.each(nil, mark(then)), in.each(nil, mark(other))
	if value, known := w.holds(f, s.Cond); known && value {
		no = newSet()
	} else if known {
		yes = newSet()
	}
	a := w.block(f, s.Body, yes, raised)
	b := w.block(f, s.Else, no, raised)
	return a.with(b)
}

// holds decides a condition of flags joined by and, or and not.
func (w *walker) holds(f *frame, e *syntax.Expr) (value, known bool) {
	switch e.Kind {
	case syntax.Unary:
		if e.Text == "not" || e.Text == "!" {
			v, ok := w.holds(f, e.X)
			return !v, ok
		}
	case syntax.Binary:
		switch e.Text {
		case "and", "&&":
			a, okA := w.holds(f, e.X)
			b, okB := w.holds(f, e.Y)
			return a && b, okA && okB || okA && !a || okB && !b
		case "or", "||":
			a, okA := w.holds(f, e.X)
			b, okB := w.holds(f, e.Y)
			return a || b, okA && okB || okA && a || okB && b
		}
	case syntax.Ident, syntax.Attr:
		return w.m.Holds(f.scope, e)
	}
	return false, false
}

// maxRounds bounds how often a loop's body is walked until no new state comes out.
const maxRounds = 4

func (w *walker) loop(f *frame, s *syntax.Stmt, in, raised *set) *set {
	in = w.expr(f, s.Value, in, raised)
	outerBreaks, outerContinues := f.breaks, f.continues
	f.breaks, f.continues = newSet(), newSet()
	endless := s.Cond != nil && (s.Cond.Kind == syntax.BoolLit && s.Cond.Bool || s.Cond.Kind == syntax.IntLit && s.Cond.Int != 0)
	guard := s.Cond != nil && w.guards(f, s.Cond)
	head := in.with()
	done := newSet()
	for range maxRounds {
		start := head
		if !s.Once {
			start = w.expr(f, s.Cond, head, raised)
		}
		if guard {
			start = start.each(nil, func(st state) state { st.guarded = true; return st })
		}
		end := w.block(f, s.Body, start, raised).with(f.continues)
		done.add(end)
		if !head.add(end) {
			break
		}
	}
	out := done
	if !s.Once {
		out = head
	}
	if endless {
		out = newSet()
	}
	out = w.block(f, s.Else, out, raised).with(f.breaks)
	f.breaks, f.continues = outerBreaks, outerContinues
	return out
}

// try walks try, except, else and finally.
func (w *walker) try(f *frame, s *syntax.Stmt, in, raised *set) *set {
	if len(s.Finally) > 0 {
		return w.finally(f, s, in, raised)
	}
	failed := newSet()
	out := w.block(f, s.Body, in, failed)
	out = w.block(f, s.Else, out, raised)
	return out.with(w.handlers(f, s.Handlers, failed, raised))
}

// handlers walks the error handlers on the states that failed; what none surely catches
// goes on to raised.
func (w *walker) handlers(f *frame, hs []syntax.Handler, failed, raised *set) *set {
	out := newSet()
	rest := failed
	for _, h := range hs {
		broad := isBroad(h.Types)
		stops := stopsOnly(h.Types)
		names := typeNames(h.Types)
		caught, next := newSet(), newSet()
		for _, st := range rest.order {
			at := rest.at[st]
			exact := st.raised != "" && slices.Contains(names, st.raised) || st.raised == malformed && catchesMalformed(names)
			if !broad && !exact {
				next.put(st, at) // another type may have been raised
			}
			if stops && st.raised == "" {
				st.guarded = true
			}
			st.raised, st.implicit = "", false
			if st.caught = max(st.caught, code.Narrow); broad {
				st.caught = code.Broad
			}
			st.caughtAt = w.origin(f.scope, h.Span)
			caught.put(st, nil)
		}
		out.add(w.block(f, h.Body, caught, raised))
		rest = next
	}
	raised.add(rest)
	return out
}

// finally walks the finally block on every way out of what it guards.
func (w *walker) finally(f *frame, s *syntax.Stmt, in, raised *set) *set {
	inner := *f
	inner.returns, inner.breaks, inner.continues = newSet(), newSet(), newSet()
	failed := newSet()
	plain := *s
	plain.Finally = nil
	out := w.try(&inner, &plain, in, failed)
	last := func(from *set) *set {
		f.finally++
		defer func() { f.finally-- }()
		end := newSet()
		for _, st := range from.order {
			one := newSet()
			one.put(st, from.at[st])
			end.add(w.block(f, s.Finally, one, raised).each(from.at[st], func(st state) state { return st }))
		}
		return end
	}
	out = last(out)
	f.returns.add(last(inner.returns))
	f.breaks.add(last(inner.breaks))
	f.continues.add(last(inner.continues))
	raised.add(last(failed))
	return out
}

// with walks the items of a with statement from the first, then its body.
func (w *walker) with(f *frame, s *syntax.Stmt, items []syntax.WithItem, in, raised *set) *set {
	if len(items) == 0 {
		return w.block(f, s.Body, in, raised)
	}
	item := items[0].Value
	in = w.expr(f, item, in, raised)
	m, ok := w.m.Manage(f.scope, item)
	if !ok {
		return w.with(f, s, items[1:], in, raised)
	}
	inner := *f
	inner.returns, inner.breaks, inner.continues = newSet(), newSet(), newSet()
	failed := newSet()
	out := w.with(&inner, s, items[1:], in, failed)
	leave := func(from *set) *set { return w.settleAll(f, from, m.OnExit, m.Unless) }
	f.returns.add(leave(inner.returns))
	f.breaks.add(leave(inner.breaks))
	f.continues.add(leave(inner.continues))
	out = leave(out)
	failed = w.settleAll(f, failed, m.OnRaise, true)
	if !m.Swallows {
		raised.add(failed)
		return out
	}
	at := w.origin(f.scope, item.Span)
	return out.with(failed.each(nil, func(st state) state {
		st.caught, st.caughtAt, st.implicit, st.raised = code.Broad, at, false, ""
		return st
	}))
}

func (w *walker) settleAll(f *frame, in *set, all []code.Settlement, unless bool) *set {
	for _, s := range all {
		in = w.settle(f, in, s, unless)
	}
	return in
}

// broadTypes catch everything that goes wrong.
var broadTypes = []string{"Exception", "BaseException", "StandardError", "Error", "Throwable"}

// stopTypes are raised when the process or task is told to stop.
var stopTypes = []string{"CancelledError", "KeyboardInterrupt", "SystemExit", "GeneratorExit"}

func isBroad(types []*syntax.Expr) bool {
	return len(types) == 0 || slices.ContainsFunc(typeNames(types), func(n string) bool { return slices.Contains(broadTypes, n) })
}

func catchesMalformed(names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(malformedTypes, n) })
}

func stopsOnly(types []*syntax.Expr) bool {
	names := typeNames(types)
	return len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(stopTypes, n) })
}

func typeNames(types []*syntax.Expr) []string {
	var out []string
	for _, t := range types {
		if t != nil && t.Kind == syntax.ListLit {
			for _, a := range t.Args {
				out = append(out, lastPart(a.Value))
			}
			continue
		}
		out = append(out, lastPart(t))
	}
	return out
}

// lastPart is the last name of a dotted path or of the callee of a call: the class of
// "raise errors.Invalid(x)".
func lastPart(e *syntax.Expr) string {
	for e != nil {
		switch e.Kind {
		case syntax.Call, syntax.Await:
			e = e.X
			continue
		case syntax.Ident, syntax.Attr:
			return e.Text
		}
		break
	}
	return ""
}
