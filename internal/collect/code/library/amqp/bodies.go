package amqp

import (
	"qaudit/internal/collect/code/handler"
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
)

// maxAlternatives is how many functions one handler may be.
const maxAlternatives = 8

// handlersOf are what may run for a delivery: alternatives of one or more bodies each, or
// why none was found.
func (r *reader) handlersOf(c *ctx) (out [][]handler.Body, why string) {
	if c.m.call.Gives == library.Deliveries {
		if b, ok := r.loopOver(c); ok {
			return [][]handler.Body{{b}}, ""
		}
		return nil, "the loop over the deliveries was not found"
	}
	steps := r.callbacks(c)
	if len(steps) == 0 {
		return nil, "the handler is not in the source"
	}
	out = [][]handler.Body{nil}
	for _, step := range steps {
		var next [][]handler.Body
		for _, before := range out {
			for _, b := range step {
				next = append(next, append(append([]handler.Body{}, before...), b))
			}
		}
		if len(next) > maxAlternatives {
			return nil, "the handler may be one of many functions"
		}
		out = next
	}
	return out, ""
}

// callbacks are the functions of a consumer in the order in which they run, each one of
// several where it is not known which.
func (r *reader) callbacks(c *ctx) [][]handler.Body {
	var steps [][]handler.Body
	for _, slot := range []library.Slot{library.Callback, library.Function} {
		if slot == library.Function && c.m.lib.Name != "kombu" {
			continue
		}
		for _, f := range r.flow.Slots(c.site.scope, c.m.call, c.site.call, slot) {
			for _, e := range c.elements(c.through(f)) {
				if step := r.bodiesOf(c, c.things(e.Scope, e.Expr)); len(step) > 0 {
					steps = append(steps, step)
				}
			}
		}
	}
	consumer := r.madeAt(c.site, library.Consumer)
	if consumer == nil {
		return steps
	}
	r.acts(library.AddCallback, func(s *site, m *meaning) {
		if !r.mayBe(s, consumer) {
			return
		}
		for _, f := range r.flow.Slots(s.scope, m.call, s.call, library.Callback) {
			if step := r.bodiesOf(c, c.things(f.Scope, f.Expr)); len(step) > 0 {
				steps = append(steps, step)
			}
		}
	})
	return steps
}

// bodiesOf are the bodies of functions; those that only say "not implemented" give way to
// others.
func (r *reader) bodiesOf(c *ctx, things []*flow.Thing) []handler.Body {
	var out, abstract []handler.Body
	for _, t := range things {
		for t.Form == flow.Partial {
			t = t.Inner
		}
		if t.Form == flow.Instance || t.Form == flow.Self {
			for _, m := range r.flow.Member(t, "__call__") {
				if m.Form == flow.Function {
					t = m
				}
			}
		}
		if t.Form != flow.Function || !r.possible(c, t) {
			continue
		}
		b := handler.Function(t.File, t.Def)
		if isAbstract(t.Def) {
			abstract = append(abstract, b)
		} else {
			out = append(out, b)
		}
	}
	if len(out) == 0 {
		return abstract
	}
	return out
}

// possible says that a method may be the one that runs: of the class that self is of.
func (r *reader) possible(c *ctx, t *flow.Thing) bool {
	owner := t.Def.Parent
	if owner == nil || owner.Kind != syntax.Class || t.Self == nil {
		return true
	}
	own, known := c.class(t.Self.Def)
	if !known {
		return true
	}
	for _, m := range r.flow.Member(r.flow.Any(own), t.Def.Name) {
		if m.Form == flow.Function && m.Def == t.Def {
			return r.flow.Defines(own, t.Def)
		}
	}
	return false
}

func isAbstract(d *syntax.Def) bool {
	for _, st := range d.Body {
		switch {
		case st.Kind == syntax.Raise && lastName(calleeOf(st.Value)) == "NotImplementedError":
		case st.Kind == syntax.ExprStmt && st.Value != nil && (st.Value.Kind == syntax.StringLit || st.Value.Kind == syntax.Other && st.Value.Text == "..."):
		default:
			return false
		}
	}
	return true
}

func calleeOf(e *syntax.Expr) *syntax.Expr {
	if e != nil && e.Kind == syntax.Call {
		return e.X
	}
	return e
}

// loopOver finds the loop over the deliveries that a call gives.
func (r *reader) loopOver(c *ctx) (handler.Body, bool) {
	made := r.madeAt(c.site, library.Deliveries)
	look := func(f *library.File, d *syntax.Def, body []syntax.Stmt) (b handler.Body, ok bool) {
		syntax.Inspect(body, func(st *syntax.Stmt) bool {
			if ok || st.Kind != syntax.Loop || st.Value == nil {
				return !ok
			}
			if st.Value == c.site.call || st.Value == c.site.call.X || r.gives(flow.Scope{File: f.File, Def: d}, st.Value, made) {
				name := "<module>"
				if d != nil {
					name = d.Qualified
				}
				b, ok = handler.Body{Scope: handler.Scope{File: f.File, Def: d}, Stmts: st.Body, Span: st.Span, Name: name, Inline: true}, true
			}
			return !ok
		}, nil)
		return b, ok
	}
	f := c.site.file
	body := f.Body
	if c.site.scope.Def != nil {
		body = c.site.scope.Def.Body
	}
	if b, ok := look(f, c.site.scope.Def, body); ok {
		return b, true
	}
	for _, d := range f.Defs {
		if b, ok := look(f, d, d.Body); ok {
			return b, true
		}
	}
	return handler.Body{}, false
}

func (r *reader) gives(s flow.Scope, e *syntax.Expr, made *flow.Thing) bool {
	if made == nil {
		return false
	}
	for _, t := range r.flow.Eval(s, e) {
		if t == made {
			return true
		}
	}
	return false
}
