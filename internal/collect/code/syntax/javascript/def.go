package javascript

import (
	"strings"

	"qaudit/internal/collect/code/syntax"
)

// def lowers a function or class declaration, or an expression of one when name says
// what it is bound to.
func (w *lowering) def(n *node, name string, decorators []*syntax.Expr) *syntax.Def {
	d := &syntax.Def{Kind: syntax.Function, Span: w.span(n), Name: w.text(n.Child("name")),
		Decorators: append(decorators, w.decorators(n)...)}
	if d.Name == "" {
		if d.Name = name; name == "" {
			d.Name = "default" // export default function () {}
		}
	}
	if strings.Contains(n.Kind, "class") {
		d.Kind = syntax.Class
		d.Bases = w.heritage(n.Find("class_heritage"))
		done := w.Open(d, d.Name)
		d.Body = w.members(n.Child("body"))
		done()
		return d
	}
	w.function(d, n, d.Name)
	return d
}

// function lowers parameters and body into d.
func (w *lowering) function(d *syntax.Def, n *node, name string) {
	d.Async = n.Has("async")
	d.Generator = strings.HasPrefix(n.Kind, "generator") || n.Has("*")
	done := w.Open(d, name)
	defer done()
	if p := n.Child("parameter"); p != nil { // x => …
		d.Params = []syntax.Param{{Name: w.text(p)}}
	} else {
		d.Params, d.Body = w.params(n.Child("parameters"))
	}
	switch b := n.Child("body"); {
	case b == nil:
	case b.Kind == "statement_block":
		d.Body = append(d.Body, w.stmts(b)...)
	default:
		d.Body = append(d.Body, syntax.Stmt{Kind: syntax.Return, Span: w.span(b), Value: w.expr(b)})
	}
}

// lambda lowers arrow functions, function expressions and methods of object literals.
func (w *lowering) lambda(n *node, name string) *syntax.Expr {
	if own := w.text(n.Child("name")); own != "" && name == "" && n.Kind != "method_definition" {
		name = own
	}
	if name = boundName(name); name == "" {
		name = "<lambda>"
	}
	d := &syntax.Def{Kind: syntax.Lambda, Span: w.span(n)}
	w.function(d, n, name)
	return &syntax.Expr{Kind: syntax.LambdaLit, Span: d.Span, Def: d}
}

// boundName is the name that people would use: exports.send is send, Foo.prototype.send
// is Foo.send.
func boundName(name string) string {
	for _, p := range []string{"module.exports.", "exports.", "this."} {
		name = strings.TrimPrefix(name, p)
	}
	if name == "module.exports" {
		return ""
	}
	return strings.ReplaceAll(name, ".prototype.", ".")
}

func (w *lowering) decorators(n *node) []*syntax.Expr {
	var out []*syntax.Expr
	for c := n.First; c != nil; c = c.Next {
		if c.Kind == "decorator" {
			out = append(out, w.expr(c.FirstNamed()))
		}
	}
	return out
}

func (w *lowering) heritage(n *node) []*syntax.Expr {
	if n == nil {
		return nil
	}
	var out []*syntax.Expr
	for _, c := range n.NamedChildren() {
		switch c.Kind {
		case "implements_clause":
		case "extends_clause":
			for v := c.First; v != nil; v = v.Next {
				if v.Field == "value" {
					out = append(out, w.expr(v))
				}
			}
		default:
			out = append(out, w.expr(c))
		}
	}
	return out
}

// members lowers a class body: methods, fields, static blocks. In TypeScript a
// decorator is a sibling that stands before its method.
func (w *lowering) members(n *node) []syntax.Stmt {
	if n == nil || !w.Enter(n) {
		return nil
	}
	defer w.Leave()
	var out []syntax.Stmt
	var pending []*syntax.Expr
	for c := n.First; c != nil; c = c.Next {
		switch c.Kind {
		case "decorator":
			pending = append(pending, w.expr(c.FirstNamed()))
			continue
		case "comment":
			continue
		case "method_definition":
			out = append(out, syntax.Stmt{Kind: syntax.DefStmt, Span: w.span(c), Def: w.method(c, pending)})
		case "field_definition", "public_field_definition":
			out = append(out, w.field(c, pending))
		case "method_signature", "abstract_method_signature", "index_signature":
		default:
			if c.Named {
				out = w.stmt(out, c)
			}
		}
		if c.Named {
			pending = nil
		}
	}
	return out
}

func (w *lowering) method(n *node, decorators []*syntax.Expr) *syntax.Def {
	d := &syntax.Def{Kind: syntax.Function, Span: w.span(n), Name: w.memberName(n.Child("name")),
		Decorators: append(decorators, w.decorators(n)...)}
	w.function(d, n, d.Name)
	return d
}

func (w *lowering) field(n *node, decorators []*syntax.Expr) syntax.Stmt {
	name := n.Child("name")
	if name == nil {
		name = n.Child("property")
	}
	target := &syntax.Expr{Kind: syntax.Ident, Span: w.span(name), Text: w.memberName(name)}
	s := syntax.Stmt{Kind: syntax.Declare, Span: w.span(n), Targets: []*syntax.Expr{target},
		Type: annotation(w.text(n.Child("type"))), Decorators: append(decorators, w.decorators(n)...)}
	if v := n.Child("value"); v != nil {
		s.Kind, s.Value = syntax.Assign, w.named(v, target.Text)
	}
	return s
}

// memberName is the name of a method, field or property; a computed one is its source.
func (w *lowering) memberName(n *node) string {
	if n != nil && n.Kind == "string" {
		return w.literal(n)
	}
	return w.text(n)
}

// params lowers parameters. TypeScript's constructor(private x: X) also stores x: those
// assignments open the body.
func (w *lowering) params(n *node) (out []syntax.Param, body []syntax.Stmt) {
	for _, c := range n.NamedChildren() {
		p := w.param(c)
		out = append(out, p)
		if c.Has("accessibility_modifier") || c.Has("readonly") || c.Has("override_modifier") {
			at := w.span(c)
			body = append(body, syntax.Stmt{Kind: syntax.Assign, Span: at, Type: p.Type,
				Targets: []*syntax.Expr{{Kind: syntax.Attr, Span: at, Text: p.Name,
					X: &syntax.Expr{Kind: syntax.Ident, Span: at, Text: "this"}}},
				Value: &syntax.Expr{Kind: syntax.Ident, Span: at, Text: p.Name}})
		}
	}
	return out, body
}

func (w *lowering) param(n *node) syntax.Param {
	p := syntax.Param{}
	if n.Kind == "required_parameter" || n.Kind == "optional_parameter" {
		p.Type = annotation(w.text(n.Child("type")))
		p.Decorators = w.decorators(n)
		if v := n.Child("value"); v != nil {
			p.Default = w.expr(v)
		}
		if n = n.Child("pattern"); n == nil {
			return p
		}
	}
	w.pattern(&p, n)
	return p
}

func (w *lowering) pattern(p *syntax.Param, n *node) {
	if n == nil || !w.Enter(n) {
		return
	}
	defer w.Leave()
	switch n.Kind {
	case "rest_pattern":
		p.Rest = true
		w.pattern(p, n.FirstNamed())
	case "assignment_pattern", "object_assignment_pattern":
		w.pattern(p, n.Child("left"))
		p.Default = w.expr(n.Child("right"))
	case "object_pattern", "array_pattern":
		for _, c := range n.NamedChildren() {
			f := syntax.Param{}
			if c.Kind == "pair_pattern" {
				w.pattern(&f, c.Child("value"))
				f.Key = w.memberName(c.Child("key"))
			} else {
				w.pattern(&f, c)
				if n.Kind == "object_pattern" && !f.Rest {
					f.Key = f.Name
				}
			}
			p.Fields = append(p.Fields, f)
		}
	default:
		p.Name = w.text(n)
	}
}

// enum lowers a TypeScript enum to a class whose members are fields.
func (w *lowering) enum(n *node) *syntax.Def {
	d := &syntax.Def{Kind: syntax.Class, Span: w.span(n), Name: w.text(n.Child("name")),
		Bases: []*syntax.Expr{{Kind: syntax.Ident, Span: w.span(n), Text: "enum"}}}
	done := w.Open(d, d.Name)
	defer done()
	next, counted := int64(0), true
	for c := n.Child("body").FirstOf(); c != nil; c = c.Next {
		at := w.span(c)
		s := syntax.Stmt{Kind: syntax.Assign, Span: at}
		switch {
		case c.Kind == "enum_assignment":
			s.Value = w.expr(c.Child("value"))
			s.Targets = []*syntax.Expr{{Kind: syntax.Ident, Span: at, Text: w.memberName(c.Child("name"))}}
			counted = s.Value.Kind == syntax.IntLit
			next = s.Value.Int + 1
		case c.Field == "name":
			s.Targets = []*syntax.Expr{{Kind: syntax.Ident, Span: at, Text: w.memberName(c)}}
			s.Value = &syntax.Expr{Kind: syntax.Other, Span: at}
			if counted {
				s.Value = &syntax.Expr{Kind: syntax.IntLit, Span: at, Int: next}
				next++
			}
		default:
			continue
		}
		d.Body = append(d.Body, s)
	}
	return d
}

// namespace lowers namespace N { … } to a class-like definition.
func (w *lowering) namespace(n *node) *syntax.Def {
	d := &syntax.Def{Kind: syntax.Class, Span: w.span(n), Name: w.memberName(n.Child("name"))}
	done := w.Open(d, d.Name)
	exports := len(w.File.Exports)
	d.Body = w.stmts(n.Child("body"))
	w.File.Exports = w.File.Exports[:exports] // its exports are members of the namespace
	done()
	return d
}
