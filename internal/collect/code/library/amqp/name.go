package amqp

import (
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// site1 is the Site of the fact: the call itself, or the outermost call site of the
// project function through which it is reached.
func (c *ctx) site1() code.Site {
	f, def, span := c.site.file, c.site.scope.Def, c.site.call.Span
	wrapped := ""
	file := f
	for e := c.env; e != nil; e = e.up {
		if e.def == nil || !e.names || e.ctor && c.env.namedSteps() > 0 {
			continue
		}
		// The list runs from the outermost call inwards.
		if wrapped == "" {
			if g := c.r.tree.File(e.site.Scope.File.Path); g != nil {
				file = g
			}
			def, span = e.site.Scope.Def, e.site.Call.Span
			wrapped = e.def.Qualified
			if e.ctor && e.def.Parent != nil {
				wrapped = e.def.Parent.Qualified
			}
		}
	}
	s := c.r.tree.Site(file, def, span, c.m.lib.Name)
	s.Version = c.version()
	s.Wrapped = wrapped
	s.Loop = c.site.loop
	if x := c.r.around[c.callAt(span)]; x != nil {
		s.Loop = s.Loop || x.loop
	}
	c.r.mark(&s, c.site.scope.Def, c.env)
	return s
}

// callAt is the call site's expression at the place of the fact.
func (c *ctx) callAt(span syntax.Span) *syntax.Expr {
	for e := c.env; e != nil; e = e.up {
		if e.def != nil && e.site.Call.Span == span {
			return e.site.Call
		}
	}
	return c.site.call
}

// name is a slot that names a queue, exchange or key: text, or an object that has a name.
func (c *ctx) name(slot library.Slot) code.Name {
	a := c.arg(slot)
	switch {
	case a.given && a.found.Expr != nil:
		return c.nameOf(a.found.Scope, a.found.Expr, a.Value, slot)
	case a.given:
		return code.NameOf(a.at(c.at()))
	case a.open:
		v := code.Value{Kind: code.Unresolved, Text: a.why, Origin: c.at()}
		return code.Name{Known: model.Unknown[string](a.why, c.at()), Value: v}
	}
	v, o, ok := c.byDefault(c.m.call, slot)
	if !ok {
		v = code.Value{Kind: code.Unresolved, Text: "it was left out"}
	}
	v.Origin = o
	return code.NameOf(v)
}

func (a arg) at(o *model.Origin) code.Value {
	v := a.Value
	if v.Origin == nil {
		v.Origin = o
	}
	return v
}

// nameOf is the name that an expression gives.
func (c *ctx) nameOf(s flow.Scope, e *syntax.Expr, v code.Value, slot library.Slot) code.Name {
	if v.Kind == code.String {
		return code.NameOf(v)
	}
	if n, ok := c.declaredName(s, e); ok {
		return n
	}
	if t, several := one(c.things(s, e), library.Queue, library.Exchange, library.Declared, library.Simple); t != nil {
		if n, ok := c.nameAt(flow.Found{Scope: s, Expr: e}, t); ok {
			return n
		}
	} else if several && v.Kind != code.Env {
		const why = "it is one of several"
		return code.Name{Known: model.Unknown[string](why, c.at()), Value: code.Value{Kind: code.Unresolved, Text: why, Origin: c.at()}}
	}
	if v.Kind == code.Nil && (slot == library.QueueName || slot == library.ExchangeName) {
		v = code.Value{Kind: code.String, Origin: v.Origin}
	}
	if v.Kind == code.Symbol {
		// The name of a library or enumeration's member is no text.
		return code.Name{Known: model.Unknown[string]("it is "+v.Text, v.Origin), Value: v}
	}
	return code.NameOf(v)
}

// thingName is the name of a queue or exchange object.
func (c *ctx) thingName(t *flow.Thing) (code.Name, bool) {
	if t.Form != flow.Object {
		return code.Name{}, false
	}
	slot := library.QueueName
	switch t.Kind {
	case library.Exchange:
		slot = library.ExchangeName
	case library.Queue, library.Declared, library.Simple:
	default:
		return code.Name{}, false
	}
	a := c.received(t, slot)
	if a.given && a.Value.Kind == code.String || a.open {
		return code.Name{Known: a.known(c.at()), Value: a.at(c.at())}, true
	}
	v := a.at(c.at())
	if v.Kind == code.Nil { // Queue(None): the server names it
		v = code.Value{Kind: code.String, Origin: v.Origin}
	}
	return code.NameOf(v), true
}

func (a arg) known(o *model.Origin) model.Known[string] {
	if a.open {
		return model.Unknown[string](a.why, o)
	}
	return a.at(o).Str()
}

// declaredName is the name in the answer to a declaration: result.method.queue, q.queue,
// queue.name.
func (c *ctx) declaredName(s flow.Scope, e *syntax.Expr) (code.Name, bool) {
	if e.Kind == syntax.Ident { // const { queue } = await ch.assertQueue(…); name = q.queue
		return c.destructured(s, e)
	}
	if e.Kind != syntax.Attr || e.Text != "queue" && e.Text != "name" {
		return code.Name{}, false
	}
	for _, t := range c.things(s, e.X) {
		if t.Form == flow.Object && (t.Kind == library.Declared || t.Kind == library.Queue || t.Kind == library.Exchange) {
			return c.thingName(t)
		}
	}
	return code.Name{}, false
}

// destructured follows a local name to the declaration whose answer it was taken from.
func (c *ctx) destructured(s flow.Scope, e *syntax.Expr) (code.Name, bool) {
	var found *code.Name
	body := s.File.Body
	if s.Def != nil {
		body = s.Def.Body
	}
	syntax.Inspect(body, func(st *syntax.Stmt) bool {
		if st.Kind != syntax.Assign || found != nil {
			return found == nil
		}
		for _, t := range st.Targets {
			switch {
			case t.Kind == syntax.MapLit:
				for _, a := range t.Args {
					if a.Name == "queue" && a.Value != nil && a.Value.Kind == syntax.Ident && a.Value.Text == e.Text {
						found = c.firstDeclared(s, st.Value)
					}
				}
			case t.Kind == syntax.Ident && t.Text == e.Text && st.Value != nil && st.Value.Kind == syntax.Attr:
				if n, ok := c.declaredName(s, st.Value); ok {
					found = &n
				}
			}
		}
		return true
	}, nil)
	if found == nil {
		return code.Name{}, false
	}
	return *found, true
}

func (c *ctx) firstDeclared(s flow.Scope, e *syntax.Expr) *code.Name {
	for _, t := range c.things(s, e) {
		if t.Form == flow.Object && t.Kind == library.Declared {
			if n, ok := c.thingName(t); ok {
				return &n
			}
		}
	}
	return nil
}

// args are the x-arguments of a declaration.
func (c *ctx) args() code.Args {
	out := code.Args{Values: map[string]code.Value{}, At: c.at()}
	s, e := c.site.scope, c.site.call
	for _, a := range c.m.call.Args {
		if a.Slot != library.Arguments || a.As == "" {
			continue
		}
		for _, f := range c.r.flow.Slots(s, &library.Call{Args: []library.Arg{a}}, e, library.Arguments) {
			out.Values[a.As] = c.value(f.Scope, f.Expr)
		}
		if a.In >= 0 {
			if got, ok := c.inValue(s, e, a); ok && got.given {
				out.Values[a.As] = got.Value
			} else if ok && got.open {
				out.Open = true
			}
		}
	}
	plain := *c.m.call
	plain.Args = nil
	for _, a := range c.m.call.Args {
		if a.Slot == library.Arguments && a.As == "" {
			plain.Args = append(plain.Args, a)
		}
	}
	a := c.argOf(s, &plain, e, library.Arguments, 0)
	switch {
	case a.open:
		out.Open = true
	case a.given && a.Kind == code.Map:
		out.Open = out.Open || a.Open
		for _, f := range a.Fields {
			out.Values[f.Key] = f.Value
		}
	case a.given && a.Kind != code.Nil:
		out.Open = true
	}
	return out
}

// short is a dotted path's last name.
func short(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
