package amqp

import (
	"qaudit/internal/collect/code/handler"
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// reading says what the expressions of one consumer's handler mean.
type reading struct {
	r       *reader
	c       *ctx
	queue   code.Name
	channel *flow.Thing
	replies bool // the handler answers to reply_to
	inner   map[*handler.Via]*ctx
	// returns says how a returned value settles, where the framework does so.
	returns func(s handler.Scope, e *syntax.Expr) []code.Settlement
}

// in is the context of an expression that the walk reached: the parameters of the functions
// on the way are those of their calls.
func (m *reading) in(s handler.Scope) *ctx {
	if s.Via == nil {
		return m.c
	}
	c := m.inner[s.Via]
	if c == nil {
		outer := *m.in(s.Via.Caller)
		v := s.Via
		outer.env = &env{def: v.Def, up: outer.env, site: flow.CallSite{Scope: scopeOf(v.Caller), Call: v.Call, Args: v.Args, Skip: v.Skip}}
		outer.known = nil
		c = &outer
		if m.inner == nil {
			m.inner = map[*handler.Via]*ctx{}
		}
		m.inner[s.Via] = c
	}
	return c
}

func scopeOf(s handler.Scope) flow.Scope { return flow.Scope{File: s.File, Def: s.Def} }

// Origin is the place of a span.
func (m *reading) Origin(s handler.Scope, at syntax.Span) *model.Origin {
	return m.r.tree.Origin(m.r.tree.File(s.File.Path), s.Def, at)
}

// Result says how a returned value settles the delivery.
func (m *reading) Result(s handler.Scope, e *syntax.Expr) []code.Settlement {
	if m.returns == nil {
		return nil
	}
	return m.returns(s, e)
}

// Delivery reports whether e is the delivery, or what it is settled with.
func (m *reading) Delivery(s handler.Scope, e *syntax.Expr) bool {
	if e == nil {
		return false
	}
	for e.Kind == syntax.Await {
		e = e.X
	}
	switch e.Kind {
	case syntax.Ident, syntax.Attr, syntax.Index:
	default:
		return false
	}
	for _, t := range m.in(s).things(scopeOf(s), e) {
		if m.isDelivery(t) {
			return true
		}
	}
	return false
}

// Holds decides a flag that is a parameter of a function around the handler, or a field,
// by what was given where the consumer is started.
func (m *reading) Holds(s handler.Scope, e *syntax.Expr) (value, known bool) {
	if e.Kind != syntax.Ident {
		return false, false
	}
	p, ok := m.r.tree.Project.Parameter(s.File, s.Def, e)
	if !ok || m.in(s).env.frame(p.Def) == nil {
		return false, false
	}
	return m.in(s).value(scopeOf(s), e).Boolean().Get()
}

// Channel reports whether e is a channel or connection.
func (m *reading) Channel(s handler.Scope, e *syntax.Expr) bool {
	for _, t := range m.in(s).things(scopeOf(s), e) {
		if t.Form == flow.Object && (t.Kind == library.Channel || t.Kind == library.Connection) {
			return true
		}
	}
	return false
}

// isDelivery says that a thing is the delivery of this consumer, or of any.
func (m *reading) isDelivery(t *flow.Thing) bool {
	if t.Form != flow.Object {
		return false
	}
	switch t.Kind {
	case library.Message, library.Envelope, library.Tag, library.Context:
		return m.mine(t)
	}
	return false
}

// mine says that a thing comes from this consumer's deliveries: it was made by its call,
// or only its type is known.
func (m *reading) mine(t *flow.Thing) bool { return t.Expr == nil || t.Expr == m.c.site.call }

// Call is the effect of a call.
func (m *reading) Call(s handler.Scope, e *syntax.Expr) handler.Effect {
	if s.Def != nil {
		m.r.inside[s.Def] = true
	}
	fs := scopeOf(s)
	if sp, ok := m.r.flow.SpawnedAs(fs, e, m.in(s).things); ok {
		return m.spawned(s, e, sp)
	}
	var out handler.Effect
	things := m.in(s).things(fs, e.X)
	known := false
	for _, t := range things {
		for t.Form == flow.Partial {
			t = t.Inner
		}
		switch t.Form {
		case flow.Method:
			out = m.library(s, e, t.Lib, t.Call, t.From)
			if out.Settles != nil || out.Work != nil {
				return out
			}
			known = true
		case flow.Symbol:
			if lib, c := m.r.flow.Function(t.Path); c != nil {
				out, known = m.library(s, e, lib, c, nil), true
			}
		case flow.Function, flow.Class:
			if c, ok := m.callee(s, e, t, e.Args); ok {
				out.Callees = append(out.Callees, c...)
			}
			known = true
		case flow.Instance, flow.Self:
			for _, f := range m.r.flow.Member(t, "__call__") {
				if c, ok := m.callee(s, e, f, e.Args); ok {
					out.Callees, known = append(out.Callees, c...), true
				}
			}
		case flow.Object, flow.Super, flow.Record:
			known = known || t.Form != flow.Record
		}
	}
	out.Callbacks = append(out.Callbacks, m.callbacks(s, e, known)...)
	if known {
		return out
	}
	return m.unknown(s, e, things, out)
}

// callee is a project function that a call runs; a class runs its constructor.
func (m *reading) callee(s handler.Scope, e *syntax.Expr, t *flow.Thing, args []syntax.Arg) ([]handler.Callee, bool) {
	if t.Form == flow.Class {
		var out []handler.Callee
		for _, name := range []string{"__init__", "constructor"} {
			for _, f := range m.r.flow.Member(m.r.flow.Any(t.Def), name) {
				if f.Form == flow.Function {
					out = append(out, handler.Callee{File: f.File, Def: f.Def, Takes: m.takes(s, args), Args: args, Skip: flow.Skip(f)})
				}
			}
		}
		return out, true
	}
	if t.Form != flow.Function || !m.r.possible(m.c, t) {
		return nil, false
	}
	takes := m.takes(s, args) || m.closes(t.Def, s.Def) || m.closures(s, args)
	return []handler.Callee{{File: t.File, Def: t.Def, Takes: takes, Args: args, Skip: flow.Skip(t)}}, true
}

// closes says that a function stands in the handler and so sees the delivery without
// being given it.
func (m *reading) closes(d, from *syntax.Def) bool {
	for p := d.Parent; p != nil; p = p.Parent {
		if p.Kind == syntax.Class {
			return false
		}
		if p == from || nestedIn(from, p) {
			return true
		}
	}
	return false
}

// takes says that arguments give the delivery away, or a channel with which pika's tags
// can be settled.
func (m *reading) takes(s handler.Scope, args []syntax.Arg) bool {
	for _, a := range args {
		if a.Value == nil {
			continue
		}
		switch a.Value.Kind {
		case syntax.ListLit, syntax.MapLit:
			if m.takes(s, a.Value.Args) {
				return true
			}
			continue
		case syntax.LambdaLit:
			continue
		case syntax.Call: // partial(f, tag)
			if m.takes(s, a.Value.Args) && m.isPartial(s, a.Value) {
				return true
			}
			continue
		}
		if m.Delivery(s, a.Value) || m.holds(s, a.Value) {
			return true
		}
	}
	return false
}

// closures says that arguments have a function of the handler that sees the delivery.
func (m *reading) closures(s handler.Scope, args []syntax.Arg) bool {
	for _, a := range args {
		if a.Value == nil {
			continue
		}
		for _, t := range m.in(s).things(scopeOf(s), a.Value) {
			if t.Form == flow.Function && m.closes(t.Def, s.Def) && m.mentions(handler.Scope{File: t.File, Def: t.Def, Via: s.Via}, 0) {
				return true
			}
		}
	}
	return false
}

// mentions says that the delivery, or an object that holds it, is named in a function.
func (m *reading) mentions(s handler.Scope, depth int) bool {
	found := false
	syntax.Inspect(s.Def.Body, nil, func(e *syntax.Expr) bool {
		switch {
		case found || depth > 3:
		case e.Kind == syntax.LambdaLit:
			found = m.mentions(handler.Scope{File: s.File, Def: e.Def, Via: s.Via}, depth+1)
		case e.Kind == syntax.Ident:
			found = m.Delivery(s, e) || m.holds(s, e)
		}
		return !found
	})
	return found
}

// holds says that an object has the delivery in a field.
func (m *reading) holds(s handler.Scope, e *syntax.Expr) bool {
	for _, t := range m.in(s).things(scopeOf(s), e) {
		if t.Form != flow.Record {
			continue
		}
		for _, x := range m.r.flow.Fields(t) {
			if m.isDelivery(x) {
				return true
			}
		}
	}
	return false
}

func (m *reading) isPartial(s handler.Scope, e *syntax.Expr) bool {
	for _, t := range m.r.flow.Eval(scopeOf(s), e) {
		if t.Form == flow.Partial {
			return true
		}
	}
	return false
}

// Callable returns the project functions that a value stands for.
func (m *reading) Callable(s handler.Scope, e *syntax.Expr) []handler.Callee {
	var out []handler.Callee
	for _, t := range m.in(s).things(scopeOf(s), e) {
		args := []syntax.Arg(nil)
		for t.Form == flow.Partial {
			args = append(args, t.Args...)
			t = t.Inner
		}
		if c, ok := m.callee(s, e, t, args); ok && t.Form == flow.Function {
			out = append(out, c...)
		}
	}
	return out
}

// callbacks are the functions that a call is given: what is nested in the handler and
// settles is taken to run once, anything else may run.
func (m *reading) callbacks(s handler.Scope, e *syntax.Expr, known bool) []handler.Callback {
	var out []handler.Callback
	for _, a := range e.Args {
		if a.Value == nil || known && a.Value.Kind != syntax.LambdaLit {
			continue
		}
		switch a.Value.Kind {
		case syntax.LambdaLit, syntax.Ident, syntax.Attr, syntax.Call:
		default:
			continue
		}
		if known && m.isFollowed(s, e) {
			continue // a project function runs it itself
		}
		callees := m.Callable(s, a.Value)
		if len(callees) == 0 {
			continue
		}
		how := handler.Maybe
		for _, c := range callees {
			if c.Takes && m.settles(c, 0) {
				how = handler.Once
			}
		}
		out = append(out, handler.Callback{Callees: callees, How: how})
	}
	return out
}

func (m *reading) isFollowed(s handler.Scope, e *syntax.Expr) bool {
	for _, t := range m.r.flow.Eval(scopeOf(s), e.X) {
		if t.Form == flow.Function || t.Form == flow.Class {
			return true
		}
	}
	return false
}

// settles says that a function settles a delivery somewhere.
func (m *reading) settles(c handler.Callee, depth int) bool {
	found := false
	s := handler.Scope{File: c.File, Def: c.Def}
	syntax.Inspect(c.Def.Body, nil, func(e *syntax.Expr) bool {
		if e.Kind != syntax.Call || found {
			return !found
		}
		for _, x := range m.r.meanings(scopeOf(s), e) {
			switch x.call.Act {
			case library.Ack, library.Nack, library.Reject, library.AckAll, library.NackAll:
				found = true
			}
		}
		for _, a := range e.Args {
			if a.Value != nil && a.Value.Kind == syntax.LambdaLit && depth < 3 {
				found = found || m.settles(handler.Callee{File: c.File, Def: a.Value.Def}, depth+1)
			}
		}
		return !found
	})
	return found
}

// Manage says what a with item does to the delivery.
func (m *reading) Manage(s handler.Scope, item *syntax.Expr) (handler.Managed, bool) {
	if item == nil {
		return handler.Managed{}, false
	}
	if item.Kind == syntax.Call {
		if p := m.r.tree.Project.Path(s.File, s.Def, item.X); p == "contextlib.suppress" || p == "suppress" {
			return handler.Managed{Swallows: suppressesAll(item)}, true
		}
	}
	for _, t := range m.in(s).things(scopeOf(s), item) {
		if t.Form == flow.Object && t.Kind == library.Process && t.Expr != nil && t.Call != nil {
			return m.process(s, item, t), true
		}
	}
	return handler.Managed{}, false
}

func suppressesAll(e *syntax.Expr) bool {
	for _, a := range e.Args {
		if n := lastName(a.Value); n == "Exception" || n == "BaseException" {
			return true
		}
	}
	return false
}

// process is aio-pika's message.process(): ack on exit, reject on an error.
func (m *reading) process(s handler.Scope, item *syntax.Expr, t *flow.Thing) handler.Managed {
	c := &ctx{asking: asking{r: m.r, env: m.in(s).env}, site: &site{file: m.r.tree.File(t.At.File.Path), scope: t.At, call: t.Expr},
		m: &meaning{lib: t.Lib, call: t.Call, recv: t.From}}
	const rule = "message.process(): acknowledged at its end, rejected on an error"
	requeue := c.boolean(library.Requeue)
	if again := c.boolean(library.Redelivered); model.Is(requeue, true) && !model.Is(again, false) {
		requeue = model.Unknown[bool]("once: a redelivered message is rejected", requeue.Origin())
	}
	at := m.Origin(s, item.Span)
	given := c.arg(library.Requeue).given
	return handler.Managed{
		OnExit:  []code.Settlement{{Kind: code.Ack, At: at, Multiple: model.Present(false, at), Rule: rule, Channel: m.r.chans[m.channel]}},
		OnRaise: []code.Settlement{{Kind: code.Reject, At: at, Requeue: requeue, Multiple: model.Present(false, at), Rule: rule, Default: !given, Channel: m.r.chans[m.channel]}},
		Unless:  !model.Is(c.boolean(library.IgnoreSettled), false),
	}
}
