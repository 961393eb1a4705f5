package flow

import (
	"bytes"
	"regexp"
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
)

// Eval is what an expression may stand for.
func (f *Flow) Eval(s Scope, e *syntax.Expr) []*Thing {
	if e == nil {
		return nil
	}
	switch e.Kind {
	case syntax.Call, syntax.Attr, syntax.Index, syntax.Await:
	default:
		return f.eval(s, e)
	}
	// A chain of calls asks for its receiver again and again: what was found stays while
	// no cell grows.
	k := evalKey{e, s.Def, f.current}
	if r, ok := f.cache[k]; ok && r.growth == f.growth {
		return r.things
	}
	out := f.eval(s, e)
	f.cache[k] = evaluated{f.growth, out}
	return out
}

// evalKey is an expression as the body that is being followed looks at it.
type evalKey struct {
	expr *syntax.Expr
	def  *syntax.Def
	by   *unit
}

// evaluated is what an expression stood for when so many cells had grown.
type evaluated struct {
	growth int
	things []*Thing
}

func (f *Flow) eval(s Scope, e *syntax.Expr) []*Thing {
	switch e.Kind {
	case syntax.Ident:
		return f.ident(s, e.Text)
	case syntax.Attr:
		return f.members(s, f.Eval(s, e.X), e.Text)
	case syntax.Index:
		return f.index(s, e)
	case syntax.Call:
		return f.call(s, e)
	case syntax.Await:
		return f.Eval(s, e.X)
	case syntax.Yield:
		things := f.Eval(s, e.X)
		f.add(f.result(s.Def), things...)
		return nil
	case syntax.Bind:
		things := f.Eval(s, e.Y)
		f.bind(s, e.X, things, e.Y)
		return things
	case syntax.LambdaLit:
		return []*Thing{f.defined(s.File, e.Def)}
	case syntax.MapLit:
		return f.record(s, e)
	case syntax.ListLit:
		var out []*Thing
		for _, a := range e.Args {
			out = join(out, f.Eval(s, a.Value))
		}
		return out
	case syntax.Comp:
		return f.comprehension(s, e)
	}
	return f.operator(s, e)
}

func (f *Flow) operator(s Scope, e *syntax.Expr) []*Thing {
	x := f.Eval(s, e.X)
	y := f.Eval(s, e.Y)
	var args []*Thing
	for _, a := range e.Args {
		args = join(args, f.Eval(s, a.Value))
	}
	switch {
	case e.Kind == syntax.Cond:
		return args
	case e.Kind == syntax.Binary && (e.Text == "||" || e.Text == "or" || e.Text == "??" || e.Text == "and" || e.Text == "&&"):
		return join(x, y)
	case e.Kind == syntax.Other:
		return args
	}
	return nil
}

func (f *Flow) comprehension(s Scope, e *syntax.Expr) []*Thing {
	for _, a := range e.Args {
		if a.Name == "for" {
			f.bindElement(s, a.Key, f.Eval(s, a.Value))
		}
	}
	if len(e.Args) == 0 {
		return nil
	}
	return f.Eval(s, e.Args[0].Value)
}

// record is an object or dict literal; its methods may say this.
func (f *Flow) record(s Scope, e *syntax.Expr) []*Thing {
	t := f.thing(Thing{Form: Record, Expr: e, At: s})
	for _, a := range e.Args {
		things := f.Eval(s, a.Value)
		name := a.Name
		if a.Spread || name == "" {
			name = "*"
		}
		f.add(f.field(t, name), things...)
		if a.Value != nil && a.Value.Kind == syntax.LambdaLit && !a.Spread {
			f.own(a.Value.Def, t)
		}
	}
	return []*Thing{t}
}

func (f *Flow) field(t *Thing, name string) *cell {
	if t.fields == nil {
		t.fields = map[string]*cell{}
	}
	c := t.fields[name]
	if c == nil {
		c = &cell{}
		t.fields[name] = c
		t.order = append(t.order, name)
	}
	return f.watch(c)
}

// this is what this stands for in a function.
func (f *Flow) this(s Scope) []*Thing {
	for d := s.Def; d != nil; d = d.Parent {
		if d.Parent != nil && d.Parent.Kind == syntax.Class {
			return []*Thing{f.thing(Thing{Form: Self, Def: d.Parent, File: s.File})}
		}
		if o := f.owner[d]; o != nil && !isArrow(s.File, d) {
			return []*Thing{o}
		}
		if d.Kind == syntax.Class {
			return []*Thing{f.thing(Thing{Form: Self, Def: d, File: s.File})}
		}
	}
	// A function that is called with new, or whose prototype has methods.
	for d := s.Def; d != nil && s.File.Lang != syntax.Python; d = d.Parent {
		if d.Kind == syntax.Function {
			return []*Thing{f.thing(Thing{Form: Self, Def: d, File: s.File})}
		}
	}
	return nil
}

// isArrow says that a lambda is an arrow function, whose this is that of the function
// around it. The tree does not tell; the source's first bytes do.
func isArrow(file *syntax.File, d *syntax.Def) bool {
	if d.Kind != syntax.Lambda || d.Span.Start >= len(file.Src) {
		return false
	}
	src := file.Src[d.Span.Start:min(d.Span.End, d.Span.Start+200, len(file.Src))]
	src = bytes.TrimLeft(bytes.TrimPrefix(src, []byte("async")), " \t\r\n")
	if len(src) > 0 && (src[0] == '(' || src[0] == '<') {
		return true
	}
	return arrowParam.Match(src)
}

var arrowParam = regexp.MustCompile(`^[\w$]+\s*=>`)

func (f *Flow) index(s Scope, e *syntax.Expr) []*Thing {
	things := f.Eval(s, e.X)
	var key *syntax.Expr
	if len(e.Args) > 0 {
		key = e.Args[0].Value
		f.Eval(s, key)
	}
	var out []*Thing
	for _, t := range things {
		switch {
		case t.Form == Record && key != nil && key.Kind == syntax.StringLit:
			out = join(out, f.member(t, key.Text))
		case t.Form == Record:
			for _, n := range t.order {
				out = join(out, f.field(t, n).things)
			}
		case t.Form == Symbol:
			out = append(out, f.thing(Thing{Form: Symbol, Path: t.Path + "[]"}))
		case t.Form == Object && t.Kind == library.Deliveries && key != nil && key.Kind == syntax.IntLit:
			out = join(out, f.nth([]*Thing{t}, int(key.Int)))
		default:
			out = append(out, t)
		}
	}
	return out
}

// ofType is an object of an annotated type of a library, or any object of a project class.
func (f *Flow) ofType(file *syntax.File, d *syntax.Def, typ string) []*Thing {
	for _, name := range typeNames(typ) {
		first, rest, dotted := strings.Cut(name, ".")
		outer := Scope{File: file}
		if d != nil {
			outer.Def = d.Parent
		}
		at, ok := f.names.scopeOf(file, outer.Def, first)
		if !ok || at.def == d && d != nil {
			continue
		}
		var things []*Thing
		for _, im := range f.names.imports[at] {
			things = join(things, f.imported(file, im))
		}
		if len(things) == 0 {
			things = f.variable(at).things
		}
		for _, t := range things {
			path := t.Path
			if dotted && t.Form == Symbol {
				path += "." + rest
			}
			if t.Form == Symbol {
				for _, l := range f.libs {
					if k := l.Types[path]; k != "" {
						return []*Thing{f.thing(Thing{Form: Object, Kind: k, Lib: l, Path: "any"})}
					}
				}
			}
			if t.Form == Class && !dotted {
				return []*Thing{f.thing(Thing{Form: Self, Def: t.Def, File: t.File})}
			}
		}
	}
	return nil
}

// typeNames are the dotted names in a type annotation.
func typeNames(typ string) []string {
	if typ == "" {
		return nil
	}
	return strings.FieldsFunc(typ, func(r rune) bool {
		return !(r == '.' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
}
