package flow

import (
	"slices"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
)

// Found is an argument: its expression in the scope that it is written in.
type Found struct {
	Scope Scope
	Expr  *syntax.Expr
	Arg   library.Arg
}

// Last is the position of an argument that is the last function of a call: the callback
// of Node's older interfaces.
const Last = -2

// Slots are the arguments of a call in one slot: written there, or in an options object
// that the call is given.
func (f *Flow) Slots(s Scope, c *library.Call, e *syntax.Expr, slot library.Slot) []Found {
	var out []Found
	for _, a := range c.Args {
		if a.Slot != slot {
			continue
		}
		switch {
		case a.In >= 0:
			out = append(out, f.inOptions(s, e, a)...)
		case a.Pos == Last:
			if n := len(e.Args); n > 0 && isCallable(f, s, e.Args[n-1].Value) {
				out = append(out, Found{s, e.Args[n-1].Value, a})
			}
		default:
			if v := direct(e, a); v != nil {
				out = append(out, Found{s, v, a})
			}
		}
	}
	return out
}

// Spread reports whether the call is given arguments that are not written there, and so
// any slot may be filled.
func (f *Flow) Spread(s Scope, c *library.Call, e *syntax.Expr, slot library.Slot) bool {
	for _, a := range e.Args {
		if a.Spread {
			return true
		}
	}
	for _, a := range c.Args {
		if a.Slot == slot && a.In >= 0 && f.openOptions(s, e, a.In) {
			return true
		}
	}
	return false
}

// openOptions says that the options object at a position is not known whole.
func (f *Flow) openOptions(s Scope, e *syntax.Expr, pos int) bool {
	v := positional(e, pos)
	if v == nil || v.Kind == syntax.NilLit || isCallable(f, s, v) || v.Kind == syntax.StringLit || v.Kind == syntax.Template {
		return false
	}
	maps := f.maps(s, v)
	if len(maps) == 0 {
		return true
	}
	for _, m := range maps {
		for _, a := range m.Expr.Args {
			if a.Spread && len(f.maps(m.Scope, a.Value)) == 0 || a.Key != nil {
				return true
			}
		}
	}
	return false
}

func (f *Flow) inOptions(s Scope, e *syntax.Expr, a library.Arg) []Found {
	v := positional(e, a.In)
	if v == nil {
		return nil
	}
	var out []Found
	for _, m := range f.maps(s, v) {
		out = append(out, f.inMap(m, a, 0)...)
	}
	return out
}

// inMap finds the last entry of an object literal under one of the names.
func (f *Flow) inMap(m Found, a library.Arg, depth int) []Found {
	for i := len(m.Expr.Args) - 1; i >= 0; i-- {
		x := m.Expr.Args[i]
		switch {
		case x.Spread && depth < 3:
			for _, inner := range f.maps(m.Scope, x.Value) {
				if got := f.inMap(inner, a, depth+1); len(got) > 0 {
					return got
				}
			}
		case x.Name != "" && slices.Contains(a.Names, x.Name):
			return []Found{{m.Scope, x.Value, a}}
		}
	}
	return nil
}

// maps are the object literals that an expression stands for.
func (f *Flow) maps(s Scope, v *syntax.Expr) []Found {
	if v == nil {
		return nil
	}
	if v.Kind == syntax.MapLit {
		return []Found{{Scope: s, Expr: v}}
	}
	var out []Found
	for _, t := range f.Eval(s, v) {
		if t.Form == Record {
			out = append(out, Found{Scope: t.At, Expr: t.Expr})
		}
	}
	return out
}

// positional is the i-th argument of a call, nil when a spread or keyword comes before.
func positional(e *syntax.Expr, i int) *syntax.Expr {
	if e == nil || i < 0 {
		return nil
	}
	for j, a := range e.Args {
		if a.Spread || a.Name != "" {
			return nil
		}
		if j == i {
			return a.Value
		}
	}
	return nil
}

// direct is an argument by position or keyword.
func direct(e *syntax.Expr, a library.Arg) *syntax.Expr {
	for _, x := range e.Args {
		if x.Name != "" && !x.Spread && slices.Contains(a.Names, x.Name) {
			return x.Value
		}
	}
	if a.Pos >= 0 {
		return positional(e, a.Pos)
	}
	return nil
}

func isCallable(f *Flow, s Scope, e *syntax.Expr) bool {
	if e == nil {
		return false
	}
	if e.Kind == syntax.LambdaLit {
		return true
	}
	for _, t := range f.Eval(s, e) {
		if t.Form == Function || t.Form == Partial {
			return true
		}
	}
	return false
}
