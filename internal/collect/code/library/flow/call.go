package flow

import (
	"path"
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
)

// call is what a call gives; on the way its arguments reach the parameters of the project
// functions that it may run.
func (f *Flow) call(s Scope, e *syntax.Expr) []*Thing {
	if out, ok := f.promise(s, e); ok {
		return out
	}
	if e.X != nil && e.X.Kind == syntax.Ident && e.X.Text == "super" {
		return f.super(s, e)
	}
	if out, ok := f.required(s, e); ok {
		return out
	}
	things := f.Eval(s, e.X)
	var given []*Thing
	for _, a := range e.Args {
		given = join(given, f.Eval(s, a.Value))
	}
	if out, ok := f.spawned(s, e, things); ok {
		return out
	}
	var out []*Thing
	known := false
	for _, t := range things {
		got, ok := f.apply(s, e, t, e.Args, 0)
		out = join(out, got)
		known = known || ok
	}
	if !known {
		out = join(out, f.passed(s, e, given))
	}
	return out
}

// required is require("m") or import("m") inside an expression.
func (f *Flow) required(s Scope, e *syntax.Expr) ([]*Thing, bool) {
	if s.File.Lang == syntax.Python || e.X == nil || e.X.Kind != syntax.Ident || e.X.Text != "require" && e.X.Text != "import" ||
		len(e.Args) != 1 || e.Args[0].Value == nil || e.Args[0].Value.Kind != syntax.StringLit {
		return nil, false
	}
	spec := strings.TrimPrefix(e.Args[0].Value.Text, "node:")
	im := syntax.Import{Module: spec, Path: spec}
	if strings.HasPrefix(spec, ".") {
		im.Module = path.Join(path.Dir(s.File.Path), spec)
		im.Module = strings.TrimSuffix(strings.TrimSuffix(im.Module, ".js"), ".ts")
		im.Path, im.Relative = im.Module, true
	}
	return f.imported(s.File, im), true
}

// super is super() of Python, and super(…) of JavaScript, which runs the base's
// constructor.
func (f *Flow) super(s Scope, e *syntax.Expr) []*Thing {
	supers := f.ident(s, "super")
	if s.File.Lang == syntax.Python {
		return supers
	}
	for _, a := range e.Args {
		f.Eval(s, a.Value)
	}
	for _, t := range supers {
		for _, m := range f.member(t, "constructor") {
			f.apply(s, e, m, e.Args, 0)
		}
	}
	return nil
}

// promise follows p.then(f), p.catch(f) and p.finally(f).
func (f *Flow) promise(s Scope, e *syntax.Expr) ([]*Thing, bool) {
	if e.X == nil || e.X.Kind != syntax.Attr || s.File.Lang == syntax.Python {
		return nil, false
	}
	switch e.X.Text {
	case "then", "catch", "finally":
	default:
		return nil, false
	}
	base := f.Eval(s, e.X.X)
	var out []*Thing
	if e.X.Text != "then" {
		out = base
	}
	for i, a := range e.Args {
		for _, fn := range f.Eval(s, a.Value) {
			if fn.Form == Function {
				if i == 0 && e.X.Text == "then" {
					f.feed(fn.Def, 0, base)
				}
				out = join(out, f.result(fn.Def).things)
			}
		}
	}
	return out, true
}

// apply runs one thing with arguments, skip of which it already has. ok is false when it
// is nothing that can be followed.
func (f *Flow) apply(s Scope, e *syntax.Expr, t *Thing, args []syntax.Arg, skip int) (out []*Thing, ok bool) {
	switch t.Form {
	case Function:
		return f.run(s, e, t, args), true
	case Class:
		if lc := f.libraryClass(t.Def); lc.call != nil {
			return f.libraryCall(s, e, lc.lib, lc.call, nil), true
		}
		return f.construct(s, e, t, args), true
	case Instance, Self:
		for _, m := range f.member(t, "__call__") {
			got, _ := f.apply(s, e, m, args, skip)
			out, ok = join(out, got), true
		}
		return out, ok
	case Partial:
		return f.apply(s, e, t.Inner, append(append([]syntax.Arg{}, t.Args...), args...), skip)
	case Symbol:
		return f.symbol(s, e, t, args)
	case Method:
		return f.method(s, e, t), true
	case Object:
		if _, c := t.Lib.Method(t.Kind, "()"); c != nil {
			return f.libraryCall(s, e, t.Lib, c, t), true
		}
		if _, c := t.Lib.Method(t.Kind, "__call__"); c != nil {
			return []*Thing{t}, true
		}
	case Super:
		return []*Thing{t}, true
	}
	return nil, false
}

// run calls a project function.
func (f *Flow) run(s Scope, e *syntax.Expr, t *Thing, args []syntax.Arg) []*Thing {
	d := t.Def
	skip := 0
	if t.Self != nil && t.File.Lang == syntax.Python && !isStatic(d) {
		skip = 1
	}
	if t.Self == nil && e.New { // new F()
		self := f.thing(Thing{Form: Instance, Def: d, File: t.File, Expr: e, At: s})
		f.site(d, s, e, args, 0, self)
		f.bindArgs(s, d, args, 0)
		return []*Thing{self}
	}
	f.site(d, s, e, args, skip, t.Self)
	f.bindArgs(s, d, args, skip)
	return f.result(d).things
}

// construct makes an object of a project class.
func (f *Flow) construct(s Scope, e *syntax.Expr, t *Thing, args []syntax.Arg) []*Thing {
	self := f.thing(Thing{Form: Instance, Def: t.Def, File: t.File, Expr: e, At: s})
	for _, name := range []string{"__init__", "constructor", "__new__"} {
		for _, c := range f.lineage(t.Def) {
			found := false
			for _, m := range f.attribute(c, name).things {
				if m.Form != Function {
					continue
				}
				skip := 0
				if t.File.Lang == syntax.Python {
					skip = 1
				}
				f.site(m.Def, s, e, args, skip, self)
				f.bindArgs(s, m.Def, args, skip)
				found = true
			}
			if found {
				break
			}
		}
	}
	return []*Thing{self}
}

// libraryClass is the class of a library that a project class stands for: one that it
// inherits without a constructor of its own.
func (f *Flow) libraryClass(d *syntax.Def) libCall {
	for _, path := range f.Inherits(d) {
		lc, ok := f.funcs[path]
		if !ok || lc.call.Gives == "" {
			continue
		}
		for _, c := range f.lineage(d) {
			for _, name := range []string{"__init__", "constructor", "__new__"} {
				if len(f.attribute(c, name).things) > 0 {
					return libCall{}
				}
			}
		}
		return lc
	}
	return libCall{}
}

// method runs a method of a library's object.
func (f *Flow) method(s Scope, e *syntax.Expr, t *Thing) []*Thing {
	if t.From.Kind == library.Pool && t.Path == "acquire" {
		return f.acquired(t.From)
	}
	return f.libraryCall(s, e, t.Lib, f.Shape(s, t.Call, e), t.From)
}

// Shape is the form of a call: the older one where the call itself shows it.
func (f *Flow) Shape(s Scope, c *library.Call, e *syntax.Expr) *library.Call {
	if c.Old == nil {
		return c
	}
	for _, a := range e.Args {
		for _, n := range c.OldNames {
			if a.Name == n {
				return c.Old
			}
		}
	}
	if isCallable(f, s, positional(e, 0)) {
		return c.Old
	}
	return c
}

// acquired is what a pool holds.
func (f *Flow) acquired(pool *Thing) []*Thing {
	var out []*Thing
	if pool.Call != nil && pool.Expr != nil {
		for _, v := range f.Slots(pool.At, pool.Call, pool.Expr, library.Function) {
			for _, fn := range f.Eval(v.Scope, v.Expr) {
				if fn.Form == Function {
					out = join(out, f.result(fn.Def).things)
				}
			}
		}
		return out
	}
	if pool.From != nil && pool.From.Kind == library.Connection {
		return []*Thing{pool.From}
	}
	return nil
}

// libraryCall is a call that a table knows.
func (f *Flow) libraryCall(s Scope, e *syntax.Expr, lib *library.Library, c *library.Call, recv *Thing) []*Thing {
	var made *Thing
	from := recv
	if recv != nil && recv.Kind != library.Connection && recv.Kind != library.Channel && c.Act == library.Consume {
		from = recv.From // the channel of a queue
	}
	if from == nil && (c.Gives == library.Consumer || c.Gives == library.Producer) {
		from = f.carrier(s, e, c)
	}
	if recv != nil && recv.Kind == library.Context && c.Gives != "" {
		// The message and channel that Nest's context holds are those of the handler.
		return []*Thing{f.thing(Thing{Form: Object, Kind: c.Gives, Lib: lib, Path: "any"})}
	}
	if recv != nil && c.Gives == recv.Kind && c.Act == library.NoAct && recv.Kind != library.Pool {
		made = recv // conn.clone(), queue.bind(channel)
	} else if c.Gives != "" {
		made = f.thing(Thing{Form: Object, Kind: c.Gives, Lib: lib, Call: c, Expr: e, At: s, From: from})
	}
	for _, called := range c.Calls {
		f.callback(s, e, c, called, made, from, lib)
	}
	if made == nil {
		return nil
	}
	return []*Thing{made}
}

// carrier is the channel or connection that a consumer or producer is given.
func (f *Flow) carrier(s Scope, e *syntax.Expr, c *library.Call) *Thing {
	for _, v := range f.Slots(s, c, e, library.Parameters) {
		for _, t := range f.Eval(v.Scope, v.Expr) {
			if t.Form == Object && (t.Kind == library.Channel || t.Kind == library.Connection) {
				return t
			}
		}
	}
	return nil
}

// callback gives the parameters of a function that a library calls what they are.
func (f *Flow) callback(s Scope, e *syntax.Expr, c *library.Call, called library.Called, made, from *Thing, lib *library.Library) {
	for _, v := range f.Slots(s, c, e, called.Slot) {
		for _, fn := range f.Eval(v.Scope, v.Expr) {
			f.fire(fn, called.Kinds, nil, 0, func(k library.Kind) *Thing {
				switch {
				case made != nil && made.Kind == k:
					return made
				case from != nil && from.Kind == k:
					return from
				}
				return f.thing(Thing{Form: Object, Kind: k, Lib: lib, Expr: e, At: s, From: from, Call: c})
			})
		}
	}
}

// fire runs a callback with values of the given kinds behind the arguments it already has.
func (f *Flow) fire(fn *Thing, kinds []library.Kind, before []syntax.Arg, depth int, make func(library.Kind) *Thing) {
	switch fn.Form {
	case Partial:
		if depth < 3 {
			f.fire(fn.Inner, kinds, append(append([]syntax.Arg{}, fn.Args...), before...), depth+1, make)
			f.bindArgs(fn.At, funcOf(fn.Inner), fn.Args, skipOf(fn.Inner))
		}
	case Function:
		pos := skipOf(fn)
		for _, a := range before {
			if a.Name == "" && !a.Spread {
				pos++
			}
		}
		for i, k := range kinds {
			if k != "" {
				f.feed(fn.Def, pos+i, []*Thing{make(k)})
			}
		}
	case Instance, Self:
		for _, m := range f.member(fn, "__call__") {
			if m.Form == Function {
				f.fire(m, kinds, before, depth+1, make)
			}
		}
	}
}

func funcOf(t *Thing) *syntax.Def {
	if t.Form == Function {
		return t.Def
	}
	return &syntax.Def{}
}

// Skip is how many parameters of a function its arguments do not give: the object that a
// Python method is bound to.
func Skip(t *Thing) int { return skipOf(t) }

func skipOf(t *Thing) int {
	if t.Form == Function && t.Self != nil && t.File.Lang == syntax.Python && !isStatic(t.Def) {
		return 1
	}
	return 0
}

// symbol is a call of a name from outside the project.
func (f *Flow) symbol(s Scope, e *syntax.Expr, t *Thing, args []syntax.Arg) ([]*Thing, bool) {
	if lc, ok := f.funcs[t.Path]; ok {
		return f.libraryCall(s, e, lc.lib, lc.call, nil), true
	}
	switch {
	case t.Path == "functools.partial" && len(args) > 0:
		return f.partial(s, e, f.Eval(s, args[0].Value), args[1:]), true
	case strings.HasPrefix(t.Path, "kombu.pools.producers[]"):
		return f.pooled(s, e, t, library.Producer), true
	case strings.HasPrefix(t.Path, "kombu.pools.connections[]"):
		return f.pooled(s, e, t, library.Connection), true
	}
	if strings.Count(t.Path, "()") < 3 && !strings.HasPrefix(t.Path, "asyncio") && !strings.HasPrefix(t.Path, "Promise") && t.Path != "require" {
		// An object of a library that no table has; its methods are named after it.
		return []*Thing{f.thing(Thing{Form: Symbol, Path: t.Path + "()"})}, false
	}
	return nil, false
}

func (f *Flow) pooled(s Scope, e *syntax.Expr, t *Thing, k library.Kind) []*Thing {
	lib := f.owns(t.Path)
	if lib == nil || !strings.HasSuffix(t.Path, ".acquire") {
		return nil
	}
	return []*Thing{f.thing(Thing{Form: Object, Kind: k, Lib: lib, Expr: e, At: s})}
}

func (f *Flow) partial(s Scope, e *syntax.Expr, fns []*Thing, args []syntax.Arg) []*Thing {
	var out []*Thing
	for _, fn := range fns {
		out = append(out, f.thing(Thing{Form: Partial, Inner: fn, Args: args, Expr: e, At: s}))
	}
	return out
}
