package amqp

import (
	"slices"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// ctx is one call of a library in one environment.
type ctx struct {
	asking
	site *site
	m    *meaning
	// made is the call that made the receiver or a record, while its slots are read.
	origin *model.Origin
}

// arg is what a slot of a call holds.
type arg struct {
	code.Value
	found  flow.Found
	given  bool // written there
	open   bool // not written, but may be given through something not read
	why    string
	record bool // found in an object that the call is given
}

// ask resolves a slot for its needs alone.
func (c *ctx) ask(slot library.Slot) {
	if slot == library.Callback || slot == library.Function {
		for _, v := range c.r.flow.Slots(c.site.scope, c.m.call, c.site.call, slot) {
			if v.Expr.Kind == syntax.Ident || v.Expr.Kind == syntax.Attr {
				c.bind(v.Scope.File, v.Scope.Def, v.Expr)
			}
		}
		return
	}
	c.arg(slot)
}

// arg is the slot of the site's call.
func (c *ctx) arg(slot library.Slot) arg {
	a := c.argOf(c.site.scope, c.m.call, c.site.call, slot, 0)
	if a.given || a.open {
		return a
	}
	if slices.Contains(c.m.call.Receives, slot) && c.m.recv != nil {
		return c.received(c.m.recv, slot)
	}
	return a
}

// received is a slot that the receiver stands for: the queue of queue.consume().
func (c *ctx) received(t *flow.Thing, slot library.Slot) arg {
	if t.Path == "default" {
		return arg{Value: library.Str(""), given: true}
	}
	if t.Expr == nil {
		return arg{open: true, why: "the " + string(t.Kind) + " is made elsewhere"}
	}
	if t.Call == nil {
		return arg{} // a producer from a pool: nothing was given
	}
	a := c.argOf(t.At, t.Call, t.Expr, slot, 1)
	if !a.given && !a.open {
		if v, _, ok := t.Call.DefaultOf(slot, model.Known[model.Version]{}); ok {
			a.Value, a.given = v, true
		}
	}
	return a
}

// argOf is a slot of any call: written in it, in its options, or in an object that it is
// given.
func (c *ctx) argOf(s flow.Scope, call *library.Call, e *syntax.Expr, slot library.Slot, depth int) arg {
	found := c.r.flow.Slots(s, call, e, slot)
	if len(found) > 0 {
		f := found[len(found)-1]
		return arg{Value: c.value(f.Scope, f.Expr), found: f, given: true}
	}
	if a, ok := c.spread(s, call, e, slot); ok {
		return a
	}
	if a, ok := c.carried(s, call, e, slot, depth); ok {
		return a
	}
	for _, a := range call.Args {
		if a.Slot == slot && a.In >= 0 {
			if a, ok := c.inValue(s, e, a); ok {
				return a
			}
		}
	}
	return arg{}
}

// spread looks in what is spread into the call.
func (c *ctx) spread(s flow.Scope, call *library.Call, e *syntax.Expr, slot library.Slot) (arg, bool) {
	for _, x := range e.Args {
		if !x.Spread {
			continue
		}
		v := c.value(s, x.Value)
		if v.Kind != code.Map {
			if a, ok := c.keywords(s, call, x.Value, slot); ok {
				return a, true
			}
			if has(call, slot) {
				return arg{open: true, why: "arguments are given that are not written there"}, true
			}
			continue
		}
		for _, a := range call.Args {
			if a.Slot != slot {
				continue
			}
			for _, n := range a.Names {
				if got, ok := v.Get(n); ok {
					return arg{Value: got, given: true, found: flow.Found{Scope: s, Expr: x.Value, Arg: a}}, true
				}
			}
		}
		if v.Open {
			return arg{open: true, why: "arguments are given that are not written there"}, true
		}
	}
	return arg{}, false
}

func has(call *library.Call, slot library.Slot) bool {
	for _, a := range call.Args {
		if a.Slot == slot {
			return true
		}
	}
	return false
}

// keywords looks in the call site's keywords when **kwargs of a project function is passed
// on.
func (c *ctx) keywords(s flow.Scope, call *library.Call, e *syntax.Expr, slot library.Slot) (arg, bool) {
	p, ok := c.r.tree.Project.Parameter(s.File, s.Def, e)
	if !ok || !p.Def.Params[p.Index].Keywords {
		return arg{}, false
	}
	fr := c.env.frame(p.Def)
	if fr == nil {
		if len(c.r.flow.Calls(p.Def)) > 0 {
			c.want(need{def: p.Def})
		}
		return arg{}, false
	}
	for _, x := range fr.site.Args {
		if x.Spread {
			return arg{}, false
		}
		for _, a := range call.Args {
			if a.Slot == slot && slices.Contains(a.Names, x.Name) && x.Name != "" {
				return arg{Value: c.value(fr.site.Scope, x.Value), given: true, found: flow.Found{Scope: fr.site.Scope, Expr: x.Value, Arg: a}}, true
			}
		}
	}
	return arg{}, true
}

// carried looks in the objects that the call is given: parameters, properties, messages.
func (c *ctx) carried(s flow.Scope, call *library.Call, e *syntax.Expr, slot library.Slot, depth int) (arg, bool) {
	if depth > 3 {
		return arg{}, false
	}
	for _, a := range call.Args {
		if !a.Carries {
			continue
		}
		for _, f := range c.r.flow.Slots(s, call, e, a.Slot) {
			for _, x := range c.elements(f) {
				got, ok := c.record(x, slot, depth)
				if ok {
					return got, true
				}
			}
		}
	}
	return arg{}, false
}

// elements are the members of a list of parameters (pika tries one after the other), or
// the expression itself.
func (c *ctx) elements(f flow.Found) []flow.Found {
	if f.Expr.Kind != syntax.ListLit {
		return []flow.Found{f}
	}
	var out []flow.Found
	for _, a := range f.Expr.Args {
		out = append(out, flow.Found{Scope: f.Scope, Expr: a.Value, Arg: f.Arg})
	}
	return out
}

// record is a slot of an object that carries arguments.
func (c *ctx) record(f flow.Found, slot library.Slot, depth int) (arg, bool) {
	if f.Expr.Kind == syntax.NilLit {
		return arg{}, false
	}
	things := c.things(f.Scope, f.Expr)
	known := false
	for _, t := range things {
		if t.Form != flow.Object || t.Call == nil || t.Expr == nil || t.Kind != library.Options {
			continue
		}
		known = true
		got := c.argOf(t.At, t.Call, t.Expr, slot, depth+1)
		if got.given || got.open {
			got.record = true
			return got, true
		}
	}
	if known {
		return arg{}, false
	}
	// A delivery's own properties may be passed on.
	for _, t := range things {
		if t.Form == flow.Object && t.Kind == library.Props {
			return arg{open: true, why: "it has the properties of the delivery"}, carriesSlot(slot)
		}
		if t.Form == flow.Object && (t.Kind == library.Connection || t.Kind == library.Channel) {
			return arg{}, false
		}
	}
	return arg{open: true, why: "it is not known what its " + string(f.Arg.Slot) + " hold"}, carriesSlot(slot)
}

// carriesSlot says that a slot is one that objects carry; others are written in the call.
func carriesSlot(s library.Slot) bool {
	switch s {
	case library.Persistent, library.Expiration, library.Priority, library.MessageID, library.Headers, library.ReplyTo, library.ContentType,
		library.URL, library.Host, library.User, library.Password, library.VHost, library.Heartbeat, library.Blocked, library.TLS, library.Attempts:
		return true
	}
	return false
}

// inValue looks in an options object that is put together elsewhere.
func (c *ctx) inValue(s flow.Scope, e *syntax.Expr, a library.Arg) (arg, bool) {
	if a.In >= len(e.Args) || e.Args[a.In].Spread || e.Args[a.In].Name != "" {
		return arg{}, false
	}
	x := e.Args[a.In].Value
	switch x.Kind {
	case syntax.MapLit:
		for _, f := range x.Args {
			if f.Spread && c.value(s, f.Value).Kind != code.Map || f.Key != nil {
				return arg{open: true, why: "its options are not all written there"}, true
			}
		}
		v := c.value(s, x)
		return fromMap(v, a, s, x)
	case syntax.LambdaLit, syntax.NilLit, syntax.StringLit, syntax.Template:
		return arg{}, false
	}
	v := c.value(s, x)
	switch v.Kind {
	case code.Map:
		return fromMap(v, a, s, x)
	case code.String, code.Env, code.Template, code.Nil, code.List, code.Symbol:
		return arg{}, false
	}
	for _, t := range c.things(s, x) {
		if t.Form == flow.Function || t.Form == flow.Partial || t.Form == flow.Record {
			return arg{}, false
		}
	}
	if a.In == 0 {
		return arg{}, false // a URL that is not known, not an object
	}
	return arg{open: true, why: "its options are not written there"}, true
}

func fromMap(v code.Value, a library.Arg, s flow.Scope, x *syntax.Expr) (arg, bool) {
	for _, n := range a.Names {
		if got, ok := v.Get(n); ok {
			return arg{Value: got, given: true, found: flow.Found{Scope: s, Expr: x, Arg: a}}, true
		}
	}
	if v.Open {
		return arg{open: true, why: "its options are not all written there"}, true
	}
	return arg{}, false
}

// things is what an expression stands for, parameters taken from the environment.
func (c *ctx) things(s flow.Scope, e *syntax.Expr) []*flow.Thing {
	if e.Kind == syntax.Ident && c.env != nil {
		if p, ok := c.r.tree.Project.Parameter(s.File, s.Def, e); ok {
			if fr := c.env.frame(p.Def); fr != nil {
				if arg, _, ok := flow.ParamArg(p.Def, p.Index, fr.site.Args, fr.site.Skip); ok && c.depth < maxBinds {
					c.depth++
					defer func() { c.depth-- }()
					return c.things(fr.site.Scope, arg)
				}
			}
		}
	}
	return c.r.flow.Eval(s, e)
}
