package python

import "qaudit/internal/collect/code/syntax"

// match lowers to a chain of Ifs. A literal or dotted pattern becomes subject == value,
// alternatives are joined by or, a class pattern becomes isinstance(subject, C), a lone
// name binds; any other pattern is an Other condition. The subject is evaluated once:
// a call in it is kept as a statement of its own.
func (w *lowering) match(out []syntax.Stmt, n *node) []syntax.Stmt {
	subject := w.expr(n.Child("subject"))
	if keeps(subject) {
		out = append(out, syntax.Stmt{Kind: syntax.ExprStmt, Span: subject.Span, Value: subject})
		subject = again(subject)
	}
	var cases []*node
	body := n.Child("body")
	if body == nil {
		body = n
	}
	for c := body.First; c != nil; c = c.Next {
		if c.Kind == "case_clause" {
			cases = append(cases, c)
		}
	}
	var chain []syntax.Stmt
	for i := len(cases) - 1; i >= 0; i-- {
		chain = w.matchCase(cases[i], subject, chain)
	}
	return append(out, chain...)
}

func (w *lowering) matchCase(c *node, subject *syntax.Expr, rest []syntax.Stmt) []syntax.Stmt {
	s := syntax.Stmt{Kind: syntax.If, Span: w.span(c), Else: rest}
	bound := ""
	var conds []*syntax.Expr
	for p := c.First; p != nil; p = p.Next {
		if p.Kind == "case_pattern" {
			cond, name := w.pattern(p, subject)
			if cond != nil {
				conds = append(conds, cond)
			}
			bound = name
		}
	}
	if len(conds) > 1 { // case a, b: a sequence
		s.Cond = &syntax.Expr{Kind: syntax.Other, Span: s.Span, Text: w.text(c.Find("case_pattern"))}
	} else if len(conds) == 1 {
		s.Cond = conds[0]
	}
	if g := c.Child("guard"); g != nil {
		guard := w.expr(g.FirstNamed())
		if s.Cond == nil {
			s.Cond = guard
		} else {
			s.Cond = &syntax.Expr{Kind: syntax.Binary, Text: "and", Span: s.Cond.Span, X: s.Cond, Y: guard}
		}
	}
	if bound != "" {
		s.Body = append(s.Body, syntax.Stmt{Kind: syntax.Assign, Span: s.Span, Value: subject,
			Targets: []*syntax.Expr{{Kind: syntax.Ident, Span: s.Span, Text: bound}}})
	}
	s.Body = append(s.Body, w.stmts(c.Child("consequence"))...)
	if s.Cond == nil { // matches anything
		return s.Body
	}
	return []syntax.Stmt{s}
}

// pattern is the condition under which p matches, nil for always, and the name it binds.
func (w *lowering) pattern(p *node, subject *syntax.Expr) (cond *syntax.Expr, bound string) {
	if !w.Enter(p) {
		return &syntax.Expr{Span: w.span(p)}, ""
	}
	defer w.Leave()
	in := p
	if p.Kind == "case_pattern" {
		if in = p.FirstNamed(); in == nil { // "_", or a minus before a number
			if w.text(p) == "_" {
				return nil, ""
			}
			return w.opaque(p), ""
		}
	}
	e := &syntax.Expr{Kind: syntax.Binary, Text: "==", Span: w.span(p), X: subject}
	switch in.Kind {
	case "dotted_name":
		kids := in.NamedChildren()
		if len(kids) == 1 {
			if w.text(in) == "_" {
				return nil, ""
			}
			return nil, w.text(in)
		}
		e.Y = w.chain(kids)
		return e, ""
	case "string", "concatenated_string", "integer", "float", "true", "false", "none":
		if w.text(p) != w.text(in) {
			return w.opaque(p), ""
		}
		e.Y = w.expr(in)
		return e, ""
	case "union_pattern":
		return w.union(in, subject), ""
	case "class_pattern":
		return w.isInstance(in, subject), ""
	}
	return w.opaque(p), ""
}

func (w *lowering) opaque(p *node) *syntax.Expr {
	return &syntax.Expr{Kind: syntax.Other, Span: w.span(p), Text: w.text(p)}
}

func (w *lowering) chain(names []*node) *syntax.Expr {
	var e *syntax.Expr
	for _, n := range names {
		if e == nil {
			e = &syntax.Expr{Kind: syntax.Ident, Span: w.span(n), Text: w.text(n)}
			continue
		}
		e = &syntax.Expr{Kind: syntax.Attr, Span: w.span(n), X: e, Text: w.text(n)}
	}
	return e
}

func (w *lowering) union(n *node, subject *syntax.Expr) *syntax.Expr {
	var out *syntax.Expr
	for _, c := range n.NamedChildren() {
		one, _ := w.pattern(c, subject)
		if one == nil {
			return w.opaque(n)
		}
		if out == nil {
			out = one
			continue
		}
		out = &syntax.Expr{Kind: syntax.Binary, Text: "or", Span: w.span(n), X: out, Y: one}
	}
	return out
}

func (w *lowering) isInstance(n *node, subject *syntax.Expr) *syntax.Expr {
	class := w.chain(n.Find("dotted_name").NamedChildren())
	if class == nil {
		return w.opaque(n)
	}
	return &syntax.Expr{Kind: syntax.Call, Span: w.span(n),
		X:    &syntax.Expr{Kind: syntax.Ident, Span: w.span(n), Text: "isinstance"},
		Args: []syntax.Arg{{Value: subject}, {Value: class}}}
}
