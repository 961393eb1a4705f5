package python

import (
	"strconv"
	"strings"

	"qaudit/internal/collect/code/syntax"
)

func (w *lowering) exprOpt(n *node) *syntax.Expr {
	if n == nil {
		return nil
	}
	return w.expr(n)
}

// named lowers a value that is bound to a name, so that a lambda can bear it.
func (w *lowering) named(n *node, name string) *syntax.Expr {
	if n != nil && n.Kind == "lambda" {
		return w.lambda(n, strings.TrimPrefix(name, "self."))
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
	case "identifier":
		e.Kind, e.Text = syntax.Ident, w.text(n)
	case "string":
		w.str(e, n)
	case "concatenated_string":
		w.concatenated(e, n)
	case "integer", "float":
		w.number(e, w.text(n))
	case "true", "false":
		e.Kind, e.Bool = syntax.BoolLit, n.Kind == "true"
	case "none":
		e.Kind = syntax.NilLit
	case "attribute":
		e.Kind, e.X, e.Text = syntax.Attr, w.expr(n.Child("object")), w.text(n.Child("attribute"))
	case "subscript":
		w.subscript(e, n)
	case "call":
		w.Called(n)
		e.Kind, e.X, e.Args = syntax.Call, w.expr(n.Child("function")), w.args(n.Child("arguments"))
	case "list", "list_pattern":
		e.Kind, e.Args = syntax.ListLit, w.elements(n)
	case "tuple", "tuple_pattern", "pattern_list", "expression_list":
		e.Kind, e.Args, e.Text = syntax.ListLit, w.elements(n), "tuple"
	case "set":
		e.Kind, e.Args, e.Text = syntax.ListLit, w.elements(n), "set"
	case "dictionary":
		e.Kind, e.Args = syntax.MapLit, w.entries(n)
	case "lambda":
		return w.lambda(n, "")
	case "parenthesized_expression", "as_pattern_target", "type":
		return w.expr(n.FirstNamed())
	case "await":
		e.Kind, e.X = syntax.Await, w.expr(n.FirstNamed())
	case "list_comprehension", "dictionary_comprehension", "set_comprehension", "generator_expression":
		w.comprehension(e, n)
	case "list_splat", "list_splat_pattern":
		e.Kind, e.Args = syntax.Other, []syntax.Arg{{Value: w.expr(n.FirstNamed()), Spread: true}}
		e.Text = w.text(n)
	default:
		return w.operation(e, n)
	}
	return e
}

// operation lowers operators; anything not known is Other.
func (w *lowering) operation(e *syntax.Expr, n *node) *syntax.Expr {
	switch n.Kind {
	case "binary_operator", "boolean_operator":
		e.Kind, e.Text = syntax.Binary, w.text(n.Child("operator"))
		e.X, e.Y = w.expr(n.Child("left")), w.expr(n.Child("right"))
	case "comparison_operator":
		return w.comparison(e, n)
	case "not_operator":
		e.Kind, e.Text, e.X = syntax.Unary, "not", w.expr(n.Child("argument"))
	case "unary_operator":
		w.unary(e, n)
	case "conditional_expression":
		if k := n.NamedChildren(); len(k) == 3 {
			e.Kind, e.X = syntax.Cond, w.expr(k[1])
			e.Args = []syntax.Arg{{Value: w.expr(k[0])}, {Value: w.expr(k[2])}}
			return e
		}
		return w.other(n)
	case "named_expression":
		e.Kind, e.X = syntax.Bind, w.expr(n.Child("name"))
		e.Y = w.named(n.Child("value"), e.X.Text)
	case "assignment": // in an error node
		e.Kind, e.X, e.Y = syntax.Bind, w.expr(n.Child("left")), w.expr(n.Child("right"))
	case "yield":
		e.Kind, e.X = syntax.Yield, w.exprOpt(n.FirstNamed())
		if n.Has("from") {
			e.Text = "from"
		}
		if w.Def != nil {
			w.Def.Generator = true
		}
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
		case "block", "function_definition", "class_definition":
			continue
		case "keyword_argument":
			e.Args = append(e.Args, syntax.Arg{Name: w.text(c.Child("name")), Value: w.expr(c.Child("value"))})
			continue
		}
		e.Args = append(e.Args, syntax.Arg{Value: w.expr(c)})
	}
	return e
}

func (w *lowering) subscript(e *syntax.Expr, n *node) {
	e.Kind, e.X = syntax.Index, w.expr(n.Child("value"))
	for c := n.First; c != nil; c = c.Next {
		if c.Field == "subscript" {
			e.Args = append(e.Args, syntax.Arg{Value: w.expr(c)})
		}
	}
	if len(e.Args) > 1 {
		tuple := &syntax.Expr{Kind: syntax.ListLit, Text: "tuple", Span: e.Span, Args: e.Args}
		e.Args = []syntax.Arg{{Value: tuple}}
	}
}

// args lowers the arguments of a call; f(x for x in y) has one.
func (w *lowering) args(n *node) []syntax.Arg {
	if n == nil {
		return nil
	}
	if n.Kind == "generator_expression" {
		return []syntax.Arg{{Value: w.expr(n)}}
	}
	return w.elements(n)
}

func (w *lowering) elements(n *node) []syntax.Arg {
	var out []syntax.Arg
	for _, c := range n.NamedChildren() {
		switch c.Kind {
		case "keyword_argument":
			name := w.text(c.Child("name"))
			out = append(out, syntax.Arg{Name: name, Value: w.named(c.Child("value"), name)})
		case "list_splat", "dictionary_splat", "list_splat_pattern":
			out = append(out, syntax.Arg{Value: w.expr(c.FirstNamed()), Spread: true})
		default:
			out = append(out, syntax.Arg{Value: w.expr(c)})
		}
	}
	return out
}

func (w *lowering) entries(n *node) []syntax.Arg {
	var out []syntax.Arg
	for _, c := range n.NamedChildren() {
		switch c.Kind {
		case "pair":
			out = append(out, w.pair(c))
		case "dictionary_splat":
			out = append(out, syntax.Arg{Value: w.expr(c.FirstNamed()), Spread: true})
		default: // an error node
			out = append(out, syntax.Arg{Spread: true, Value: w.other(c)})
		}
	}
	return out
}

func (w *lowering) pair(n *node) syntax.Arg {
	a := syntax.Arg{}
	if k := w.expr(n.Child("key")); k.Kind == syntax.StringLit && k.Text != "" {
		a.Name = k.Text
	} else {
		a.Key = k
	}
	a.Value = w.named(n.Child("value"), a.Name)
	return a
}

func (w *lowering) comprehension(e *syntax.Expr, n *node) {
	e.Kind = syntax.Comp
	e.Text, _, _ = strings.Cut(n.Kind, "_")
	for _, c := range n.NamedChildren() {
		switch {
		case c.Kind == "pair":
			e.Args = append(e.Args, w.pair(c))
		case c.Kind == "for_in_clause":
			e.Args = append(e.Args, syntax.Arg{Name: "for", Key: w.expr(c.Child("left")), Value: w.expr(c.Child("right"))})
		case c.Kind == "if_clause":
			e.Args = append(e.Args, syntax.Arg{Name: "if", Value: w.expr(c.FirstNamed())})
		default:
			e.Args = append(e.Args, syntax.Arg{Value: w.expr(c)})
		}
	}
}

// comparison lowers a < b < c to (a < b) and (b < c).
func (w *lowering) comparison(e *syntax.Expr, n *node) *syntax.Expr {
	var operands []*syntax.Expr
	var ops []string
	for c := n.First; c != nil; c = c.Next {
		switch {
		case c.Field == "operators":
			ops = append(ops, strings.Join(strings.Fields(w.text(c)), " "))
		case c.Named && c.Kind != "comment":
			operands = append(operands, w.expr(c))
		}
	}
	if len(ops) == 0 || len(operands) != len(ops)+1 {
		return w.other(n)
	}
	var out *syntax.Expr
	for i, op := range ops {
		one := &syntax.Expr{Kind: syntax.Binary, Span: e.Span, Text: op, X: operands[i], Y: operands[i+1]}
		if i > 0 {
			one.X = again(one.X)
		}
		if out == nil {
			out = one
			continue
		}
		out = &syntax.Expr{Kind: syntax.Binary, Span: e.Span, Text: "and", X: out, Y: one}
	}
	return out
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

func (w *lowering) number(e *syntax.Expr, s string) {
	t := strings.TrimRight(strings.ReplaceAll(s, "_", ""), "lL")
	if i, err := strconv.ParseInt(octal(t), 0, 64); err == nil {
		e.Kind, e.Int = syntax.IntLit, i
		return
	}
	if f, err := strconv.ParseFloat(t, 64); err == nil {
		e.Kind, e.Float = syntax.FloatLit, f
		return
	}
	e.Kind, e.Text = syntax.Other, s
}

// octal drops the zeros of 00, which Go's base prefix would read as octal digits; 0777
// of Python 2 is octal in both.
func octal(s string) string {
	if strings.Trim(s, "0") == "" && s != "" {
		return "0"
	}
	return s
}
