package python

import (
	"strings"

	"qaudit/internal/collect/code/syntax"
)

func (w *lowering) imports(n *node) {
	switch n.Kind {
	case "import_statement":
		for c := n.First; c != nil; c = c.Next {
			if c.Field == "name" {
				w.importModule(c)
			}
		}
	case "import_from_statement":
		w.importFrom(n)
	}
}

// importModule lowers import a.b and import a.b as c. Without an alias only the first
// name is bound.
func (w *lowering) importModule(n *node) {
	im := syntax.Import{Span: w.span(n), Scope: w.Def}
	if n.Kind == "aliased_import" {
		im.Module = w.dotted(n.Child("name"))
		im.Local, im.Path = w.text(n.Child("alias")), im.Module
	} else {
		im.Module = w.dotted(n)
		im.Local, _, _ = strings.Cut(im.Module, ".")
		im.Path = im.Local
	}
	w.File.Imports = append(w.File.Imports, im)
}

func (w *lowering) importFrom(n *node) {
	module, relative := w.fromModule(n.Child("module_name"))
	for c := n.First; c != nil; c = c.Next {
		im := syntax.Import{Module: module, Relative: relative, Scope: w.Def, Span: w.span(c)}
		switch {
		case c.Kind == "wildcard_import":
			im.Star, im.Path = true, module
		case c.Field != "name":
			continue
		case c.Kind == "aliased_import":
			im.Name, im.Local = w.dotted(c.Child("name")), w.text(c.Child("alias"))
		default:
			im.Name = w.dotted(c)
			im.Local = im.Name
		}
		if !im.Star {
			im.Path = join(module, im.Name)
		}
		w.File.Imports = append(w.File.Imports, im)
	}
}

// fromModule resolves the module of a from-import; dots count from this file's package.
func (w *lowering) fromModule(n *node) (module string, relative bool) {
	if n == nil || n.Kind != "relative_import" {
		return w.dotted(n), false
	}
	pkg := w.File.Module
	if !strings.HasSuffix(w.File.Path, "__init__.py") {
		pkg = parent(pkg)
	}
	for range strings.Count(w.text(n.Find("import_prefix")), ".") - 1 {
		pkg = parent(pkg)
	}
	return join(pkg, w.dotted(n.Find("dotted_name"))), true
}

// dotted is a dotted name without the spaces that may stand in it.
func (w *lowering) dotted(n *node) string {
	return strings.Join(strings.Fields(w.text(n)), "")
}

func parent(module string) string {
	i := strings.LastIndexByte(module, '.')
	if i < 0 {
		return ""
	}
	return module[:i]
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "." + b
}
