package syntax

// Inspect calls onStmt for every statement of a body, outer ones first, and onExpr for
// every expression in them, parents first. Either may be nil. When onStmt returns false
// the statement is left out; when onExpr returns false the expression's parts are. The
// bodies of definitions and lambdas are not entered.
func Inspect(body []Stmt, onStmt func(*Stmt) bool, onExpr func(*Expr) bool) {
	for i := range body {
		s := &body[i]
		if onStmt != nil && !onStmt(s) {
			continue
		}
		if onExpr != nil {
			s.Exprs(onExpr)
		}
		Inspect(s.Body, onStmt, onExpr)
		for _, h := range s.Handlers {
			Inspect(h.Body, onStmt, onExpr)
		}
		Inspect(s.Else, onStmt, onExpr)
		Inspect(s.Finally, onStmt, onExpr)
	}
}

// Exprs calls f for the expressions that stand in the statement itself, not in its
// blocks, parents first.
func (s *Stmt) Exprs(f func(*Expr) bool) {
	for _, t := range s.Targets {
		t.Walk(f)
	}
	s.Value.Walk(f)
	s.Cond.Walk(f)
	for _, i := range s.Items {
		i.Value.Walk(f)
		i.As.Walk(f)
	}
	for _, h := range s.Handlers {
		for _, t := range h.Types {
			t.Walk(f)
		}
	}
	for _, d := range s.Decorators {
		d.Walk(f)
	}
}
