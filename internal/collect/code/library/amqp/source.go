package amqp

import (
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// source follows an expression to where its value is written: through parameters of the
// environment, fields and names that are set once.
func (c *ctx) source(f flow.Found) flow.Found {
	for range maxBinds {
		for f.Expr.Kind == syntax.Await {
			f.Expr = f.Expr.X
		}
		next, ok := c.step(f)
		if !ok || next.Expr == f.Expr {
			return f
		}
		f.Scope, f.Expr = next.Scope, next.Expr
	}
	return f
}

func (c *ctx) step(f flow.Found) (flow.Found, bool) {
	switch f.Expr.Kind {
	case syntax.Ident:
		p, ok := c.r.tree.Project.Parameter(f.Scope.File, f.Scope.Def, f.Expr)
		if !ok {
			s, e, once := c.r.flow.Once(f.Scope, f.Expr.Text)
			return flow.Found{Scope: s, Expr: e}, once
		}
		fr := c.env.frame(p.Def)
		if fr == nil {
			if s, made := c.madeBy(p.Def); made {
				fr = &env{def: p.Def, site: s}
			}
		}
		if fr == nil {
			return f, false
		}
		arg, _, ok := flow.ParamArg(p.Def, p.Index, fr.site.Args, fr.site.Skip)
		return flow.Found{Scope: fr.site.Scope, Expr: arg}, ok
	case syntax.Attr:
		for _, t := range c.r.flow.Eval(f.Scope, f.Expr.X) {
			if t.Form == flow.Module {
				s, e, once := c.r.flow.Once(flow.Scope{File: t.File}, f.Expr.Text)
				return flow.Found{Scope: s, Expr: e}, once
			}
		}
		return c.fieldSource(f)
	}
	return f, false
}

// fieldSource follows a field of self that is set once.
func (c *ctx) fieldSource(f flow.Found) (flow.Found, bool) {
	var class *syntax.Def
	for _, t := range c.r.flow.Eval(f.Scope, f.Expr.X) {
		if t.Form != flow.Self && t.Form != flow.Instance || class != nil && class != t.Def {
			return f, false
		}
		class = t.Def
	}
	if class == nil {
		return f, false
	}
	own, _ := c.class(class)
	var found []flow.Assigned
	for _, x := range c.r.flow.Assigned(own, f.Expr.Text) {
		if x.Value != nil && x.Value.Kind != syntax.NilLit {
			found = append(found, x)
		}
	}
	if len(found) == 0 {
		found = c.r.flow.AssignedAbove(own, f.Expr.Text)
	}
	if len(found) != 1 {
		return f, false
	}
	return flow.Found{Scope: found[0].Scope, Expr: found[0].Value}, true
}

// through is the source of an argument where it is a parameter or a list that is named.
func (c *ctx) through(f flow.Found) flow.Found {
	s := c.source(f)
	s.Arg = f.Arg
	return s
}

// within runs do with the environment of a project function's call, where e is one that
// gives t: the names that t is made with are then those of the call.
func (c *ctx) within(f flow.Found, t *flow.Thing, do func()) {
	src := c.source(f)
	if src.Expr.Kind == syntax.Call && c.env.length() < 5 {
		for _, fn := range c.r.flow.Eval(src.Scope, src.Expr.X) {
			if fn.Form != flow.Function || c.env.frame(fn.Def) != nil || !gives(c.r.flow.Results(fn.Def), t) {
				continue
			}
			skip := 0
			if fn.Self != nil && fn.File.Lang == syntax.Python {
				skip = 1
			}
			outer := c.env
			c.env = &env{def: fn.Def, site: flow.CallSite{Scope: src.Scope, Call: src.Expr, Args: src.Expr.Args, Skip: skip, Recv: fn.Self}, up: outer}
			defer func() { c.env = outer }()
			break
		}
	}
	do()
}

func gives(things []*flow.Thing, t *flow.Thing) bool {
	for _, x := range things {
		if x == t {
			return true
		}
	}
	return false
}

// nameAt is the name of a queue or exchange object that an expression stands for.
func (c *ctx) nameAt(f flow.Found, t *flow.Thing) (n code.Name, ok bool) {
	// The needs of a name inside a helper are answered by its call.
	needs := c.needs
	c.within(f, t, func() { n, ok = c.thingName(t) })
	c.needs = needs
	return n, ok
}

// one is the single object of a kind among things; nil when there is none or several.
func one(things []*flow.Thing, kinds ...library.Kind) (found *flow.Thing, several bool) {
	for _, t := range things {
		if t.Form != flow.Object {
			continue
		}
		for _, k := range kinds {
			if t.Kind == k && t != found {
				if found != nil {
					return nil, true
				}
				found = t
			}
		}
	}
	return found, false
}
