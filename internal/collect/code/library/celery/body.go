package celery

import (
	"strings"

	"qaudit/internal/collect/code/library/outside"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// followed is how many project functions deep a task's body is followed.
const followed = 2

// maxFollowed bounds how many bodies are read for one task.
const maxFollowed = 60

// bodyReader reads what one task does.
type bodyReader struct {
	*reader
	task *task
	body *code.TaskBody
	seen map[*syntax.Def]bool
	work map[workKey]bool
}

type workKey struct {
	what string
	line int
	file string
}

// around is what stands around a statement within its function.
type around struct {
	tries       []*syntax.Stmt // in whose body it stands, outermost first
	conditional bool           // it does not always run, or runs more than once
	joins       bool           // under allow_join_result()
	raised      bool           // the statement raises or returns what the expression gives
}

// body reads the body of a task.
func (r *reader) body(t *task) {
	b := &bodyReader{reader: r, task: t, body: &code.TaskBody{}, seen: map[*syntax.Def]bool{}, work: map[workKey]bool{}}
	s := scope{t.f, t.fn}
	b.body.At = r.origin(s, t.fn.Span)
	b.body.Tainted = t.fn.Tainted
	b.function(s, t.fn, 0, around{})
	t.fact.Body = b.body
}

func (b *bodyReader) function(s scope, d *syntax.Def, depth int, a around) {
	if b.seen[d] || len(b.seen) >= maxFollowed {
		return
	}
	b.seen[d] = true
	b.block(s, d.Body, depth, a)
}

func (b *bodyReader) block(s scope, stmts []syntax.Stmt, depth int, a around) {
	for i := range stmts {
		b.stmt(s, &stmts[i], depth, a)
	}
}

func (b *bodyReader) stmt(s scope, st *syntax.Stmt, depth int, a around) {
	inner := a
	inner.raised = st.Kind == syntax.Raise || st.Kind == syntax.Return
	b.exprs(s, st, depth, inner)
	switch st.Kind {
	case syntax.If:
		b.checks(st.Cond)
		inner.conditional = true
		b.block(s, st.Body, depth, inner)
		b.block(s, st.Else, depth, inner)
	case syntax.Loop:
		b.checks(st.Cond)
		inner.conditional = true
		b.block(s, st.Body, depth, inner)
		b.block(s, st.Else, depth, a)
	case syntax.Try:
		inTry := a
		inTry.tries = append(append([]*syntax.Stmt{}, a.tries...), st)
		b.block(s, st.Body, depth, inTry)
		handler := a
		handler.conditional = true
		for _, h := range st.Handlers {
			b.catches(s, h)
			b.block(s, h.Body, depth, handler)
		}
		b.block(s, st.Else, depth, a)
		b.block(s, st.Finally, depth, a)
	case syntax.With:
		for _, item := range st.Items {
			if b.path(s, item.Value) == "celery.result.allow_join_result()" {
				a.joins = true
			}
		}
		b.block(s, st.Body, depth, a)
	case syntax.Block:
		b.block(s, st.Body, depth, a)
	}
}

// exprs looks at the calls of one statement, inner ones too.
func (b *bodyReader) exprs(s scope, st *syntax.Stmt, depth int, a around) {
	conditional := a.conditional
	st.Exprs(func(e *syntax.Expr) bool {
		switch e.Kind {
		case syntax.Call:
			at := a
			at.conditional = conditional
			b.call(s, e, depth, at)
		case syntax.Cond:
			b.checks(e.X)
		case syntax.Binary:
			if comparisons[e.Text] || e.Text == "<" || e.Text == ">" || e.Text == ">=" || e.Text == "<=" {
				b.checks(e)
			}
		case syntax.Attr, syntax.StringLit:
			b.body.Redelivered = b.body.Redelivered || e.Text == "redelivered"
		}
		return true
	})
}

// checks says that a condition looks at how often the task was retried.
func (b *bodyReader) checks(e *syntax.Expr) {
	e.Walk(func(x *syntax.Expr) bool {
		b.body.Checks = b.body.Checks || x.Kind == syntax.Attr && x.Text == "retries" && x.X.Kind == syntax.Attr && x.X.Text == "request"
		return true
	})
}

func (b *bodyReader) catches(s scope, h syntax.Handler) {
	for _, t := range handlerTypes(h) {
		if lastName(t) == "SoftTimeLimitExceeded" {
			b.body.CatchesSoftLimit = true
		}
	}
}

// handlerTypes are the error types of a handler, those of a tuple too.
func handlerTypes(h syntax.Handler) []*syntax.Expr {
	var out []*syntax.Expr
	for _, t := range h.Types {
		if t != nil && t.Kind == syntax.ListLit {
			for _, a := range t.Args {
				out = append(out, a.Value)
			}
			continue
		}
		out = append(out, t)
	}
	return out
}

func lastName(e *syntax.Expr) string {
	if e != nil && (e.Kind == syntax.Ident || e.Kind == syntax.Attr) {
		return e.Text
	}
	return ""
}

// call looks at one call in the body.
func (b *bodyReader) call(s scope, e *syntax.Expr, depth int, a around) {
	if depth == 0 {
		if b.retry(s, e, a) || b.wait(s, e, a) {
			return
		}
	}
	p := b.path(s, e.X)
	if outside.Call(p, true) == outside.Sleeps {
		b.sleep(s, e, depth, a)
		return
	}
	if b.sends(s, e) || b.reaches(s, e, p) {
		return
	}
	d := b.def(s, e.X)
	if d == nil || depth >= followed || b.homes[d] == nil {
		return
	}
	if d.Kind == syntax.Class { // Client(…): what its constructor does
		for _, m := range b.homes[d].Defs {
			if m.Parent == d && m.Name == "__init__" {
				b.function(scope{b.homes[d], m}, m, depth+1, around{conditional: a.conditional})
			}
		}
		return
	}
	b.function(scope{b.homes[d], d}, d, depth+1, around{conditional: a.conditional})
}

func (b *bodyReader) sleep(s scope, e *syntax.Expr, depth int, a around) {
	x := code.Sleep{At: b.origin(s, e.Span)}
	if len(e.Args) > 0 && !a.conditional {
		if d, ok := b.reader.wait(s, e.Args[0].Value); ok {
			x.D = model.Present(d, x.At)
		}
	}
	b.body.Sleeps = append(b.body.Sleeps, x)
}

// sends notes that the task sends other tasks.
func (b *bodyReader) sends(s scope, e *syntax.Expr) bool {
	if e.X.Kind != syntax.Attr {
		return false
	}
	if _, ok := sendMethods[e.X.Text]; !ok {
		return false
	}
	if b.taskOf(s, e.X.X) == 0 && e.X.Text != "send_task" {
		return false
	}
	b.add(s, e, code.Work{What: e.X.Path(), Known: true})
	return true
}

func (b *bodyReader) add(s scope, e *syntax.Expr, w code.Work) {
	k := workKey{w.What, e.Span.Line, s.f.Path}
	if b.work[k] {
		return
	}
	b.work[k] = true
	w.At = b.origin(s, e.Span)
	b.body.Work = append(b.body.Work, w)
}

// builders are modules whose functions put queries together; only their methods that run
// them reach outside.
var builders = []string{"sqlalchemy.", "django.db.", "pymongo.", "elasticsearch_dsl.", "peewee.", "requests.compat.",
	"requests.utils.", "urllib.parse.", "pathlib.", "tempfile.", "shutil.which"}

// makes says that a call makes an object that reaches outside only when it is used: a
// class, a query, a session.
func makes(p string) bool {
	_, last, ok := cutLast(p)
	if !ok || p == "" {
		return false
	}
	if startsUpper(last) || last == "session" || last == "client" || last == "resource" || strings.HasPrefix(last, "get_connection") {
		_, waits := untimed[p]
		return !waits
	}
	for _, b := range builders {
		if strings.HasPrefix(p, b) {
			return outside.Method(last) != outside.Stores
		}
	}
	return false
}

// reaches notes a call that goes outside the process.
func (b *bodyReader) reaches(s scope, e *syntax.Expr, p string) bool {
	if w, ok := b.remote(s, e, p); ok {
		b.add(s, e, w)
		return true
	}
	if strings.HasPrefix(p, "celery.") || makes(p) {
		return true // signatures and results, not yet sent; sessions and queries, not yet used
	}
	switch outside.Call(p, true) {
	case outside.Outside, outside.Stores:
		if b.def(s, e.X) == nil {
			b.add(s, e, code.Work{What: p, Known: true})
			return true
		}
	case outside.Inside:
		return true
	}
	if e.X.Kind == syntax.Attr && p == "" && outside.Method(e.X.Text) == outside.Stores && b.def(s, e.X) == nil {
		b.add(s, e, code.Work{What: describe(e.X), Known: true})
		return true
	}
	if e.X.Kind == syntax.Attr && writesORM(e.X) {
		b.add(s, e, code.Work{What: describe(e.X), Known: true})
		return true
	}
	return false
}

// describe is a callee as it is shown: without the arguments of the calls in it.
func describe(e *syntax.Expr) string {
	if p := e.Path(); p != "" {
		return p
	}
	return "." + e.Text
}

// writesORM says that a callee changes rows through Django's or SQLAlchemy's ORM.
func writesORM(callee *syntax.Expr) bool {
	switch callee.Text {
	case "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "update", "delete":
	default:
		return false
	}
	found := false
	callee.X.Walk(func(x *syntax.Expr) bool {
		found = found || x.Kind == syntax.Attr && (x.Text == "objects" || x.Text == "query" || x.Text == "_default_manager")
		return true
	})
	return found
}
