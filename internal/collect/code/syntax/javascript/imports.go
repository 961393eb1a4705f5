package javascript

import (
	"path"
	"strings"

	"qaudit/internal/collect/code/syntax"
)

// module resolves what an import names: a relative path to one below the root, without
// extension; a package as it is.
func (w *lowering) module(spec string) (module string, relative bool) {
	spec = strings.TrimPrefix(spec, "node:")
	if spec != "." && spec != ".." && !strings.HasPrefix(spec, "./") && !strings.HasPrefix(spec, "../") {
		return spec, false
	}
	return Module(path.Join(path.Dir(w.File.Path), spec)), true
}

func (w *lowering) addImport(local, module, name string, relative bool, at syntax.Span) {
	im := syntax.Import{Local: local, Path: module, Module: module, Name: name,
		Relative: relative, Span: at, Scope: w.Def}
	if name != "" {
		im.Path += "." + name
	}
	w.File.Imports = append(w.File.Imports, im)
}

// imports lowers every form of import statement.
func (w *lowering) imports(n *node) {
	at := w.span(n)
	if r := n.Find("import_require_clause"); r != nil { // import fs = require('fs')
		module, rel := w.module(w.literal(r.Child("source")))
		w.addImport(w.text(r.FirstNamed()), module, "", rel, at)
		return
	}
	module, rel := w.module(w.literal(n.Child("source")))
	clause := n.Find("import_clause")
	if clause == nil {
		w.addImport("", module, "", rel, at)
		return
	}
	for _, c := range clause.NamedChildren() {
		switch c.Kind {
		case "identifier":
			w.addImport(w.text(c), module, "default", rel, w.span(c))
		case "namespace_import":
			w.addImport(w.text(c.FirstNamed()), module, "", rel, w.span(c))
		case "named_imports":
			for _, s := range c.NamedChildren() {
				if s.Kind != "import_specifier" {
					continue
				}
				name, local := specifier(w, s)
				w.addImport(local, module, name, rel, w.span(s))
			}
		}
	}
}

// specifier reads { name as alias } of imports and exports.
func specifier(w *lowering, n *node) (name, alias string) {
	name = strings.Trim(w.text(n.Child("name")), `"'`)
	if alias = strings.Trim(w.text(n.Child("alias")), `"'`); alias == "" {
		alias = name
	}
	return name, alias
}

// required enters const x = require('m'), const { a } = require('m') and the same of
// await import('m') as imports.
func (w *lowering) required(target, value *syntax.Expr, at syntax.Span) {
	name := ""
	v := value
	if v.Kind == syntax.Await {
		v = v.X
	}
	if v.Kind == syntax.Attr { // require('m').name
		v, name = v.X, v.Text
	}
	if v == nil || v.Kind != syntax.Call || len(v.Args) == 0 || v.Args[0].Value.Kind != syntax.StringLit {
		return
	}
	if p := v.X.Path(); p != "require" && p != "import" {
		return
	}
	module, rel := w.module(v.Args[0].Value.Text)
	switch {
	case target.Kind == syntax.Ident:
		w.addImport(target.Text, module, name, rel, at)
	case target.Kind == syntax.MapLit && name == "":
		for _, a := range target.Args {
			local := a.Value
			if local != nil && local.Kind == syntax.Bind {
				local = local.X
			}
			if a.Name != "" && local != nil && local.Kind == syntax.Ident {
				w.addImport(local.Text, module, a.Name, rel, at)
			}
		}
	}
}

// export lowers the declaration and notes what it gives to others.
func (w *lowering) export(out []syntax.Stmt, n *node) []syntax.Stmt {
	if src := n.Child("source"); src != nil {
		w.reexport(n, src)
		return out
	}
	isDefault := n.Has("default")
	if c := n.Find("export_clause"); c != nil {
		for _, s := range c.NamedChildren() {
			if s.Kind == "export_specifier" {
				name, alias := specifier(w, s)
				w.addExport(syntax.Export{Name: alias, Local: name})
			}
		}
		return out
	}
	if v := n.Child("value"); v != nil {
		return w.exportDefault(out, v)
	}
	d := n.Child("declaration")
	if d == nil { // export = x
		if v := n.FirstNamed(); v != nil {
			return w.exportDefault(out, v)
		}
		return out
	}
	from := len(out)
	out = w.declaration(out, n, d)
	for i := from; i < len(out); i++ {
		w.exported(&out[i], isDefault)
	}
	return out
}

// declaration lowers what export stands before; its decorators may stand before export.
func (w *lowering) declaration(out []syntax.Stmt, n, d *node) []syntax.Stmt {
	decorators := w.decorators(n)
	if len(decorators) == 0 || !strings.Contains(d.Kind, "class") {
		return w.stmt(out, d)
	}
	return append(out, syntax.Stmt{Kind: syntax.DefStmt, Span: w.span(n), Def: w.def(d, "", decorators)})
}

func (w *lowering) exported(s *syntax.Stmt, isDefault bool) {
	switch {
	case s.Kind == syntax.DefStmt && isDefault:
		w.addExport(syntax.Export{Name: "default", Local: s.Def.Name})
	case s.Kind == syntax.DefStmt:
		w.addExport(syntax.Export{Name: s.Def.Name, Local: s.Def.Name})
	case s.Kind == syntax.Assign || s.Kind == syntax.Declare:
		for _, t := range s.Targets {
			for _, name := range bound(t, nil) {
				w.addExport(syntax.Export{Name: name, Local: name})
			}
		}
	}
}

// bound appends the names that a target or pattern binds.
func bound(t *syntax.Expr, out []string) []string {
	switch {
	case t == nil:
	case t.Kind == syntax.Ident:
		out = append(out, t.Text)
	case t.Kind == syntax.Bind:
		out = bound(t.X, out)
	case t.Kind == syntax.ListLit || t.Kind == syntax.MapLit:
		for _, a := range t.Args {
			out = bound(a.Value, out)
		}
	}
	return out
}

// exportDefault keeps the value in the body, so that what it calls is seen.
func (w *lowering) exportDefault(out []syntax.Stmt, v *node) []syntax.Stmt {
	e := w.named(v, "default")
	w.addExport(syntax.Export{Name: "default", Value: e})
	return append(out, syntax.Stmt{Kind: syntax.ExprStmt, Span: w.span(v), Value: e})
}

func (w *lowering) reexport(n, src *node) {
	module, _ := w.module(w.literal(src))
	if c := n.Find("export_clause"); c != nil {
		for _, s := range c.NamedChildren() {
			if s.Kind == "export_specifier" {
				name, alias := specifier(w, s)
				w.addExport(syntax.Export{Name: alias, Local: name, Module: module})
			}
		}
		return
	}
	if ns := n.Find("namespace_export"); ns != nil {
		w.addExport(syntax.Export{Name: w.text(ns.FirstNamed()), Module: module})
		return
	}
	w.addExport(syntax.Export{Name: "*", Module: module})
}

func (w *lowering) addExport(e syntax.Export) { w.File.Exports = append(w.File.Exports, e) }
