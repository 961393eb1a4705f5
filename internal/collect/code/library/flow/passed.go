package flow

import (
	"strings"

	"qaudit/internal/collect/code/syntax"
)

// through are calls that give what they are given: asyncio.wait_for(x), Promise.all(xs),
// closing(x), stack.enter_async_context(x).
var through = map[string]bool{"wait_for": true, "shield": true, "ensure_future": true, "create_task": true,
	"run_until_complete": true, "run_coroutine_threadsafe": true, "gather": true, "closing": true, "aclosing": true,
	"enter_async_context": true, "enter_context": true, "all": true, "resolve": true, "race": true, "freeze": true,
	"cast": true, "next": true, "anext": true, "iter": true, "aiter": true, "list": true, "tuple": true, "sync": true,
	"run": true, "from": true, "await_": true, "map": true, "cycle": true, "proxy": true, "ref": true}

// takes are methods that give what is in a container, or what a future comes to.
var takes = map[string]bool{"get": true, "pop": true, "popleft": true, "values": true, "items": true, "shift": true,
	"first": true, "result": true, "at": true, "setdefault": true, "find": true, "filter": true, "next": true,
	"unwrap": true, "copy": true, "acquire": true, "entries": true}

// puts are methods that put their arguments in a container.
var puts = map[string]bool{"append": true, "push": true, "add": true, "set": true, "put": true, "put_nowait": true,
	"appendleft": true, "insert": true, "extend": true, "unshift": true, "setdefault": true, "update": true}

// each are methods that call a function with each element.
var each = map[string]bool{"forEach": true, "map": true, "filter": true, "find": true, "some": true, "every": true}

// passed is what a call that no table and no definition explains may give.
func (f *Flow) passed(s Scope, e *syntax.Expr, given []*Thing) []*Thing {
	if e.X == nil {
		return nil
	}
	name := e.X.Text
	if e.X.Kind == syntax.Ident {
		if through[name] {
			return given
		}
		return nil
	}
	if e.X.Kind != syntax.Attr {
		return nil
	}
	recv := f.Eval(s, e.X.X)
	var out []*Thing
	if through[name] && !isObject(recv) {
		out = join(out, given)
	}
	if puts[name] && len(given) > 0 && !isObject(recv) {
		f.bind(s, e.X.X, given, nil)
	}
	if takes[name] {
		out = join(out, f.contents(recv))
	}
	if each[name] && len(e.Args) > 0 {
		for _, fn := range f.Eval(s, e.Args[0].Value) {
			if fn.Form == Function {
				f.feed(fn.Def, 0, f.contents(recv))
				if name == "map" {
					out = join(out, f.result(fn.Def).things)
				}
			}
		}
	}
	if name == "get" || name == "resolve" {
		// app.get(Service): the container gives its object of the class.
		for _, t := range given {
			if t.Form == Class {
				out = join(out, []*Thing{f.Any(t.Def)})
			}
		}
	}
	switch name {
	case "bind":
		if len(e.Args) > 0 {
			out = join(out, f.partial(s, e, callable(recv), e.Args[1:]))
		}
	case "call":
		for _, t := range callable(recv) {
			if len(e.Args) > 0 {
				got, _ := f.apply(s, e, t, e.Args[1:], 0)
				out = join(out, got)
			}
		}
	}
	return out
}

func callable(things []*Thing) []*Thing {
	var out []*Thing
	for _, t := range things {
		if t.Form == Function || t.Form == Method || t.Form == Partial {
			out = append(out, t)
		}
	}
	return out
}

func isObject(things []*Thing) bool {
	for _, t := range things {
		if t.Form == Object || t.Form == Symbol && !isContainer(t.Path) {
			return true
		}
	}
	return false
}

// isContainer says that what a library makes under the path holds what is put in it.
func isContainer(path string) bool {
	for _, p := range []string{"asyncio", "Promise", "queue.", "collections.", "multiprocessing.Queue", "Queue."} {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// contents is what is in the things: the fields of a record, anything else itself.
func (f *Flow) contents(things []*Thing) []*Thing {
	var out []*Thing
	for _, t := range things {
		if t.Form != Record {
			out = join(out, []*Thing{t})
			continue
		}
		for _, n := range t.order {
			out = join(out, f.field(t, n).things)
		}
	}
	return out
}

// Spawn is a function that a call runs elsewhere.
type Spawn struct {
	Fns  []*Thing
	Args []syntax.Arg
	// Thread: in another thread or process; else as a task of the same loop, or later.
	Thread bool
	// Pooled: by a pool with a bound on how many run at once.
	Pooled bool
}

// Spawned reports whether a call runs a function in a thread, process or executor, or
// later, and which.
func (f *Flow) Spawned(s Scope, e *syntax.Expr) (Spawn, bool) {
	return f.SpawnedAs(s, e, f.Eval)
}

// SpawnedAs is Spawned where eval says what an expression stands for.
func (f *Flow) SpawnedAs(s Scope, e *syntax.Expr, eval func(Scope, *syntax.Expr) []*Thing) (Spawn, bool) {
	if e.Kind != syntax.Call || e.X == nil {
		return Spawn{}, false
	}
	return f.spawn(s, e, eval(s, e.X), eval)
}

func (f *Flow) spawn(s Scope, e *syntax.Expr, things []*Thing, eval func(Scope, *syntax.Expr) []*Thing) (Spawn, bool) {
	name := e.X.Text
	if e.X.Kind != syntax.Ident && e.X.Kind != syntax.Attr || isFollowed(things) {
		return Spawn{}, false
	}
	fn := func(i int) []*Thing {
		if v := positional(e, i); v != nil {
			return callable(eval(s, v))
		}
		return nil
	}
	rest := func(i int) []syntax.Arg {
		if i < len(e.Args) {
			return e.Args[i:]
		}
		return nil
	}
	switch name {
	case "Thread", "Process", "Timer", "Greenlet":
		sp := Spawn{Thread: true}
		for _, a := range e.Args {
			switch {
			case a.Name == "target" || a.Name == "function":
				sp.Fns = callable(eval(s, a.Value))
			case a.Name == "args" && a.Value.Kind == syntax.ListLit:
				sp.Args = append(sp.Args, a.Value.Args...)
			case a.Name == "kwargs" && a.Value.Kind == syntax.MapLit:
				sp.Args = append(sp.Args, a.Value.Args...)
			}
		}
		return sp, true
	case "submit", "apply_async", "spawn", "spawn_n", "start_new_thread", "callInThread", "deferToThread", "to_thread", "start_soon":
		fns := fn(0)
		if len(fns) == 0 {
			return Spawn{}, false
		}
		sp := Spawn{Fns: fns, Args: rest(1), Thread: name != "start_soon", Pooled: name == "submit" || name == "apply_async"}
		if name == "apply_async" || name == "start_new_thread" {
			if v := positional(e, 1); v != nil && v.Kind == syntax.ListLit {
				sp.Args = v.Args
			}
		}
		return sp, true
	case "run_in_executor":
		return Spawn{Fns: fn(1), Args: rest(2), Thread: true, Pooled: true}, true
	case "call_soon_threadsafe", "call_soon", "nextTick", "setImmediate", "queueMicrotask", "add_callback":
		return Spawn{Fns: fn(0), Args: rest(1)}, len(fn(0)) > 0
	case "setTimeout", "setInterval":
		return Spawn{Fns: fn(0), Args: rest(2)}, true
	}
	return Spawn{}, false
}

// isFollowed says that the callee is of the project or a table, so that its name alone
// tells nothing.
func isFollowed(things []*Thing) bool {
	for _, t := range things {
		if t.Form == Function || t.Form == Method {
			return true
		}
	}
	return false
}

// spawned follows the arguments of what a call runs elsewhere.
func (f *Flow) spawned(s Scope, e *syntax.Expr, things []*Thing) ([]*Thing, bool) {
	sp, ok := f.spawn(s, e, things, f.Eval)
	if !ok {
		return nil, false
	}
	var out []*Thing
	for _, t := range sp.Fns {
		got, _ := f.apply(s, e, t, sp.Args, 0)
		out = join(out, got)
	}
	return out, true
}
