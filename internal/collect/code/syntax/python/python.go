// Package python lowers Python, 2 and 3, to the tree of package syntax.
package python

import (
	"context"
	"strings"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/collect/code/syntax/treesitter"
)

// Frontend lowers Python.
type Frontend struct{}

// Languages is Python alone.
func (Frontend) Languages() []syntax.Lang { return []syntax.Lang{syntax.Python} }

// Parse lowers one file. Its error is a *syntax.TooLargeError, a *syntax.PanicError, the
// context's, or wraps syntax.ErrNotBuilt.
func (Frontend) Parse(ctx context.Context, l syntax.Lang, path string, src []byte) (*syntax.File, error) {
	f := &syntax.File{Path: path, Lang: l, Module: Module(path), Src: src}
	return treesitter.Lower(ctx, treesitter.Python, f, func(lw *treesitter.Lowering) func(*node) *syntax.Expr {
		w := &lowering{lw}
		f.Body = w.stmts(lw.Tree.Root)
		return w.expr
	})
}

// Module is the dotted name of a file below the root: "shop.worker" for shop/worker.py,
// "shop" for shop/__init__.py.
func Module(path string) string {
	m := strings.TrimSuffix(strings.TrimSuffix(path, ".pyw"), ".py")
	m = strings.TrimSuffix(strings.ReplaceAll(m, "/", "."), ".__init__")
	if m == "__init__" {
		return ""
	}
	return m
}

type node = treesitter.Node

type lowering struct{ *treesitter.Lowering }

func (w *lowering) text(n *node) string      { return w.Tree.Text(n) }
func (w *lowering) span(n *node) syntax.Span { return w.Tree.Span(n) }

// stmts lowers the statements of a block, module or error node.
func (w *lowering) stmts(n *node) []syntax.Stmt {
	if n == nil || !w.Enter(n) {
		return nil
	}
	defer w.Leave()
	var out []syntax.Stmt
	for c := n.First; c != nil; c = c.Next {
		if c.Named && c.Kind != "comment" {
			out = w.stmt(out, c)
		}
	}
	return out
}

// stmt appends what n lowers to.
func (w *lowering) stmt(out []syntax.Stmt, n *node) []syntax.Stmt {
	s := syntax.Stmt{Span: w.span(n)}
	switch n.Kind {
	case "expression_statement":
		return w.exprStmt(out, n)
	case "import_statement", "import_from_statement", "future_import_statement":
		w.imports(n)
		return out
	case "function_definition", "class_definition", "decorated_definition":
		s.Kind, s.Def = syntax.DefStmt, w.def(n)
		if s.Def == nil {
			return out
		}
	case "return_statement":
		s.Kind, s.Value = syntax.Return, w.exprOpt(n.FirstNamed())
	case "raise_statement":
		s.Kind, s.Value = syntax.Raise, w.raised(n)
	case "if_statement":
		s.Kind = syntax.If
		s.Cond, s.Body = w.expr(n.Child("condition")), w.stmts(n.Child("consequence"))
		s.Else = w.alternatives(n)
	case "while_statement":
		s.Kind, s.Cond, s.Body = syntax.Loop, w.expr(n.Child("condition")), w.stmts(n.Child("body"))
		s.Else = w.stmts(n.Child("alternative").Child("body"))
	case "for_statement":
		s.Kind, s.Async = syntax.Loop, n.Has("async")
		s.Targets = []*syntax.Expr{w.expr(n.Child("left"))}
		s.Value, s.Body = w.expr(n.Child("right")), w.stmts(n.Child("body"))
		s.Else = w.stmts(n.Child("alternative").Child("body"))
	case "try_statement":
		w.try(&s, n)
	case "with_statement":
		w.with(&s, n)
	case "match_statement":
		return w.match(out, n)
	case "break_statement":
		s.Kind = syntax.Break
	case "continue_statement":
		s.Kind = syntax.Continue
	case "assert_statement":
		w.assert(&s, n)
	case "global_statement", "nonlocal_statement":
		w.globals(n)
		return out
	case "pass_statement", "type_alias_statement":
		return out
	case "print_statement", "exec_statement", "delete_statement":
		s.Kind, s.Value = syntax.ExprStmt, w.other(n)
	case treesitter.Error, "block", "module":
		return append(out, w.stmts(n)...)
	default:
		s.Kind, s.Value = syntax.ExprStmt, w.expr(n)
		if !keeps(s.Value) {
			return out
		}
	}
	return append(out, s)
}

// keeps tells whether a loose expression, found where a statement belongs, is worth
// keeping: only calls and assignments are.
func keeps(e *syntax.Expr) bool {
	found := false
	e.Walk(func(e *syntax.Expr) bool {
		found = found || e.Kind == syntax.Call || e.Kind == syntax.LambdaLit
		return !found
	})
	return found
}

// again is e for a second mention: evaluated once, its calls must not count twice.
func again(e *syntax.Expr) *syntax.Expr {
	if !keeps(e) {
		return e
	}
	return &syntax.Expr{Kind: syntax.Other, Span: e.Span, Text: e.Path()}
}

func (w *lowering) exprStmt(out []syntax.Stmt, n *node) []syntax.Stmt {
	s := syntax.Stmt{Kind: syntax.ExprStmt, Span: w.span(n)}
	kids := n.NamedChildren()
	if len(kids) != 1 {
		for _, k := range kids { // a, b: a bare tuple
			out = append(out, syntax.Stmt{Kind: syntax.ExprStmt, Span: w.span(k), Value: w.expr(k)})
		}
		return out
	}
	e := kids[0]
	switch e.Kind {
	case "assignment":
		w.assignment(&s, e)
	case "augmented_assignment":
		s.Kind = syntax.Assign
		left := w.expr(e.Child("left"))
		s.Targets = []*syntax.Expr{left}
		s.Value = &syntax.Expr{Kind: syntax.Binary, Span: s.Span, X: again(left), Y: w.expr(e.Child("right")),
			Text: strings.TrimSuffix(w.text(e.Child("operator")), "=")}
	default:
		s.Value = w.expr(e)
	}
	return append(out, s)
}

// assignment lowers a = b = value and a: T = value.
func (w *lowering) assignment(s *syntax.Stmt, n *node) {
	s.Kind = syntax.Assign
	for {
		s.Targets = append(s.Targets, w.expr(n.Child("left")))
		if t := n.Child("type"); t != nil {
			s.Type = w.text(t)
		}
		right := n.Child("right")
		switch {
		case right == nil:
			s.Kind = syntax.Declare
			return
		case right.Kind != "assignment":
			s.Value = w.named(right, s.Targets[0].Path())
			return
		}
		n = right
	}
}

// alternatives lowers elif and else into nested Else.
func (w *lowering) alternatives(n *node) []syntax.Stmt {
	var clauses []*node
	for c := n.First; c != nil; c = c.Next {
		if c.Field == "alternative" {
			clauses = append(clauses, c)
		}
	}
	var out []syntax.Stmt
	for i := len(clauses) - 1; i >= 0; i-- {
		c := clauses[i]
		if c.Kind == "else_clause" {
			out = w.stmts(c.Child("body"))
			continue
		}
		out = []syntax.Stmt{{Kind: syntax.If, Span: w.span(c), Cond: w.expr(c.Child("condition")),
			Body: w.stmts(c.Child("consequence")), Else: out}}
	}
	return out
}

func (w *lowering) try(s *syntax.Stmt, n *node) {
	s.Kind, s.Body = syntax.Try, w.stmts(n.Child("body"))
	for c := n.First; c != nil; c = c.Next {
		switch c.Kind {
		case "except_clause", "except_group_clause":
			s.Handlers = append(s.Handlers, w.handler(c))
		case "else_clause":
			s.Else = w.stmts(c.Child("body"))
		case "finally_clause":
			s.Finally = w.stmts(c.Find("block"))
		}
	}
}

func (w *lowering) handler(n *node) syntax.Handler {
	h := syntax.Handler{Span: w.span(n), Body: w.stmts(n.Find("block"))}
	for _, c := range n.NamedChildren() {
		switch {
		case c.Kind == "block":
		case c.Kind == "as_pattern":
			h.Types = append(h.Types, w.types(c.FirstNamed())...)
			h.Name = w.text(c.Child("alias"))
		case len(h.Types) > 0 && c.Kind == "identifier" && n.Has("as"):
			h.Name = w.text(c)
		default:
			h.Types = append(h.Types, w.types(c)...)
		}
	}
	return h
}

// types flattens except (A, B).
func (w *lowering) types(n *node) []*syntax.Expr {
	if n == nil {
		return nil
	}
	if n.Kind == "tuple" || n.Kind == "expression_list" {
		var out []*syntax.Expr
		for _, c := range n.NamedChildren() {
			out = append(out, w.expr(c))
		}
		return out
	}
	return []*syntax.Expr{w.expr(n)}
}

func (w *lowering) with(s *syntax.Stmt, n *node) {
	s.Kind, s.Async = syntax.With, n.Has("async")
	for _, item := range n.Find("with_clause").NamedChildren() {
		v := item.Child("value")
		if v == nil {
			v = item.FirstNamed()
		}
		it := syntax.WithItem{}
		if v != nil && v.Kind == "as_pattern" {
			it.As = w.exprOpt(v.Child("alias").FirstNamed())
			v = v.FirstNamed()
		}
		it.Value = w.expr(v)
		s.Items = append(s.Items, it)
	}
	s.Body = w.stmts(n.Child("body"))
}

// assert lowers to: if not cond: raise AssertionError(message).
func (w *lowering) assert(s *syntax.Stmt, n *node) {
	kids := n.NamedChildren()
	raised := &syntax.Expr{Kind: syntax.Call, Span: s.Span,
		X: &syntax.Expr{Kind: syntax.Ident, Span: s.Span, Text: "AssertionError"}}
	s.Kind = syntax.If
	if len(kids) > 0 {
		c := w.expr(kids[0])
		s.Cond = &syntax.Expr{Kind: syntax.Unary, Span: c.Span, Text: "not", X: c}
	}
	if len(kids) > 1 {
		raised.Args = []syntax.Arg{{Value: w.expr(kids[1])}}
	}
	s.Body = []syntax.Stmt{{Kind: syntax.Raise, Span: s.Span, Value: raised}}
}

func (w *lowering) globals(n *node) {
	if w.Def == nil {
		return
	}
	for _, c := range n.NamedChildren() {
		w.Def.Globals = append(w.Def.Globals, w.text(c))
	}
}

func (w *lowering) raised(n *node) *syntax.Expr {
	for c := n.First; c != nil; c = c.Next {
		if c.Named && c.Field != "cause" && c.Kind != "comment" {
			if c.Kind == "expression_list" { // raise E, "message" of Python 2
				return w.exprOpt(c.FirstNamed())
			}
			return w.expr(c)
		}
	}
	return nil
}
