// Package javascript lowers JavaScript and TypeScript, with JSX, to the tree of package
// syntax.
package javascript

import (
	"context"
	"path"
	"strings"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/collect/code/syntax/treesitter"
)

// Frontend lowers JavaScript and TypeScript.
type Frontend struct{}

// Languages are the two.
func (Frontend) Languages() []syntax.Lang {
	return []syntax.Lang{syntax.JavaScript, syntax.TypeScript}
}

// Parse lowers one file. Its error is a *syntax.TooLargeError, a *syntax.PanicError, the
// context's, or wraps syntax.ErrNotBuilt.
func (Frontend) Parse(ctx context.Context, l syntax.Lang, name string, src []byte) (*syntax.File, error) {
	f := &syntax.File{Path: name, Lang: l, Module: Module(name), Src: src}
	return treesitter.Lower(ctx, grammar(l, name), f, func(lw *treesitter.Lowering) func(*node) *syntax.Expr {
		w := &lowering{lw}
		f.Body = w.stmts(lw.Tree.Root)
		return w.expr
	})
}

func grammar(l syntax.Lang, name string) treesitter.Grammar {
	switch {
	case l == syntax.JavaScript:
		return treesitter.JavaScript
	case strings.EqualFold(path.Ext(name), ".tsx"):
		return treesitter.TSX
	}
	return treesitter.TypeScript
}

// Module is the path of a file without its extension.
func Module(name string) string {
	switch ext := path.Ext(name); strings.ToLower(ext) {
	case ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts":
		return strings.TrimSuffix(name, ext)
	}
	return name
}

type node = treesitter.Node

type lowering struct{ *treesitter.Lowering }

func (w *lowering) text(n *node) string      { return w.Tree.Text(n) }
func (w *lowering) span(n *node) syntax.Span { return w.Tree.Span(n) }

// stmts lowers the statements of a block, program or error node.
func (w *lowering) stmts(n *node) []syntax.Stmt {
	if n == nil || !w.Enter(n) {
		return nil
	}
	defer w.Leave()
	var out []syntax.Stmt
	var decorators []*syntax.Expr
	for c := n.First; c != nil; c = c.Next {
		switch {
		case !c.Named || c.Kind == "comment":
		case c.Kind == "decorator": // in an error node, before what it decorates
			decorators = append(decorators, w.expr(c.FirstNamed()))
		default:
			out = w.stmt(out, c)
		}
	}
	for _, d := range decorators {
		out = append(out, syntax.Stmt{Kind: syntax.ExprStmt, Span: d.Span, Value: d})
	}
	return out
}

// body lowers the statement or block that a condition or loop governs.
func (w *lowering) body(n *node) []syntax.Stmt {
	if n == nil {
		return nil
	}
	if n.Kind == "statement_block" {
		return w.stmts(n)
	}
	if !w.Enter(n) {
		return nil
	}
	defer w.Leave()
	return w.stmt(nil, n)
}

// stmt appends what n lowers to.
func (w *lowering) stmt(out []syntax.Stmt, n *node) []syntax.Stmt {
	s := syntax.Stmt{Span: w.span(n)}
	switch n.Kind {
	case "expression_statement":
		for _, c := range n.NamedChildren() {
			if c.Kind == "internal_module" {
				out = w.stmt(out, c)
				continue
			}
			out = w.exprStmt(out, c)
		}
		return out
	case "lexical_declaration", "variable_declaration":
		return w.variables(out, n)
	case "function_declaration", "generator_function_declaration",
		"class_declaration", "abstract_class_declaration", "class":
		s.Kind, s.Def = syntax.DefStmt, w.def(n, "", nil)
	case "enum_declaration":
		s.Kind, s.Def = syntax.DefStmt, w.enum(n)
	case "internal_module", "module":
		s.Kind, s.Def = syntax.DefStmt, w.namespace(n)
	case "import_statement":
		w.imports(n)
		return out
	case "export_statement":
		return w.export(out, n)
	case "ambient_declaration", "interface_declaration", "type_alias_declaration", "function_signature",
		"empty_statement", "debugger_statement", "import_alias", "hash_bang_line", "statement_identifier":
		return out
	case "return_statement":
		s.Kind, s.Value = syntax.Return, w.exprOpt(n.FirstNamed())
	case "throw_statement":
		s.Kind, s.Value = syntax.Raise, w.exprOpt(n.FirstNamed())
	case "break_statement":
		s.Kind, s.Label = syntax.Break, w.text(n.Child("label"))
	case "continue_statement":
		s.Kind, s.Label = syntax.Continue, w.text(n.Child("label"))
	case "statement_block", "class_static_block":
		s.Kind = syntax.Block
		if s.Body = w.stmts(blockOf(n)); len(s.Body) == 0 {
			return out
		}
	default:
		return w.control(out, s, n)
	}
	return append(out, s)
}

func keysOf(e *syntax.Expr) *syntax.Expr {
	object := &syntax.Expr{Kind: syntax.Ident, Span: e.Span, Text: "Object"}
	return &syntax.Expr{Kind: syntax.Call, Span: e.Span, Args: []syntax.Arg{{Value: e}},
		X: &syntax.Expr{Kind: syntax.Attr, Span: e.Span, X: object, Text: "keys"}}
}

func blockOf(n *node) *node {
	if b := n.Child("body"); b != nil {
		return b
	}
	return n
}

// control appends conditions, loops, try and switch.
func (w *lowering) control(out []syntax.Stmt, s syntax.Stmt, n *node) []syntax.Stmt {
	switch n.Kind {
	case "if_statement":
		s.Kind, s.Cond = syntax.If, w.expr(n.Child("condition"))
		s.Body = w.body(n.Child("consequence"))
		s.Else = w.body(n.Child("alternative").FirstNamed())
	case "while_statement", "do_statement":
		s.Kind, s.Cond = syntax.Loop, w.expr(n.Child("condition"))
		s.Body, s.Once = w.body(n.Child("body")), n.Kind == "do_statement"
	case "for_in_statement":
		s.Kind, s.Async, s.Declared = syntax.Loop, n.Has("await"), n.Child("kind") != nil
		s.Targets = []*syntax.Expr{w.expr(n.Child("left"))}
		s.Value, s.Body = w.expr(n.Child("right")), w.body(n.Child("body"))
		if w.text(n.Child("operator")) == "in" { // over keys: for … of Object.keys(x)
			s.Value = keysOf(s.Value)
		}
	case "for_statement":
		return w.forLoop(out, s, n)
	case "labeled_statement":
		return w.labelled(out, n)
	case "try_statement":
		s.Kind, s.Body = syntax.Try, w.body(n.Child("body"))
		if h := n.Child("handler"); h != nil {
			s.Handlers = []syntax.Handler{w.catch(h)}
		}
		s.Finally = w.body(n.Child("finalizer").Child("body"))
	case "switch_statement":
		return w.switchCases(out, n)
	case "with_statement":
		return append(out, w.body(n.Child("body"))...)
	case treesitter.Error, "program", "class_body", "switch_body", "switch_case", "switch_default",
		"else_clause", "catch_clause", "finally_clause":
		return append(out, w.stmts(n)...)
	case "formal_parameters", "type_annotation", "type_arguments", "property_identifier":
		return out // loose in an error node
	default:
		if s.Value = w.expr(n); !keeps(s.Value) {
			return out
		}
		s.Kind = syntax.ExprStmt
	}
	return append(out, s)
}

// keeps tells whether a loose expression, found where a statement belongs, is worth
// keeping: only calls and functions are.
func keeps(e *syntax.Expr) bool {
	found := false
	e.Walk(func(e *syntax.Expr) bool {
		found = found || e.Kind == syntax.Call || e.Kind == syntax.LambdaLit
		return !found
	})
	return found
}

func (w *lowering) catch(n *node) syntax.Handler {
	h := syntax.Handler{Span: w.span(n), Body: w.body(n.Child("body"))}
	if p := n.Child("parameter"); p != nil && p.Kind == "identifier" {
		h.Name = w.text(p)
	}
	return h
}

// forLoop lowers for (init; cond; step) to init, then a loop that ends with step.
func (w *lowering) forLoop(out []syntax.Stmt, s syntax.Stmt, n *node) []syntax.Stmt {
	if init := n.Child("initializer"); init != nil {
		if strings.HasSuffix(init.Kind, "_statement") || strings.HasSuffix(init.Kind, "_declaration") {
			out = w.stmt(out, init)
		} else {
			out = w.exprStmt(out, init)
		}
	}
	s.Kind = syntax.Loop
	switch c := n.Child("condition"); {
	case c == nil || c.Kind == "empty_statement":
		s.Cond = &syntax.Expr{Kind: syntax.BoolLit, Bool: true, Span: s.Span}
	case c.Kind == "expression_statement":
		s.Cond = w.expr(c.FirstNamed())
	default:
		s.Cond = w.expr(c)
	}
	s.Body = w.body(n.Child("body"))
	if step := n.Child("increment"); step != nil {
		s.Body = w.exprStmt(s.Body, step)
	}
	return append(out, s)
}

// labelled gives its label to the loop or block inside.
func (w *lowering) labelled(out []syntax.Stmt, n *node) []syntax.Stmt {
	from := len(out)
	b := n.Child("body")
	if b == nil || !w.Enter(n) {
		return out
	}
	defer w.Leave()
	out = w.stmt(out, b)
	for i := len(out) - 1; i >= from; i-- {
		if out[i].Kind == syntax.Loop || out[i].Kind == syntax.Block {
			out[i].Label = w.text(n.Child("label"))
			break
		}
	}
	return out
}

func (w *lowering) variables(out []syntax.Stmt, n *node) []syntax.Stmt {
	for c := n.First; c != nil; c = c.Next {
		if c.Kind != "variable_declarator" {
			continue
		}
		target := w.expr(c.Child("name"))
		s := syntax.Stmt{Kind: syntax.Declare, Span: w.span(c), Targets: []*syntax.Expr{target},
			Type: annotation(w.text(c.Child("type"))), Declared: true}
		if v := c.Child("value"); v != nil { // let x gets its value elsewhere
			s.Kind, s.Value = syntax.Assign, w.named(v, target.Path())
			w.required(target, s.Value, s.Span)
		}
		out = append(out, s)
	}
	return out
}

// annotation drops the colon of a type annotation.
func annotation(s string) string { return strings.TrimSpace(strings.TrimPrefix(s, ":")) }

func (w *lowering) exprStmt(out []syntax.Stmt, n *node) []syntax.Stmt {
	s := syntax.Stmt{Kind: syntax.ExprStmt, Span: w.span(n)}
	switch n.Kind {
	case "assignment_expression":
		s.Kind = syntax.Assign
		for n != nil && n.Kind == "assignment_expression" {
			s.Targets = append(s.Targets, w.expr(n.Child("left")))
			n = n.Child("right")
		}
		s.Value = w.named(n, s.Targets[len(s.Targets)-1].Path())
	case "augmented_assignment_expression":
		s.Kind = syntax.Assign
		e := w.expr(n)
		s.Targets, s.Value = []*syntax.Expr{e.X}, e.Y
	case "update_expression":
		x := w.expr(n.Child("argument"))
		s.Kind, s.Targets = syntax.Assign, []*syntax.Expr{x}
		s.Value = &syntax.Expr{Kind: syntax.Binary, Span: s.Span, X: again(x),
			Text: w.text(n.Child("operator"))[:1], Y: &syntax.Expr{Kind: syntax.IntLit, Span: s.Span, Int: 1}}
	case "sequence_expression":
		if !w.Enter(n) {
			return out
		}
		defer w.Leave()
		for _, c := range n.NamedChildren() {
			out = w.exprStmt(out, c)
		}
		return out
	default:
		s.Value = w.expr(n)
	}
	return append(out, s)
}

// again is e for a second mention: evaluated once, its calls must not count twice.
func again(e *syntax.Expr) *syntax.Expr {
	if !keeps(e) {
		return e
	}
	return &syntax.Expr{Kind: syntax.Other, Span: e.Span, Text: e.Path()}
}
