package resolve

import (
	"slices"

	"qaudit/internal/collect/code/syntax"
)

// binding is one way in which a name gets its value.
type binding struct {
	file   *syntax.File
	scope  *syntax.Def // where the value's expression stands
	value  *syntax.Expr
	each   bool // the name takes the elements of value in turn: a loop variable
	param  *syntax.Param
	def    *syntax.Def // a definition of this name; for param the function
	imp    *syntax.Import
	opaque bool // an error's name, a destructured part: no expression

	block   int       // the run of statements that it stands in
	changes *[]change // what is put into the map or list that the name holds
}

type scope struct {
	names   map[string][]binding
	changes map[string]*[]change
}

func (s *scope) add(name string, b binding) {
	b.changes = changesOf(s.changes, name)
	s.names[name] = append(s.names[name], b)
}

// class is what is known of a class: its attributes, those of self, and its methods.
type class struct {
	def     *syntax.Def
	file    *syntax.File
	attrs   map[string][]binding
	changes map[string]*[]change
}

func (c *class) add(name string, b binding) {
	b.changes = changesOf(c.changes, name)
	c.attrs[name] = append(c.attrs[name], b)
}

func changesOf(m map[string]*[]change, name string) *[]change {
	if m[name] == nil {
		m[name] = new([]change)
	}
	return m[name]
}

func (p *Project) scopeOf(f *syntax.File, d *syntax.Def) *scope {
	k := scopeKey{f, d}
	s := p.scopes[k]
	if s == nil {
		s = &scope{names: map[string][]binding{}, changes: map[string]*[]change{}}
		p.scopes[k] = s
	}
	return s
}

func (p *Project) classOf(f *syntax.File, d *syntax.Def) *class {
	c := p.classes[d]
	if c == nil {
		c = &class{def: d, file: f, attrs: map[string][]binding{}, changes: map[string]*[]change{}}
		p.classes[d] = c
	}
	return c
}

// index records the names of a file.
func (p *Project) index(f *syntax.File) {
	for i := range f.Imports {
		im := &f.Imports[i]
		if im.Local != "" {
			p.scopeOf(f, im.Scope).add(im.Local, binding{file: f, scope: im.Scope, imp: im})
		}
	}
	declared := declarations(f)
	ix := indexer{p: p, f: f, declared: declared}
	ix.run(f.Body)
	for _, d := range f.Defs {
		ix.d = d
		if d.Kind == syntax.Class {
			p.classOf(f, d)
		}
		if d.Name != "" {
			b := binding{file: f, scope: d.Parent, def: d}
			if d.Parent != nil && d.Parent.Kind == syntax.Class {
				p.classOf(f, d.Parent).add(d.Name, b)
			} else {
				p.scopeOf(f, d.Parent).add(d.Name, b)
			}
		}
		for i := range d.Params {
			ix.param(&d.Params[i])
		}
		ix.run(d.Body)
	}
}

// declarations are the names that each scope of a JavaScript file declares: what is
// assigned elsewhere is meant where it is declared.
func declarations(f *syntax.File) map[*syntax.Def]map[string]bool {
	if f.Lang == syntax.Python {
		return nil
	}
	out := map[*syntax.Def]map[string]bool{}
	declare := func(d *syntax.Def, names ...string) {
		if out[d] == nil {
			out[d] = map[string]bool{}
		}
		for _, n := range names {
			out[d][n] = true
		}
	}
	for _, d := range append([]*syntax.Def{nil}, f.Defs...) {
		body := f.Body
		if d != nil {
			body = d.Body
			declare(d.Parent, d.Name)
			for i := range d.Params {
				declare(d, paramNames(&d.Params[i], nil)...)
			}
		}
		syntax.Inspect(body, func(s *syntax.Stmt) bool {
			if s.Declared {
				for _, t := range s.Targets {
					declare(d, targetNames(t, nil)...)
				}
			}
			return true
		}, nil)
	}
	return out
}

func paramNames(p *syntax.Param, out []string) []string {
	if len(p.Fields) == 0 {
		return append(out, p.Name)
	}
	for i := range p.Fields {
		out = paramNames(&p.Fields[i], out)
	}
	return out
}

func targetNames(t *syntax.Expr, out []string) []string {
	switch {
	case t == nil:
	case t.Kind == syntax.Ident:
		out = append(out, t.Text)
	case t.Kind == syntax.Bind:
		out = targetNames(t.X, out)
	case t.Kind == syntax.ListLit || t.Kind == syntax.MapLit:
		for _, a := range t.Args {
			out = targetNames(a.Value, out)
		}
	}
	return out
}

// indexer goes through the statements of one scope.
type indexer struct {
	p        *Project
	f        *syntax.File
	d        *syntax.Def
	declared map[*syntax.Def]map[string]bool
	block    int
}

func (ix *indexer) run(body []syntax.Stmt) { ix.branch(body) }

// branch goes through statements that run, or do not run, together.
func (ix *indexer) branch(body []syntax.Stmt) {
	outer := ix.block
	ix.p.blocks++
	ix.block = ix.p.blocks
	ix.stmts(body)
	ix.block = outer
}

func (ix *indexer) stmts(body []syntax.Stmt) {
	for i := range body {
		s := &body[i]
		ix.stmt(s)
		switch s.Kind {
		case syntax.If, syntax.Loop:
			ix.branch(s.Body)
			ix.branch(s.Else)
		default:
			ix.stmts(s.Body)
			ix.stmts(s.Else)
		}
		for _, h := range s.Handlers {
			ix.branch(h.Body)
		}
		ix.stmts(s.Finally)
	}
}

func (ix *indexer) stmt(s *syntax.Stmt) {
	switch s.Kind {
	case syntax.Assign:
		for _, t := range s.Targets {
			ix.assign(t, binding{value: s.Value}, s.Declared)
			ix.changed(t, s.Value)
		}
	case syntax.Loop:
		for _, t := range s.Targets {
			ix.assign(t, binding{value: s.Value, each: true}, s.Declared)
		}
	case syntax.With:
		for _, it := range s.Items {
			if it.As != nil {
				ix.assign(it.As, binding{value: it.Value}, true)
			}
		}
	case syntax.ExprStmt:
		ix.calls(s.Value)
	}
	for _, h := range s.Handlers {
		if h.Name != "" {
			ix.name(h.Name, binding{opaque: true}, true)
		}
	}
	s.Exprs(func(e *syntax.Expr) bool {
		if e.Kind == syntax.Bind && e.X != nil && e.X.Kind == syntax.Ident && s.Kind != syntax.Assign && s.Kind != syntax.Loop {
			ix.name(e.X.Text, binding{value: e.Y}, false)
		}
		return true
	})
}

func (ix *indexer) param(param *syntax.Param) {
	if len(param.Fields) == 0 {
		ix.p.scopeOf(ix.f, ix.d).add(param.Name, binding{file: ix.f, scope: ix.d, param: param, def: ix.d})
		return
	}
	for i := range param.Fields {
		ix.param(&param.Fields[i])
	}
}

// name records a binding of a plain name where the name belongs.
func (ix *indexer) name(name string, b binding, declared bool) {
	b.file, b.scope, b.block = ix.f, ix.d, ix.block
	if ix.d != nil && ix.d.Kind == syntax.Class {
		ix.p.classOf(ix.f, ix.d).add(name, b)
		return
	}
	ix.p.scopeOf(ix.f, ix.owner(name, declared)).add(name, b)
}

// owner is the scope that a name assigned here belongs to: this one, or one around it by
// global and nonlocal, or by the declaration in JavaScript.
func (ix *indexer) owner(name string, declared bool) *syntax.Def {
	if ix.d == nil || declared {
		return ix.d
	}
	if ix.declared == nil {
		if !slices.Contains(ix.d.Globals, name) {
			return ix.d
		}
		for at := ix.d.Parent; at != nil; at = at.Parent {
			if s := ix.p.scopes[scopeKey{ix.f, at}]; s != nil && len(s.names[name]) > 0 && at.Kind != syntax.Class {
				return at
			}
		}
		return nil
	}
	for at := ix.d; at != nil; at = at.Parent {
		if ix.declared[at][name] {
			return at
		}
	}
	return nil
}

// assign records one target of an assignment; a binding without value has no expression.
func (ix *indexer) assign(target *syntax.Expr, b binding, declared bool) {
	if required(b.value) && !b.each {
		return // require() is an import too, and bound as one
	}
	b.opaque = b.value == nil
	switch target.Kind {
	case syntax.Ident:
		ix.name(target.Text, b, declared)
	case syntax.Bind: // a pattern's part with a default
		if b.value != nil {
			b.value = &syntax.Expr{Kind: syntax.Binary, Text: "??", Span: target.Span, X: b.value, Y: target.Y}
		}
		ix.assign(target.X, b, declared)
	case syntax.Attr:
		if receiver(target.X) {
			if cd := enclosingClass(ix.d); cd != nil {
				b.file, b.scope, b.block = ix.f, ix.d, ix.block
				ix.p.classOf(ix.f, cd).add(target.Text, b)
			}
		}
	case syntax.ListLit, syntax.MapLit:
		for i, a := range target.Args {
			if a.Value != nil && a.Value.Kind != syntax.NilLit {
				ix.assign(a.Value, binding{value: part(target, i, b)}, declared)
			}
		}
	}
}

// part is the expression that the i-th part of a pattern takes, nil when it has none.
func part(pattern *syntax.Expr, i int, b binding) *syntax.Expr {
	a := pattern.Args[i]
	if b.value == nil || b.each || a.Spread {
		return nil
	}
	if pattern.Kind == syntax.MapLit { // const {a, b: c} = x
		if a.Name == "" {
			return nil
		}
		return &syntax.Expr{Kind: syntax.Attr, Span: a.Value.Span, X: b.value, Text: a.Name}
	}
	if b.value.Kind == syntax.ListLit && len(b.value.Args) == len(pattern.Args) && !slices.ContainsFunc(b.value.Args, func(a syntax.Arg) bool { return a.Spread }) {
		return b.value.Args[i].Value
	}
	return nil
}

// receiver says that an expression is the object that a method is called on.
func receiver(e *syntax.Expr) bool {
	return e != nil && e.Kind == syntax.Ident && (e.Text == "self" || e.Text == "this" || e.Text == "cls")
}

// required says that a value is require("…") or a member of it.
func required(e *syntax.Expr) bool {
	for e != nil && (e.Kind == syntax.Attr || e.Kind == syntax.Await) {
		e = e.X
	}
	return e != nil && e.Kind == syntax.Call && len(e.Args) == 1 && e.Args[0].Value != nil &&
		e.Args[0].Value.Kind == syntax.StringLit && e.X.Path() == "require"
}

func enclosingClass(d *syntax.Def) *syntax.Def {
	for ; d != nil; d = d.Parent {
		if d.Kind == syntax.Class {
			return d
		}
	}
	return nil
}
