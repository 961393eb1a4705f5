package python

import (
	"qaudit/internal/collect/code/syntax"
)

// def lowers a function or class with its decorators.
func (w *lowering) def(n *node) *syntax.Def {
	d := &syntax.Def{Span: w.span(n)}
	if n.Kind == "decorated_definition" {
		for c := n.First; c != nil; c = c.Next {
			if c.Kind == "decorator" {
				d.Decorators = append(d.Decorators, w.expr(c.FirstNamed()))
			}
		}
		if n = n.Child("definition"); n == nil {
			return nil
		}
	}
	d.Kind, d.Name = syntax.Function, w.text(n.Child("name"))
	if n.Kind == "class_definition" {
		d.Kind = syntax.Class
		w.bases(d, n.Child("superclasses"))
	} else {
		d.Async = n.Has("async")
		d.Params = w.params(n.Child("parameters"))
	}
	done := w.Open(d, d.Name)
	d.Body = w.stmts(n.Child("body"))
	done()
	return d
}

func (w *lowering) bases(d *syntax.Def, n *node) {
	for _, a := range w.args(n) {
		if a.Name != "" {
			d.Keywords = append(d.Keywords, a)
		} else {
			d.Bases = append(d.Bases, a.Value)
		}
	}
}

func (w *lowering) params(n *node) []syntax.Param {
	var out []syntax.Param
	only := false
	for _, c := range n.NamedChildren() {
		switch c.Kind {
		case "keyword_separator":
			only = true
			continue
		case "positional_separator":
			continue
		}
		p := w.param(c)
		p.KeywordOnly = only && !p.Rest
		only = only || p.Rest
		out = append(out, p)
	}
	return out
}

func (w *lowering) param(n *node) syntax.Param {
	switch n.Kind {
	case "list_splat_pattern", "list_splat":
		return syntax.Param{Name: w.text(n.FirstNamed()), Rest: true}
	case "dictionary_splat_pattern", "dictionary_splat":
		return syntax.Param{Name: w.text(n.FirstNamed()), Rest: true, Keywords: true}
	case "typed_parameter":
		p := w.param(n.FirstNamed())
		p.Type = w.text(n.Child("type"))
		return p
	case "default_parameter", "typed_default_parameter":
		return syntax.Param{Name: w.text(n.Child("name")), Type: w.text(n.Child("type")),
			Default: w.expr(n.Child("value"))}
	}
	return syntax.Param{Name: w.text(n)}
}

// lambda lowers lambda params: body to a function that returns its body.
func (w *lowering) lambda(n *node, name string) *syntax.Expr {
	d := &syntax.Def{Kind: syntax.Lambda, Span: w.span(n), Params: w.params(n.Child("parameters"))}
	if name == "" {
		name = "<lambda>"
	}
	done := w.Open(d, name)
	body := n.Child("body")
	d.Body = []syntax.Stmt{{Kind: syntax.Return, Span: w.span(body), Value: w.expr(body)}}
	done()
	return &syntax.Expr{Kind: syntax.LambdaLit, Span: d.Span, Def: d}
}
