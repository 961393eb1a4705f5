package celery

import (
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// retry reads a call of self.retry().
func (b *bodyReader) retry(s scope, e *syntax.Expr, a around) bool {
	if !b.isRetry(s, e) {
		return false
	}
	r := code.CeleryRetry{At: b.origin(s, e.Span), Raised: a.raised}
	if x := argument(e.Args, -1, "max_retries"); x != nil {
		r.MaxRetries, r.HasMax = b.value(s, x), true
	}
	if x := argument(e.Args, -1, "countdown"); x != nil {
		r.Countdown, r.HasDelay = b.value(s, x), true
	} else if x := argument(e.Args, -1, "eta"); x != nil {
		r.HasDelay = true
	}
	throws := true
	if x := argument(e.Args, -1, "throw"); x != nil {
		throws = x.Kind != syntax.BoolLit || x.Bool
	}
	if throws {
		b.swallowed(s, &r, a.tries)
	}
	b.body.Retries = append(b.body.Retries, r)
	return true
}

// isRetry says that a call retries the task that it stands in: self.retry of a bound task,
// current_task.retry, or retry of the task by its name.
func (b *bodyReader) isRetry(s scope, e *syntax.Expr) bool {
	if e.X.Kind != syntax.Attr || e.X.Text != "retry" {
		return false
	}
	x := e.X.X
	if x.Kind == syntax.Ident {
		if len(b.task.fn.Params) > 0 && b.task.fn.Params[0].Name == x.Text && (b.task.fact.Bound || b.task.def.Kind == syntax.Class) {
			return true
		}
	}
	if p := b.path(s, x); p == "celery.current_task" {
		return true
	}
	t := b.taskOf(s, x)
	return t > 0 && b.tasks[t-1] == b.task
}

// swallowed finds the broad handler around a retry that catches Retry and does not raise
// it again.
func (b *bodyReader) swallowed(s scope, r *code.CeleryRetry, tries []*syntax.Stmt) {
	for i := len(tries) - 1; i >= 0; i-- {
		for _, h := range tries[i].Handlers {
			broad := len(h.Types) == 0
			named := false
			for _, t := range handlerTypes(h) {
				switch lastName(t) {
				case "Exception", "BaseException", "CeleryError", "TaskPredicate":
					broad = true
				case "Retry":
					named = true
				}
			}
			if !broad && !named {
				continue
			}
			raises, again := b.leaves(s, h)
			if again && broad {
				r.Swallowed, r.Again = b.origin(s, h.Span), true
				return
			}
			if raises {
				break // on to the try around this one
			}
			r.Swallowed = b.origin(s, headOf(h))
			return
		}
	}
}

// headOf is the first line of a handler.
func headOf(h syntax.Handler) syntax.Span {
	at := h.Span
	if len(h.Body) > 0 && h.Body[0].Span.Start > at.Start {
		at.End, at.EndLine, at.EndColumn = h.Body[0].Span.Start, at.Line, at.Column
	}
	return at
}

// leaves says how a handler ends: by raising, or by another retry.
func (b *bodyReader) leaves(s scope, h syntax.Handler) (raises, again bool) {
	syntax.Inspect(h.Body, func(st *syntax.Stmt) bool {
		raises = raises || st.Kind == syntax.Raise
		return true
	}, func(e *syntax.Expr) bool {
		again = again || e.Kind == syntax.Call && b.isRetry(s, e)
		return true
	})
	return raises && !again, again
}

// waitMethods wait for a result.
var waitMethods = map[string]bool{"get": true, "join": true, "join_native": true, "wait": true, "collect": true}

// wait reads a wait for the result of another task.
func (b *bodyReader) wait(s scope, e *syntax.Expr, a around) bool {
	if e.X.Kind != syntax.Attr || !waitMethods[e.X.Text] || !b.isResult(s, e.X.X, 0) {
		return false
	}
	w := code.TaskWait{At: b.origin(s, e.Span), Allowed: a.joins}
	if x := argument(e.Args, -1, "disable_sync_subtasks"); x != nil && x.Kind == syntax.BoolLit && !x.Bool {
		w.Allowed = true
	}
	if x := argument(e.Args, 0, "timeout"); x != nil && x.Kind != syntax.NilLit {
		w.Timeout = true
	}
	b.body.Waits = append(b.body.Waits, w)
	return true
}

// isResult says that an expression is the result of a task or group that was sent.
func (r *reader) isResult(s scope, e *syntax.Expr, depth int) bool {
	if e == nil || depth > 4 {
		return false
	}
	switch e.Kind {
	case syntax.Call:
		switch p := r.path(s, e.X); p {
		case "celery.result.AsyncResult", "celery.result.GroupResult", "celery.AsyncResult":
			return true
		}
		if e.X.Kind == syntax.Attr {
			switch e.X.Text {
			case "delay", "apply_async":
				return r.taskOf(s, e.X.X) > 0 || r.isSignature(s, e.X.X, 0)
			case "send_task", "AsyncResult":
				_, any := r.appOf(s, e.X.X)
				return any || r.taskOf(s, e.X.X) > 0
			}
		}
		return r.isSignature(s, e.X, 0) // group(...)()
	case syntax.Ident:
		g := r.givens(s, e)
		for _, x := range g {
			if x.element || !r.isResult(x.scope, x.e, depth+1) {
				return false
			}
		}
		return len(g) > 0
	}
	return false
}
