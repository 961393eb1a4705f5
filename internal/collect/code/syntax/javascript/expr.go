package javascript

import (
	"strings"

	"qaudit/internal/collect/code/syntax"
)

func (w *lowering) exprOpt(n *node) *syntax.Expr {
	if n == nil {
		return nil
	}
	return w.expr(n)
}

// named lowers a value that is bound to a name, so that functions, also those inside an
// object, can bear it.
func (w *lowering) named(n *node, name string) *syntax.Expr {
	if n == nil {
		return &syntax.Expr{}
	}
	switch n.Kind {
	case "arrow_function", "function_expression", "function", "generator_function":
		return w.lambda(n, name)
	case "class":
		d := w.def(n, boundName(name), nil)
		return &syntax.Expr{Kind: syntax.LambdaLit, Span: d.Span, Def: d}
	case "object":
		e := &syntax.Expr{Kind: syntax.MapLit, Span: w.span(n)}
		if w.Enter(n) {
			e.Args = w.entries(n, boundName(name))
			w.Leave()
		}
		return e
	}
	return w.expr(n)
}

// expr lowers an expression; a missing one is Other.
func (w *lowering) expr(n *node) *syntax.Expr {
	if n == nil {
		return &syntax.Expr{}
	}
	e := &syntax.Expr{Span: w.span(n)}
	if !w.Enter(n) {
		return e
	}
	defer w.Leave()
	switch n.Kind {
	case "identifier", "this", "super", "import", "shorthand_property_identifier",
		"shorthand_property_identifier_pattern", "type_identifier", "property_identifier":
		e.Kind, e.Text = syntax.Ident, w.text(n)
	case "string":
		e.Kind, e.Text = syntax.StringLit, w.literal(n)
	case "template_string":
		w.template(e, n)
	case "number":
		w.number(e, w.text(n))
	case "true", "false":
		e.Kind, e.Bool = syntax.BoolLit, n.Kind == "true"
	case "null", "undefined":
		e.Kind = syntax.NilLit
	case "member_expression":
		e.Kind, e.X, e.Text = syntax.Attr, w.expr(n.Child("object")), w.text(n.Child("property"))
	case "subscript_expression":
		e.Kind, e.X = syntax.Index, w.expr(n.Child("object"))
		e.Args = []syntax.Arg{{Value: w.expr(n.Child("index"))}}
	case "call_expression":
		return w.call(e, n)
	case "new_expression":
		e.Kind, e.New = syntax.Call, true
		e.X, e.Args = w.expr(n.Child("constructor")), w.elements(n.Child("arguments"))
	case "array", "array_pattern":
		e.Kind, e.Args = syntax.ListLit, w.array(n)
	case "object", "object_pattern":
		e.Kind, e.Args = syntax.MapLit, w.entries(n, "")
	case "arrow_function", "function_expression", "function", "generator_function", "class":
		return w.named(n, "")
	case "await_expression":
		e.Kind, e.X = syntax.Await, w.expr(n.FirstNamed())
	case "parenthesized_expression", "non_null_expression", "as_expression", "satisfies_expression",
		"computed_property_name", "decorator":
		return w.expr(n.FirstNamed())
	case "instantiation_expression":
		return w.expr(n.FirstNamed())
	case "type_assertion":
		return w.asserted(n)
	default:
		return w.operation(e, n)
	}
	return e
}

// operation lowers operators; anything not known is Other.
func (w *lowering) operation(e *syntax.Expr, n *node) *syntax.Expr {
	switch n.Kind {
	case "binary_expression":
		e.Kind, e.Text = syntax.Binary, w.text(n.Child("operator"))
		e.X, e.Y = w.expr(n.Child("left")), w.expr(n.Child("right"))
	case "unary_expression":
		w.unary(e, n)
	case "update_expression":
		e.Kind, e.Text, e.X = syntax.Unary, w.text(n.Child("operator")), w.expr(n.Child("argument"))
	case "ternary_expression":
		e.Kind, e.X = syntax.Cond, w.expr(n.Child("condition"))
		e.Args = []syntax.Arg{{Value: w.expr(n.Child("consequence"))}, {Value: w.expr(n.Child("alternative"))}}
	case "assignment_expression", "assignment_pattern", "object_assignment_pattern":
		e.Kind, e.X = syntax.Bind, w.expr(n.Child("left"))
		e.Y = w.named(n.Child("right"), e.X.Path())
	case "augmented_assignment_expression":
		e.Kind, e.X = syntax.Bind, w.expr(n.Child("left"))
		e.Y = &syntax.Expr{Kind: syntax.Binary, Span: e.Span, X: again(e.X), Y: w.expr(n.Child("right")),
			Text: strings.TrimSuffix(w.text(n.Child("operator")), "=")}
	case "yield_expression":
		e.Kind, e.X = syntax.Yield, w.exprOpt(n.FirstNamed())
		if n.Has("*") {
			e.Text = "from"
		}
	case "private_property_identifier", "statement_identifier":
		e.Kind, e.Text = syntax.Ident, w.text(n)
	default:
		return w.other(n)
	}
	return e
}

// other keeps the source and the expressions inside, so that no call is lost.
func (w *lowering) other(n *node) *syntax.Expr {
	e := &syntax.Expr{Kind: syntax.Other, Span: w.span(n), Text: w.text(n)}
	if !w.Enter(n) {
		return e
	}
	defer w.Leave()
	for _, c := range n.NamedChildren() {
		switch c.Kind {
		case "statement_block", "type_arguments", "type_annotation", "jsx_text", "regex_pattern", "regex_flags":
			continue
		}
		if v := w.expr(c); v.Kind != syntax.Other || len(v.Args) > 0 {
			e.Args = append(e.Args, syntax.Arg{Value: v})
		}
	}
	return e
}

// call lowers f(…) and tag`…`. The grammar reads await f<T>(x) as (await f)<T>(x): the
// await belongs around the call.
func (w *lowering) call(e *syntax.Expr, n *node) *syntax.Expr {
	f := n.Child("function")
	awaited := f != nil && f.Kind == "await_expression" && n.Child("type_arguments") != nil
	if awaited {
		f = f.FirstNamed()
	}
	w.Called(n)
	e.Kind, e.X = syntax.Call, w.expr(f)
	if a := n.Child("arguments"); a != nil && a.Kind == "template_string" {
		e.Args = []syntax.Arg{{Value: w.expr(a)}}
	} else {
		e.Args = w.elements(a)
	}
	if awaited {
		outer := &syntax.Expr{Kind: syntax.Await, Span: e.Span, X: e}
		if f != nil {
			e.Span.Start, e.Span.Line, e.Span.Column = w.span(f).Start, w.span(f).Line, w.span(f).Column
		}
		return outer
	}
	return e
}

// asserted lowers <T>x.
func (w *lowering) asserted(n *node) *syntax.Expr {
	kids := n.NamedChildren()
	if len(kids) == 0 {
		return w.other(n)
	}
	return w.expr(kids[len(kids)-1])
}

func (w *lowering) elements(n *node) []syntax.Arg {
	var out []syntax.Arg
	for _, c := range n.NamedChildren() {
		if c.Kind == "spread_element" || c.Kind == "rest_pattern" {
			out = append(out, syntax.Arg{Value: w.expr(c.FirstNamed()), Spread: true})
			continue
		}
		out = append(out, syntax.Arg{Value: w.expr(c)})
	}
	return out
}

// array lowers the elements of an array or its pattern; a hole, [, b], is NilLit.
func (w *lowering) array(n *node) []syntax.Arg {
	var out []syntax.Arg
	all := w.elements(n)
	from, commas := n.Start, 0
	for c := n.First; c != nil; c = c.Next {
		commas += strings.Count(string(w.Tree.Src[from:c.Start]), ",")
		from = c.End
		if !c.Named || c.Kind == "comment" {
			continue
		}
		for len(out) < commas && len(all) > 0 {
			out = append(out, syntax.Arg{Value: &syntax.Expr{Kind: syntax.NilLit, Span: w.span(c)}})
		}
		if len(all) > 0 {
			out, all = append(out, all[0]), all[1:]
		}
	}
	return out
}

// entries lowers an object literal or pattern.
func (w *lowering) entries(n *node, name string) []syntax.Arg {
	var out []syntax.Arg
	for _, c := range n.NamedChildren() {
		switch c.Kind {
		case "pair", "pair_pattern":
			a := w.key(c.Child("key"))
			a.Value = w.named(c.Child("value"), qualify(name, a.Name))
			out = append(out, a)
		case "spread_element", "rest_pattern":
			out = append(out, syntax.Arg{Value: w.expr(c.FirstNamed()), Spread: true})
		case "method_definition":
			a := w.key(c.Child("name"))
			a.Value = w.lambda(c, qualify(name, a.Name))
			out = append(out, a)
		case "shorthand_property_identifier", "shorthand_property_identifier_pattern":
			out = append(out, syntax.Arg{Name: w.text(c), Value: w.expr(c)})
		case "object_assignment_pattern":
			out = append(out, syntax.Arg{Name: w.text(c.Child("left")), Value: w.expr(c)})
		default: // an error node
			out = append(out, syntax.Arg{Value: w.other(c), Spread: true})
		}
	}
	return out
}

func (w *lowering) key(n *node) syntax.Arg {
	if n == nil {
		return syntax.Arg{Key: &syntax.Expr{}}
	}
	if n.Kind == "computed_property_name" {
		k := w.expr(n)
		if k.Kind == syntax.StringLit && k.Text != "" {
			return syntax.Arg{Name: k.Text}
		}
		return syntax.Arg{Key: k}
	}
	name := w.memberName(n)
	if name == "" {
		return syntax.Arg{Key: w.expr(n)}
	}
	return syntax.Arg{Name: name}
}

func qualify(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "." + b
}

func (w *lowering) unary(e *syntax.Expr, n *node) {
	x := w.expr(n.Child("argument"))
	op := w.text(n.Child("operator"))
	if op == "-" && (x.Kind == syntax.IntLit || x.Kind == syntax.FloatLit) {
		e.Kind, e.Int, e.Float = x.Kind, -x.Int, -x.Float
		return
	}
	e.Kind, e.Text, e.X = syntax.Unary, op, x
}
