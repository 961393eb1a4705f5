package javascript

import "qaudit/internal/collect/code/syntax"

// fallThrough is how many cases a case without break is followed into. Real ones share
// an ending with one or two others.
const fallThrough = 8

type switchCase struct {
	span  syntax.Span
	cond  *syntax.Expr // nil for default
	body  []syntax.Stmt
	empty bool
}

// switchCases lowers a switch to a chain of Ifs. case 'a': case 'b': share one
// condition; a case that falls through takes the next one's statements too. Breaks that
// end a case go; when others are left the chain stands in a Block marked Switch.
func (w *lowering) switchCases(out []syntax.Stmt, n *node) []syntax.Stmt {
	value := w.expr(n.Child("value"))
	if keeps(value) {
		out = append(out, syntax.Stmt{Kind: syntax.ExprStmt, Span: value.Span, Value: value})
		value = again(value)
	}
	var cases []switchCase
	var pending *syntax.Expr
	for c := n.Child("body").FirstOf(); c != nil; c = c.Next {
		if c.Kind != "switch_case" && c.Kind != "switch_default" {
			continue
		}
		k := w.switchCase(c, value)
		if k.cond != nil && pending != nil {
			k.cond = &syntax.Expr{Kind: syntax.Binary, Text: "||", Span: pending.Span, X: pending, Y: k.cond}
		}
		pending = nil
		if k.empty && k.cond != nil {
			pending = k.cond
			continue
		}
		cases = append(cases, k)
	}
	chain, breaks := chainCases(cases)
	if !breaks {
		return append(out, chain...)
	}
	return append(out, syntax.Stmt{Kind: syntax.Block, Switch: true, Span: w.span(n), Body: chain})
}

func (w *lowering) switchCase(n *node, value *syntax.Expr) switchCase {
	k := switchCase{span: w.span(n)}
	if v := n.Child("value"); v != nil {
		k.cond = &syntax.Expr{Kind: syntax.Binary, Text: "===", Span: w.span(v), X: value, Y: w.expr(v)}
	}
	k.empty = true
	for c := n.First; c != nil; c = c.Next {
		if !c.Named || c.Kind == "comment" || c.Field == "value" {
			continue
		}
		k.empty = false
		if c.Kind == "statement_block" { // case 'a': { … }
			k.body = append(k.body, w.stmts(c)...)
		} else {
			k.body = w.stmt(k.body, c)
		}
	}
	return k
}

// chainCases nests the cases in one another's Else, default last. breaks tells that a
// break is left which leaves the switch.
func chainCases(cases []switchCase) (chain []syntax.Stmt, breaks bool) {
	bodies := make([][]syntax.Stmt, len(cases))
	for i := range cases {
		var body []syntax.Stmt
		for j := i; j < len(cases) && j-i <= fallThrough; j++ {
			next, ends := trimBreak(cases[j].body)
			body = append(body, next...)
			if ends {
				break
			}
		}
		bodies[i] = body
		breaks = breaks || hasBreak(body)
	}
	for i, c := range cases {
		if c.cond == nil {
			chain = bodies[i]
		}
	}
	for i := len(cases) - 1; i >= 0; i-- {
		if cases[i].cond != nil {
			chain = []syntax.Stmt{{Kind: syntax.If, Span: cases[i].span, Cond: cases[i].cond, Body: bodies[i], Else: chain}}
		}
	}
	return chain, breaks
}

// trimBreak drops a closing break; ends tells that control does not run on into the
// next case.
func trimBreak(body []syntax.Stmt) (_ []syntax.Stmt, ends bool) {
	if len(body) == 0 {
		return nil, false
	}
	switch last := body[len(body)-1]; last.Kind {
	case syntax.Break:
		if last.Label == "" {
			return body[:len(body)-1], true
		}
		return body, true
	case syntax.Return, syntax.Raise, syntax.Continue:
		return body, true
	}
	return body, false
}

// hasBreak looks for a break that belongs to the switch, not to a loop inside it.
func hasBreak(body []syntax.Stmt) bool {
	for i := range body {
		s := &body[i]
		switch {
		case s.Kind == syntax.Break && s.Label == "":
			return true
		case s.Kind == syntax.Loop || s.Switch:
			continue
		}
		if hasBreak(s.Body) || hasBreak(s.Else) || hasBreak(s.Finally) {
			return true
		}
		for _, h := range s.Handlers {
			if hasBreak(h.Body) {
				return true
			}
		}
	}
	return false
}
