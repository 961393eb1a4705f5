package flow

import (
	"context"
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
)

// maxVisits bounds how often one body is followed on average; nothing new has come out of
// real projects after eight times.
const maxVisits = 16

// Flow is what the names of a project stand for.
type Flow struct {
	names *names
	libs  []*library.Library

	things   map[key]*Thing
	vars     map[slot]*cell
	attrs    map[attr]*cell
	getting  map[attr]bool // getters that are being read
	results  map[*syntax.Def]*cell
	typed    map[slot]string // annotations
	classOf  map[*syntax.Def]*Thing
	subs     map[*syntax.Def][]*syntax.Def // classes by base
	owner    map[*syntax.Def]*Thing        // what this is in a function outside a class
	calls    map[*syntax.Def][]CallSite
	called   map[callKey]bool
	assigned map[attr][]Assigned
	noted    map[*syntax.Stmt]bool
	funcs    map[string]libCall // library functions by path

	lines   map[*syntax.Def][]*syntax.Def // lineages, once all is followed
	cache   map[evalKey]evaluated
	looking map[slot]bool // names being looked up
	growth  int           // how often a cell grew
	current *unit
	queue   []*unit
	// again: something changed that bodies look at without a cell: a class got a subclass.
	again bool
}

// unit is one body that is followed: a definition's, or a file's at module level.
type unit struct {
	scope  Scope
	queued bool
}

type libCall struct {
	lib  *library.Library
	call *library.Call
}

// attr is an attribute of a class, or of a function that makes objects.
type attr struct {
	def  *syntax.Def
	name string
}

type callKey struct {
	def  *syntax.Def
	expr *syntax.Expr
	with *Thing
}

// CallSite is a place where a project function is called.
type CallSite struct {
	Scope Scope
	Call  *syntax.Expr
	// Args are the arguments as the function gets them: those that a partial application
	// gave before come first, of Skip parameters nothing is known (self).
	Args []syntax.Arg
	Skip int
	// Recv is the object that the method is called on, nil when there is none or several.
	Recv *Thing
}

// New follows the project's names until nothing new comes out, or ctx ends.
func New(ctx context.Context, files []*syntax.File, libs []*library.Library) *Flow {
	f := &Flow{cache: map[evalKey]evaluated{}, looking: map[slot]bool{}, lines: map[*syntax.Def][]*syntax.Def{}, names: newNames(files), libs: libs, things: map[key]*Thing{}, vars: map[slot]*cell{}, attrs: map[attr]*cell{}, getting: map[attr]bool{},
		results: map[*syntax.Def]*cell{}, typed: map[slot]string{}, classOf: map[*syntax.Def]*Thing{},
		subs: map[*syntax.Def][]*syntax.Def{}, owner: map[*syntax.Def]*Thing{}, calls: map[*syntax.Def][]CallSite{},
		called: map[callKey]bool{}, assigned: map[attr][]Assigned{}, noted: map[*syntax.Stmt]bool{}, funcs: map[string]libCall{}}
	for _, l := range libs {
		for path, c := range l.Funcs {
			f.funcs[path] = libCall{l, c}
		}
	}
	f.solve(ctx, units(files))
	return f
}

func units(files []*syntax.File) []*unit {
	var out []*unit
	for _, file := range files {
		out = append(out, &unit{scope: Scope{File: file}})
		for _, d := range file.Defs {
			out = append(out, &unit{scope: Scope{file, d}})
		}
	}
	return out
}

// solve follows all bodies, then again those that look at something that changed.
func (f *Flow) solve(ctx context.Context, all []*unit) {
	left := maxVisits * len(all)
	for round := 0; round == 0 || f.again && round < 4; round++ {
		f.again = false
		for _, u := range all {
			f.enqueue(u)
		}
		for len(f.queue) > 0 && left > 0 && ctx.Err() == nil {
			u := f.queue[0]
			f.queue = f.queue[1:]
			u.queued = false
			f.current = u
			f.visit(u.scope)
			left--
		}
	}
	f.current, f.queue = nil, nil
	clear(f.cache)
}

func (f *Flow) enqueue(u *unit) {
	if !u.queued {
		u.queued = true
		f.queue = append(f.queue, u)
	}
}

func (f *Flow) visit(s Scope) {
	if s.Def != nil {
		f.def(s)
		return
	}
	f.block(s, s.File.Body)
	for _, x := range s.File.Exports {
		if x.Value != nil {
			f.add(f.export(s.File, x.Name), f.Eval(s, x.Value)...)
		}
	}
}

// watch notes that the body being followed looks at a cell.
func (f *Flow) watch(c *cell) *cell {
	if u := f.current; u != nil && !c.seen(u) {
		c.readers = append(c.readers, u)
	}
	return c
}

// def follows the body of one definition.
func (f *Flow) def(s Scope) {
	d := s.Def
	outer := Scope{s.File, d.Parent}
	for _, b := range d.Bases {
		for _, t := range f.Eval(outer, b) {
			if t.Form == Class && t.Def != d && !hasDef(f.subs[t.Def], d) {
				f.subs[t.Def] = append(f.subs[t.Def], d)
				f.again = true
			}
		}
	}
	for _, e := range d.Decorators {
		f.Eval(outer, e)
	}
	if d.Kind == syntax.Class {
		f.block(s, d.Body)
		f.mixin(s)
		return
	}
	for i := range d.Params {
		f.param(s, &d.Params[i])
	}
	f.block(s, d.Body)
}

func (f *Flow) param(s Scope, p *syntax.Param) {
	at := slot{s.File, s.Def, p.Name}
	if p.Type != "" {
		f.typed[at] = p.Type
	}
	if p.Default != nil {
		f.add(f.variable(at), f.Eval(Scope{s.File, s.Def.Parent}, p.Default)...)
	}
	if s.File.Lang == syntax.Python && s.Def.Parent != nil && s.Def.Parent.Kind == syntax.Class &&
		len(s.Def.Params) > 0 && p == &s.Def.Params[0] && !p.Rest && !isStatic(s.Def) {
		f.add(f.variable(at), f.thing(Thing{Form: Self, Def: s.Def.Parent, File: s.File}))
	}
	for i := range p.Fields {
		f.param(s, &p.Fields[i])
	}
}

func isStatic(d *syntax.Def) bool {
	for _, e := range d.Decorators {
		if e.Path() == "staticmethod" {
			return true
		}
	}
	return false
}

// mixin gives the methods of kombu's mixins what the library calls them with.
func (f *Flow) mixin(s Scope) {
	lib := f.libraryBase(s.Def, "kombu.mixins.")
	if lib == nil {
		return
	}
	for _, st := range s.Def.Body {
		if st.Kind != syntax.DefStmt || st.Def == nil || st.Def.Name != "get_consumers" || len(st.Def.Params) < 3 {
			continue
		}
		p := st.Def.Params
		f.add(f.variable(slot{s.File, st.Def, p[1].Name}), f.thing(Thing{Form: Object, Kind: library.Consumers, Lib: lib, Def: s.Def}))
		f.add(f.variable(slot{s.File, st.Def, p[2].Name}), f.thing(Thing{Form: Object, Kind: library.Channel, Lib: lib, Def: s.Def}))
	}
}

// libraryBase is the library of which the class, or a base of it, inherits a name that
// starts with prefix.
func (f *Flow) libraryBase(d *syntax.Def, prefix string) *library.Library {
	for _, path := range f.Inherits(d) {
		if strings.HasPrefix(path, prefix) {
			return f.owns(path)
		}
	}
	return nil
}

// owns is the library that a dotted path belongs to, nil when it is of none.
func (f *Flow) owns(path string) *library.Library {
	for _, l := range f.libs {
		for _, m := range l.Modules {
			if path == m || strings.HasPrefix(path, m+".") {
				return l
			}
		}
	}
	return nil
}

// Inherits are the names from outside the project that a class inherits, its own and
// those of its bases.
func (f *Flow) Inherits(d *syntax.Def) []string {
	var out []string
	for _, c := range f.lineage(d) {
		for _, b := range c.Bases {
			for _, t := range f.Eval(Scope{f.names.fileOf[c], c.Parent}, b) {
				if t.Form == Symbol {
					out = append(out, t.Path)
				}
			}
		}
	}
	return out
}

// lineage is a class and its project bases, itself first.
func (f *Flow) lineage(d *syntax.Def) []*syntax.Def {
	if out, ok := f.lines[d]; ok && f.current == nil {
		return out
	}
	out := f.trace(d)
	if f.current == nil {
		f.lines[d] = out
	}
	return out
}

func (f *Flow) trace(d *syntax.Def) []*syntax.Def {
	out := []*syntax.Def{d}
	for i := 0; i < len(out) && len(out) < 16; i++ {
		c := out[i]
		for _, b := range c.Bases {
			for _, t := range f.Eval(Scope{f.names.fileOf[c], c.Parent}, b) {
				if t.Form == Class && !hasDef(out, t.Def) {
					out = append(out, t.Def)
				}
			}
		}
	}
	return out
}

// below is the classes that inherit from d, nearest first.
func (f *Flow) below(d *syntax.Def) []*syntax.Def {
	var out []*syntax.Def
	out = append(out, f.subs[d]...)
	for i := 0; i < len(out) && len(out) < 32; i++ {
		for _, s := range f.subs[out[i]] {
			if !hasDef(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

func hasDef(list []*syntax.Def, d *syntax.Def) bool {
	for _, o := range list {
		if o == d {
			return true
		}
	}
	return false
}

func (f *Flow) variable(s slot) *cell {
	c := f.vars[s]
	if c == nil {
		c = &cell{}
		f.vars[s] = c
	}
	return f.watch(c)
}

func (f *Flow) attribute(d *syntax.Def, name string) *cell {
	k := attr{d, name}
	c := f.attrs[k]
	if c == nil {
		c = &cell{}
		f.attrs[k] = c
	}
	return f.watch(c)
}

func (f *Flow) result(d *syntax.Def) *cell {
	c := f.results[d]
	if c == nil {
		c = &cell{}
		f.results[d] = c
	}
	return f.watch(c)
}

// export is what a JavaScript module gives under a name.
func (f *Flow) export(file *syntax.File, name string) *cell {
	return f.variable(slot{file, nil, "exports." + name})
}
