package amqp

import (
	"slices"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// env is what is known of the parameters around a call of a library: the call sites
// through which it is reached, innermost first. nil knows nothing.
type env struct {
	def   *syntax.Def
	site  flow.CallSite
	class *syntax.Def // the class of self where it is known which
	up    *env
	ctor  bool // the site makes the object; it is no step of a call
	// names: the site gives a name, and so the fact stands there. Else it only shapes what
	// is declared or published.
	names bool
}

func (e *env) frame(d *syntax.Def) *env {
	for ; e != nil; e = e.up {
		if e.def == d && d != nil {
			return e
		}
	}
	return nil
}

// steps is how many calls deep the library's call is reached.
func (e *env) steps() int {
	n := 0
	for ; e != nil; e = e.up {
		if e.def != nil && !e.ctor {
			n++
		}
	}
	return n
}

// namedSteps is how many of them give names.
func (e *env) namedSteps() int {
	n := 0
	for ; e != nil; e = e.up {
		if e.def != nil && !e.ctor && e.names {
			n++
		}
	}
	return n
}

// need is what must be known to resolve a value: the call sites of a function, or which
// class self is of.
type need struct {
	def   *syntax.Def
	class *syntax.Def
}

// asking resolves values in an environment and notes what it lacked.
type asking struct {
	r     *reader
	env   *env
	needs []need
	depth int
	// spent counts the parameters and fields that one value was followed through.
	spent int
	known map[asked]code.Value
}

// asked is an expression in an environment.
type asked struct {
	env  *env
	expr *syntax.Expr
}

func (a *asking) want(n need) {
	if !slices.Contains(a.needs, n) {
		a.needs = append(a.needs, n)
	}
}

// maxBinds bounds how many parameters and fields deep one value is followed, maxSpent how
// many on all its branches.
const (
	maxBinds = 12
	maxSpent = 200
)

// value is what an expression resolves to in the environment.
func (a *asking) value(s flow.Scope, e *syntax.Expr) code.Value {
	k := asked{a.env, e}
	if v, ok := a.known[k]; ok {
		return v
	}
	if a.depth == 0 {
		a.spent = 0
	}
	v := a.r.tree.Project.ValueWith(s.File, s.Def, e, a.bind)
	if a.known == nil {
		a.known = map[asked]code.Value{}
	}
	a.known[k] = v
	return v
}

// bind answers for parameters and fields.
func (a *asking) bind(f *syntax.File, d *syntax.Def, e *syntax.Expr) (code.Value, bool) {
	if a.depth >= maxBinds || a.spent > maxSpent || a.r.ctx.Err() != nil {
		return code.Value{}, false
	}
	a.depth++
	a.spent++
	defer func() { a.depth-- }()
	if e.Kind == syntax.Attr {
		return a.field(f, d, e)
	}
	p, ok := a.r.tree.Project.Parameter(f, d, e)
	if !ok {
		return code.Value{}, false
	}
	return a.param(p.Def, p.Index)
}

// param is the value of a parameter at its call site.
func (a *asking) param(d *syntax.Def, i int) (code.Value, bool) {
	fr := a.env.frame(d)
	if fr == nil {
		if c, ok := a.madeBy(d); ok {
			fr = &env{def: d, site: c}
		}
	}
	if fr == nil {
		if d.Params[i].Rest || i == 0 && isReceiver(d) {
			return code.Value{}, false
		}
		if len(a.r.flow.Calls(d)) == 0 {
			// Nobody calls it as far as seen: its default is what a framework leaves it.
			return code.Value{}, false
		}
		a.want(need{def: d})
		return code.Value{}, false
	}
	arg, spread, ok := flow.ParamArg(d, i, fr.site.Args, fr.site.Skip)
	switch {
	case ok:
		return a.value(fr.site.Scope, arg), true
	case spread:
		return code.Value{Kind: code.Unresolved, Text: "the parameter " + d.Params[i].Name}, true
	case d.Params[i].Default != nil:
		return a.value(flow.Scope{File: a.r.flow.File(d), Def: d.Parent}, d.Params[i].Default), true
	}
	return code.Value{}, false
}

func isReceiver(d *syntax.Def) bool {
	return d.Parent != nil && d.Parent.Kind == syntax.Class && len(d.Params) > 0 && (d.Params[0].Name == "self" || d.Params[0].Name == "cls")
}

// madeBy finds the call that made the object on which a method in the environment is
// called, where d is its constructor or that of a base.
func (a *asking) madeBy(d *syntax.Def) (flow.CallSite, bool) {
	for e := a.env; e != nil; e = e.up {
		obj := e.site.Recv
		if obj == nil || obj.Form != flow.Instance {
			continue
		}
		for _, c := range a.r.flow.Calls(d) {
			if c.Call == obj.Expr || c.Recv != nil && c.Recv.Form == flow.Self && c.Recv.Def == obj.Def && c.Scope.Def != nil && c.Scope.Def.Parent == obj.Def {
				return c, true
			}
		}
	}
	return flow.CallSite{}, false
}

// class is the class of self in the environment, where that is known better than from
// the source around it.
func (a *asking) class(of *syntax.Def) (*syntax.Def, bool) {
	below := a.r.flow.Below(of)
	for e := a.env; e != nil; e = e.up {
		if e.class != nil && (e.class == of || slices.Contains(below, e.class)) {
			return e.class, true
		}
		if obj := e.site.Recv; obj != nil && obj.Form == flow.Instance && (obj.Def == of || slices.Contains(below, obj.Def)) {
			return obj.Def, true
		}
	}
	return of, false
}

// field is the value of a field of self or of an object of a project class.
func (a *asking) field(f *syntax.File, d *syntax.Def, e *syntax.Expr) (code.Value, bool) {
	var class *syntax.Def
	for _, t := range a.r.flow.Eval(flow.Scope{File: f, Def: d}, e.X) {
		if t.Form != flow.Self && t.Form != flow.Instance {
			continue
		}
		if class != nil && class != t.Def {
			return code.Value{}, false
		}
		class = t.Def
	}
	if class == nil {
		return code.Value{}, false
	}
	own, known := a.class(class)
	if !known && a.overridden(class, e.Text) {
		a.want(need{class: class})
		return code.Value{}, false
	}
	var found []flow.Assigned
	for _, x := range a.r.flow.Assigned(own, e.Text) {
		if x.Value != nil && x.Value.Kind != syntax.NilLit {
			found = append(found, x)
		}
	}
	if len(found) == 0 {
		found = a.r.flow.AssignedAbove(own, e.Text)
	}
	// A class-level default that the constructor sets anew does not count.
	if len(found) == 2 && found[0].Scope.Def == own && found[1].Scope.Def != own {
		found = found[1:]
	}
	if len(found) != 1 {
		return code.Value{}, false
	}
	return a.value(found[0].Scope, found[0].Value), true
}

// overridden says that subclasses give the field values of their own.
func (a *asking) overridden(class *syntax.Def, name string) bool {
	for _, c := range a.r.flow.Below(class) {
		if a.r.flow.AssignedIn(c, name) {
			return true
		}
	}
	return false
}

// isName are the slots that say which thing a fact is about.
var isName = map[library.Slot]bool{library.QueueName: true, library.ExchangeName: true, library.SourceName: true, library.Key: true,
	library.URL: true, library.Host: true, library.Callback: true, library.Function: true}

// maxContexts bounds at how many call sites one call of a library is told.
const maxContexts = 64

// maxSteps is how many project functions a call of a library is followed through.
const maxSteps = 2

// contexts calls emit for each environment in which the slots of a site resolve as far
// as they can. Slots that do not name or shape anything (a body) are not asked.
func (r *reader) contexts(s *site, m *meaning, slots []library.Slot, emit func(c *ctx)) {
	left := maxContexts
	var expand func(e *env)
	expand = func(e *env) {
		if left <= 0 || r.ctx.Err() != nil {
			return
		}
		c := &ctx{asking: asking{r: r, env: e}, site: s, m: m}
		for _, slot := range slots {
			if isName[slot] {
				c.ask(slot)
			}
		}
		named := len(c.needs)
		for _, slot := range slots {
			c.ask(slot)
		}
		next, ok := r.widen(e, c.needs, named)
		if !ok {
			left--
			c.needs = nil
			emit(c)
			return
		}
		for _, n := range next {
			expand(n)
		}
	}
	expand(nil)
}

// widen is the environments one need further out; ok is false when there is none.
func (r *reader) widen(e *env, needs []need, named int) (out []*env, ok bool) {
	for i, n := range needs {
		if n.class != nil {
			for _, c := range append([]*syntax.Def{n.class}, r.flow.Below(n.class)...) {
				if c != n.class || r.made(c) {
					out = append(out, &env{class: c, up: e})
				}
			}
			return out, len(out) > 0
		}
		ctor := isConstructor(n.def)
		if e.steps() >= maxSteps && !ctor || e.length() > 5 {
			continue
		}
		for _, c := range r.flow.Calls(n.def) {
			if e.frame(n.def) == nil && !e.inside(c.Scope.Def) && r.consistent(e, c) {
				out = append(out, &env{def: n.def, site: c, up: e, ctor: ctor, names: i < named})
			}
		}
		if len(out) > 0 {
			return out, true
		}
	}
	return nil, false
}

// consistent says that the object of a call site can be the one on which the methods of
// the environment run: a method that its class overrides is not called on it.
func (r *reader) consistent(e *env, c flow.CallSite) bool {
	if c.Recv == nil || c.Recv.Form != flow.Instance && c.Recv.Form != flow.Self {
		return true
	}
	for ; e != nil; e = e.up {
		if e.def == nil || e.site.Recv == nil || e.site.Recv.Form != flow.Self || e.ctor {
			continue
		}
		if !r.related(c.Recv.Def, e.site.Recv.Def) {
			continue
		}
		ok := r.flow.Defines(c.Recv.Def, e.def)
		if c.Recv.Form == flow.Self {
			for _, below := range r.flow.Below(c.Recv.Def) {
				ok = ok || r.flow.Defines(below, e.def)
			}
		}
		if !ok {
			return false
		}
	}
	return true
}

// related says that one of two classes inherits from the other.
func (r *reader) related(a, b *syntax.Def) bool {
	return a == b || slices.Contains(r.flow.Below(a), b) || slices.Contains(r.flow.Below(b), a)
}

func (e *env) length() int {
	n := 0
	for ; e != nil; e = e.up {
		n++
	}
	return n
}

// inside says that d is one of the functions that the environment already goes through.
func (e *env) inside(d *syntax.Def) bool { return d != nil && e.frame(d) != nil }

func isConstructor(d *syntax.Def) bool {
	return d.Parent != nil && d.Parent.Kind == syntax.Class && (d.Name == "__init__" || d.Name == "constructor")
}

// made says that objects of the class itself are made somewhere.
func (r *reader) made(c *syntax.Def) bool {
	for _, st := range c.Body {
		if st.Kind == syntax.DefStmt && st.Def != nil && isConstructor(st.Def) {
			for _, s := range r.flow.Calls(st.Def) {
				if s.Recv != nil && s.Recv.Form == flow.Instance && s.Recv.Def == c {
					return true
				}
			}
		}
	}
	return false
}
