package resolve

import (
	"qaudit/internal/collect/code/syntax"
)

// binding is one way in which a name gets its value.
type binding struct {
	file   *syntax.File
	scope  *syntax.Def // where the value's expression stands
	value  *syntax.Expr
	param  *syntax.Param
	def    *syntax.Def // a definition of this name; for param the function
	imp    *syntax.Import
	opaque bool // a loop variable, a with target, a destructured part: no expression
}

type scope struct {
	names map[string][]binding
}

// class is what is known of a class: its attributes, those of self, and its methods.
type class struct {
	def   *syntax.Def
	file  *syntax.File
	attrs map[string][]binding
}

func (p *Project) scopeOf(f *syntax.File, d *syntax.Def) *scope {
	k := scopeKey{f, d}
	s := p.scopes[k]
	if s == nil {
		s = &scope{names: map[string][]binding{}}
		p.scopes[k] = s
	}
	return s
}

func (p *Project) classOf(f *syntax.File, d *syntax.Def) *class {
	c := p.classes[d]
	if c == nil {
		c = &class{def: d, file: f, attrs: map[string][]binding{}}
		p.classes[d] = c
	}
	return c
}

// index records the names of a file.
func (p *Project) index(f *syntax.File) {
	for i := range f.Imports {
		im := &f.Imports[i]
		if im.Local != "" {
			s := p.scopeOf(f, im.Scope)
			s.names[im.Local] = append(s.names[im.Local], binding{file: f, scope: im.Scope, imp: im})
		}
	}
	p.indexBody(f, nil, f.Body)
	for _, d := range f.Defs {
		if d.Name != "" {
			if d.Parent != nil && d.Parent.Kind == syntax.Class {
				c := p.classOf(f, d.Parent)
				c.attrs[d.Name] = append(c.attrs[d.Name], binding{file: f, scope: d.Parent, def: d})
			} else {
				s := p.scopeOf(f, d.Parent)
				s.names[d.Name] = append(s.names[d.Name], binding{file: f, scope: d.Parent, def: d})
			}
		}
		s := p.scopeOf(f, d)
		for i := range d.Params {
			p.indexParam(f, d, s, &d.Params[i])
		}
		p.indexBody(f, d, d.Body)
	}
}

func (p *Project) indexParam(f *syntax.File, d *syntax.Def, s *scope, param *syntax.Param) {
	if len(param.Fields) == 0 {
		s.names[param.Name] = append(s.names[param.Name], binding{file: f, scope: d, param: param, def: d})
		return
	}
	for i := range param.Fields {
		n := param.Fields[i].Name
		s.names[n] = append(s.names[n], binding{file: f, scope: d, opaque: true})
	}
}

func (p *Project) indexBody(f *syntax.File, d *syntax.Def, body []syntax.Stmt) {
	syntax.Inspect(body, func(s *syntax.Stmt) bool {
		switch s.Kind {
		case syntax.Assign:
			for _, t := range s.Targets {
				p.assign(f, d, t, s.Value)
			}
		case syntax.Loop:
			for _, t := range s.Targets {
				p.assign(f, d, t, nil)
			}
		case syntax.With:
			for _, it := range s.Items {
				if it.As != nil {
					p.assign(f, d, it.As, it.Value)
				}
			}
		}
		for _, h := range s.Handlers {
			if h.Name != "" {
				sc := p.scopeOf(f, d)
				sc.names[h.Name] = append(sc.names[h.Name], binding{file: f, scope: d, opaque: true})
			}
		}
		return true
	}, nil)
}

// assign records one target of an assignment; value is nil for what has no expression.
func (p *Project) assign(f *syntax.File, d *syntax.Def, target, value *syntax.Expr) {
	if required(value) {
		return // require() is an import too, and bound as one
	}
	b := binding{file: f, scope: d, value: value, opaque: value == nil}
	switch target.Kind {
	case syntax.Ident:
		if d != nil && d.Kind == syntax.Class {
			c := p.classOf(f, d)
			c.attrs[target.Text] = append(c.attrs[target.Text], b)
			return
		}
		s := p.scopeOf(f, d)
		s.names[target.Text] = append(s.names[target.Text], b)
	case syntax.Bind: // a pattern's part with a default
		p.assign(f, d, target.X, nil)
	case syntax.Attr:
		if target.X != nil && target.X.Kind == syntax.Ident && (target.X.Text == "self" || target.X.Text == "this" || target.X.Text == "cls") {
			if cd := enclosingClass(d); cd != nil {
				c := p.classOf(f, cd)
				c.attrs[target.Text] = append(c.attrs[target.Text], b)
			}
		}
	case syntax.ListLit:
		for i, a := range target.Args {
			var part *syntax.Expr
			if value != nil && value.Kind == syntax.ListLit && len(value.Args) == len(target.Args) {
				part = value.Args[i].Value
			}
			if a.Value != nil {
				p.assign(f, d, a.Value, part)
			}
		}
	case syntax.MapLit: // const {a, b: c} = x
		for _, a := range target.Args {
			if a.Value == nil || a.Value.Kind != syntax.Ident {
				continue
			}
			var part *syntax.Expr
			if value != nil && a.Name != "" && !a.Spread {
				part = &syntax.Expr{Kind: syntax.Attr, Span: a.Value.Span, X: value, Text: a.Name}
			}
			p.assign(f, d, a.Value, part)
		}
	}
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

// lookup finds the bindings of a name as seen from a scope: the innermost function that
// binds it, else the module. Class bodies are seen only from within themselves.
func (p *Project) lookup(f *syntax.File, d *syntax.Def, name string) []binding {
	for at := d; at != nil; at = at.Parent {
		if at.Kind == syntax.Class {
			if at == d {
				if c := p.classes[at]; c != nil && len(c.attrs[name]) > 0 {
					return c.attrs[name]
				}
			}
			continue
		}
		if s := p.scopes[scopeKey{f, at}]; s != nil && len(s.names[name]) > 0 {
			return s.names[name]
		}
	}
	if s := p.scopes[scopeKey{f, nil}]; s != nil && len(s.names[name]) > 0 {
		return s.names[name]
	}
	return p.starred(f, name)
}

// starred looks a name up in the project's modules that a file imports whole.
func (p *Project) starred(f *syntax.File, name string) []binding {
	for _, im := range f.Imports {
		if !im.Star {
			continue
		}
		if m := p.imports(f, &im); m != nil && m != f {
			if s := p.scopes[scopeKey{m, nil}]; s != nil && len(s.names[name]) > 0 {
				return s.names[name]
			}
		}
	}
	return nil
}

// member finds the bindings of a module's exported name.
func (p *Project) member(m *syntax.File, name string) []binding {
	if s := p.scopes[scopeKey{m, nil}]; s != nil && len(s.names[name]) > 0 {
		return s.names[name]
	}
	if b := p.exported(m, name); b != nil {
		return b
	}
	return p.starred(m, name)
}

// exported finds what a JS module gives under a name: export statements, exports.name = …,
// module.exports = {name: …}.
func (p *Project) exported(m *syntax.File, name string) []binding {
	var out []binding
	for _, x := range m.Exports {
		switch {
		case x.Name != name && x.Name != "*":
		case x.Module != "":
			to := p.Module(m, x.Module)
			if to == nil || to == m {
				continue
			}
			switch {
			case x.Name == "*":
				out = append(out, p.member(to, name)...)
			case x.Local != "":
				out = append(out, p.member(to, x.Local)...)
			}
		case x.Value != nil:
			out = append(out, binding{file: m, value: x.Value})
		case x.Local != "" && x.Local != name:
			if s := p.scopes[scopeKey{m, nil}]; s != nil {
				out = append(out, s.names[x.Local]...)
			}
		}
	}
	if m.Lang == syntax.Python || len(out) > 0 {
		return out
	}
	syntax.Inspect(m.Body, func(s *syntax.Stmt) bool {
		if s.Kind != syntax.Assign {
			return true
		}
		for _, t := range s.Targets {
			switch t.Path() {
			case "module.exports." + name, "exports." + name:
				out = append(out, binding{file: m, value: s.Value})
			case "module.exports":
				if name == "default" {
					out = append(out, binding{file: m, value: s.Value})
				} else if s.Value != nil && s.Value.Kind == syntax.MapLit {
					for _, a := range s.Value.Args {
						if a.Name == name {
							out = append(out, binding{file: m, value: a.Value})
						}
					}
				}
			}
		}
		return true
	}, nil)
	return out
}
