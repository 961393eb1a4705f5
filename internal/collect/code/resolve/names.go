package resolve

import (
	"slices"
	"strings"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// name resolves a plain name through its bindings.
func (r *resolver) name(f *syntax.File, scope *syntax.Def, e *syntax.Expr) code.Value {
	b := r.p.lookup(f, scope, e.Text)
	if len(b) == 0 {
		return r.p.unresolved(f, scope, e, e.Text)
	}
	return r.bindings(f, scope, e, b)
}

// bindings is the value of a name that has these bindings: the value where it has one,
// a choice where it has several.
func (r *resolver) bindings(f *syntax.File, scope *syntax.Def, e *syntax.Expr, b []binding) code.Value {
	var values []code.Value
	for _, x := range b {
		values = append(values, r.binding(f, scope, e, x))
	}
	if len(values) > 8 {
		return r.p.unresolved(f, scope, e, "a name with many values")
	}
	return choice(values...)
}

func (r *resolver) binding(f *syntax.File, scope *syntax.Def, e *syntax.Expr, b binding) code.Value {
	switch {
	case b.value != nil && b.each:
		return r.element(f, scope, e, b)
	case b.value != nil:
		return r.apply(f, scope, e, b, r.value(b.file, b.scope, b.value))
	case b.param != nil:
		if v, ok := r.untouched(b); ok {
			return v
		}
		return r.p.unresolved(f, scope, e, "the parameter "+b.param.Name)
	case b.def != nil && e.Kind == syntax.Attr && isProperty(b.def):
		if v, ok := r.returned(b.def); ok {
			return v
		}
	case b.def != nil:
		return code.Value{Kind: code.Symbol, Text: b.def.Qualified}
	case b.imp != nil:
		return r.imported(f, scope, e, b.imp)
	}
	return r.p.unresolved(f, scope, e, e.Text)
}

func isProperty(d *syntax.Def) bool {
	return slices.ContainsFunc(d.Decorators, func(e *syntax.Expr) bool {
		name := e.Path()
		return name == "property" || strings.HasSuffix(name, "cached_property")
	})
}

// element is the value of a loop variable: one of the elements of a list, of the keys of a
// map in Python.
func (r *resolver) element(f *syntax.File, scope *syntax.Def, e *syntax.Expr, b binding) code.Value {
	over := r.value(b.file, b.scope, b.value)
	items := over.Items
	if over.Kind == code.Map && b.file.Lang == syntax.Python {
		for _, field := range over.Fields {
			items = append(items, code.Value{Kind: code.String, Text: field.Key, Origin: over.Origin})
		}
	} else if over.Kind != code.List {
		items = nil
	}
	if len(items) == 0 || over.Open {
		return r.p.unresolved(f, scope, e, "an element of "+r.source(b.file, b.value))
	}
	return choice(items...)
}

// imported follows an import to the project's module, else names what it stands for.
func (r *resolver) imported(f *syntax.File, scope *syntax.Def, e *syntax.Expr, im *syntax.Import) code.Value {
	if im.Name == "" || r.depth > maxDepth {
		return code.Value{Kind: code.Symbol, Text: im.Path}
	}
	r.depth++ // two modules can import a name from each other
	defer func() { r.depth-- }()
	if m := r.p.imports(f, im); m != nil {
		if b := r.p.member(m, im.Name); len(b) > 0 {
			return r.bindings(f, scope, e, b)
		}
	}
	return code.Value{Kind: code.Symbol, Text: im.Path}
}

// attr resolves x.name: an attribute of self, of a class, of a module, a key of a map, or
// something of a library.
func (r *resolver) attr(f *syntax.File, scope *syntax.Def, e *syntax.Expr) code.Value {
	if v, ok := r.environment(f, e); ok {
		return v
	}
	if c := r.p.ClassOf(f, scope, e.X); c != nil {
		if v, ok := r.settingsField(c, e.Text); ok {
			return v
		}
	}
	if e.Text == "name" && e.X.Kind == syntax.Attr && r.p.ClassOf(f, scope, e.X.X) != nil { // an enumeration's member
		if _, ok := r.p.attribute(f, scope, e.X); ok && f.Lang == syntax.Python {
			return code.Value{Kind: code.String, Text: e.X.Text}
		}
	}
	if b, ok := r.p.attribute(f, scope, e); ok {
		return r.bindings(f, scope, e, b)
	}
	if v, ok := r.setting(f, scope, e); ok {
		return v
	}
	x := r.value(f, scope, e.X)
	switch x.Kind {
	case code.Map:
		if v, ok := x.Get(e.Text); ok {
			return v
		}
	case code.Symbol:
		if e.Text == "value" {
			return x
		}
		return code.Value{Kind: code.Symbol, Text: x.Text + "." + e.Text}
	case code.String, code.Int:
		if e.Text == "value" { // a member of an enumeration
			return x
		}
	}
	if path := r.p.Path(f, scope, e); path != "" {
		return code.Value{Kind: code.Unresolved, Text: path}
	}
	return r.p.unresolved(f, scope, e, r.source(f, e))
}

// attribute finds the bindings of x.name where x is self, a class, a module of the project
// or an object of a project class.
func (p *Project) attribute(f *syntax.File, scope *syntax.Def, e *syntax.Expr) ([]binding, bool) {
	return p.attributeAt(f, scope, e, 0)
}

func (p *Project) attributeAt(f *syntax.File, scope *syntax.Def, e *syntax.Expr, depth int) ([]binding, bool) {
	if e.X == nil {
		return nil, false
	}
	if c := p.classAt(f, scope, e.X, depth); c != nil {
		if b := p.classAttr(c, e.Text, 0); len(b) > 0 {
			return b, true
		}
		return nil, false
	}
	if m := p.moduleOf(f, scope, e.X); m != nil {
		if b := p.member(m, e.Text); len(b) > 0 {
			return b, true
		}
	}
	return nil, false
}

// classAttr finds an attribute in a class or, failing that, its project superclasses.
func (p *Project) classAttr(d *syntax.Def, name string, depth int) []binding {
	c := p.classes[d]
	if c == nil || depth > 8 {
		return nil
	}
	if b := c.attrs[name]; len(b) > 0 {
		return b
	}
	for _, base := range d.Bases {
		if s := p.ClassOf(c.file, d.Parent, base); s != nil && s != d {
			if b := p.classAttr(s, name, depth+1); len(b) > 0 {
				return b
			}
		}
	}
	return nil
}

// ClassOf is the project class that an expression is, or is an object of: self, this, a
// class's name, Class(), a name or attribute that was assigned one, an annotated
// parameter. nil when it is none or not known.
func (p *Project) ClassOf(f *syntax.File, scope *syntax.Def, e *syntax.Expr) *syntax.Def {
	return p.classAt(f, scope, e, 0)
}

func (p *Project) classAt(f *syntax.File, scope *syntax.Def, e *syntax.Expr, depth int) *syntax.Def {
	if e == nil || depth > 8 {
		return nil
	}
	switch e.Kind {
	case syntax.Ident:
		if e.Text == "self" || e.Text == "this" || e.Text == "cls" {
			return enclosingClass(scope)
		}
		return p.classFrom(f, p.lookup(f, scope, e.Text), depth)
	case syntax.Attr:
		if c := p.classAt(f, scope, e.X, depth+1); c != nil {
			return p.classFrom(f, p.classAttr(c, e.Text, 0), depth)
		}
		if m := p.moduleOf(f, scope, e.X); m != nil {
			return p.classFrom(f, p.member(m, e.Text), depth)
		}
	case syntax.Call:
		d := p.defAt(f, scope, e.X, depth+1)
		if d != nil && d.Kind == syntax.Class {
			return d
		}
		if d != nil { // a function that makes one
			if last := len(d.Body) - 1; last >= 0 && d.Body[last].Kind == syntax.Return {
				return p.classAt(p.home[d], d, d.Body[last].Value, depth+1)
			}
		}
		if e.X.Path() == "super" {
			if c := enclosingClass(scope); c != nil && len(c.Bases) > 0 {
				return p.classAt(f, c.Parent, c.Bases[0], depth+1)
			}
		}
	case syntax.Await:
		return p.classAt(f, scope, e.X, depth+1)
	}
	return nil
}

// classFrom is the one class that bindings lead to.
func (p *Project) classFrom(f *syntax.File, bs []binding, depth int) *syntax.Def {
	if depth > 8 {
		return nil
	}
	var found *syntax.Def
	for _, b := range bs {
		var c *syntax.Def
		switch {
		case b.def != nil && b.param == nil && b.def.Kind == syntax.Class:
			c = b.def
		case b.value != nil && b.value.Kind == syntax.NilLit:
			continue
		case b.value != nil && !b.each:
			c = p.classAt(b.file, b.scope, b.value, depth+1)
		case b.param != nil && b.param.Type != "":
			t := strings.Trim(b.param.Type, `"' `)
			c = p.classFrom(b.file, p.lookup(b.file, b.scope, t), depth+1)
		case b.imp != nil && b.imp.Name != "":
			if m := p.imports(b.file, b.imp); m != nil {
				c = p.classFrom(m, p.member(m, b.imp.Name), depth+1)
			}
		}
		if c == nil || found != nil && found != c {
			return nil
		}
		found = c
	}
	return found
}

// moduleOf is the project's module that a name or dotted path stands for.
func (p *Project) moduleOf(f *syntax.File, scope *syntax.Def, e *syntax.Expr) *syntax.File {
	path := e.Path()
	if path == "" || strings.Contains(path, "(") {
		return nil
	}
	head, rest, _ := strings.Cut(path, ".")
	for _, b := range p.lookup(f, scope, head) {
		if b.imp == nil || ofLibrary(b.file, b.imp) {
			return nil
		}
		full := b.imp.Path
		if rest != "" {
			// "import a.b" binds a and names a.b
			full += "." + rest
			if m := p.Module(f, full); m != nil {
				return m
			}
			if b.imp.Local == head && strings.HasPrefix(b.imp.Module, head+".") {
				full = path
			}
		}
		if m := p.Module(f, full); m != nil {
			return m
		}
	}
	return nil
}
