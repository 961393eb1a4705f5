package celery

import (
	"time"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// sendMethods send a task; the value says that its arguments come as a list and a
// dictionary instead of as they are.
var sendMethods = map[string]bool{"delay": false, "apply_async": true, "send_task": true, "delay_on_commit": false,
	"apply_async_on_commit": true}

// signatureMethods make a signature of a task, which something else sends.
var signatureMethods = map[string]bool{"s": false, "si": false, "signature": true, "subtask": true}

// callAround is what stands around a call within its function.
type callAround struct {
	transaction *model.Origin
	hook        bool
}

// readCalls finds the calls that send tasks, and the canvases.
func (r *reader) readCalls() {
	r.bodies(func(s scope, body []syntax.Stmt) {
		var a callAround
		if s.def != nil {
			a = r.decorated(s)
		}
		r.callsIn(s, body, a)
	})
}

func (r *reader) callsIn(s scope, body []syntax.Stmt, a callAround) {
	for i := range body {
		st := &body[i]
		st.Exprs(func(e *syntax.Expr) bool {
			if e.Kind == syntax.Call {
				r.call(s, e, a)
			}
			r.canvasAt(s, e)
			return true
		})
		inner := a
		if st.Kind == syntax.With {
			for _, item := range st.Items {
				if at := r.opensTransaction(s, item.Value); at != nil {
					inner.transaction, inner.hook = at, false
				}
			}
		}
		r.callsIn(s, st.Body, inner)
		r.callsIn(s, st.Else, a)
		r.callsIn(s, st.Finally, a)
		for _, h := range st.Handlers {
			r.callsIn(s, h.Body, a)
		}
	}
}

// call reads one call that sends a task or makes a signature of one.
func (r *reader) call(s scope, e *syntax.Expr, a callAround) {
	if e.X.Kind != syntax.Attr {
		return
	}
	method := e.X.Text
	packed, sends := sendMethods[method]
	signature := false
	if !sends {
		if packed, signature = signatureMethods[method]; !signature {
			return
		}
	}
	c := code.CeleryCall{Site: r.site(s, e.Span), Method: method, As: e.X.X.Path(), Signature: signature,
		Options: map[string]code.Value{}}
	args := e.Args
	i := r.taskOf(s, e.X.X)
	switch {
	case method == "send_task":
		if _, any := r.appOf(s, e.X.X); !any {
			return
		}
		name := argument(args, 0, "name")
		c.Task = r.text(s, name)
		c.As = c.Task
		if len(args) > 0 && args[0].Name == "" {
			args = args[1:]
		}
	case i > 0:
		c.Task = r.tasks[i-1].fact.Name
	case signature && method == "signature":
		if _, any := r.appOf(s, e.X.X); !any {
			return
		}
		c.Task = r.text(s, argument(args, 0, "name"))
	case signature, !r.taskish(s, e.X.X):
		return
	}
	r.arguments(s, &c, args, packed)
	c.OnCommit = method == "delay_on_commit" || method == "apply_async_on_commit" || r.onCommit(s)
	c.InTransaction, c.SaveHook, c.InView = a.transaction, a.hook, r.inView(s)
	if t := r.enclosingTask(s.def); t > 0 {
		c.InTask = true
	}
	r.calls = append(r.calls, c)
}

// taskish says that something that is not known is called like a task: it comes from a
// module of tasks, or is made a signature of.
func (r *reader) taskish(s scope, e *syntax.Expr) bool {
	if r.isSignature(s, e, 0) {
		return true
	}
	front, _, ok := cutLast(r.path(s, e))
	_, module, _ := cutLast(front)
	if module == "" {
		module = front
	}
	return ok && (module == "tasks" || module == "celery_tasks" || module == "jobs")
}

func (r *reader) enclosingTask(d *syntax.Def) int {
	for ; d != nil; d = d.Parent {
		if i := r.taskAt(d); i > 0 {
			return i
		}
	}
	return 0
}

// arguments reads what a call gives to the task, and the call's own options.
func (r *reader) arguments(s scope, c *code.CeleryCall, args []syntax.Arg, packed bool) {
	if !packed {
		for _, a := range args {
			if !a.Spread {
				c.Args = append(c.Args, r.argument(s, a.Value))
			}
		}
		return
	}
	r.list(s, c, argument(args, 0, "args"))
	r.list(s, c, argument(args, 1, "kwargs"))
	for _, a := range args {
		if a.Name == "" || a.Spread || a.Name == "args" || a.Name == "kwargs" {
			continue
		}
		c.Options[a.Name] = r.value(s, a.Value)
		switch a.Name {
		case "queue":
			c.HasQueue, c.Queue = true, r.nameOf(s, a.Value)
			if c.Options["queue"].Kind == code.Nil {
				c.HasQueue = false
			}
		case "countdown":
			if d, ok := r.wait(s, a.Value); ok {
				c.Countdown = model.Present(d, c.At)
			}
		case "eta":
			c.HasETA = a.Value.Kind != syntax.NilLit
			if d, ok := r.eta(s, a.Value, 0); ok {
				c.Countdown = model.Present(d, c.At)
			}
		}
	}
}

func (r *reader) list(s scope, c *code.CeleryCall, e *syntax.Expr) {
	for range 3 {
		if e == nil || e.Kind == syntax.ListLit || e.Kind == syntax.MapLit {
			break
		}
		g := r.givens(s, e)
		if len(g) != 1 || g[0].element {
			return
		}
		s, e = g[0].scope, g[0].e
	}
	if e == nil {
		return
	}
	if e.Kind == syntax.ListLit || e.Kind == syntax.MapLit {
		for _, a := range e.Args {
			if !a.Spread {
				c.Args = append(c.Args, r.argument(s, a.Value))
			}
		}
	}
}

func (r *reader) argument(s scope, e *syntax.Expr) code.CallArg {
	return code.CallArg{Value: r.value(s, e), Object: r.object(s, e, 0), At: r.origin(s, e.Span)}
}

// eta is how far off a start time is: now() + timedelta(…).
func (r *reader) eta(s scope, e *syntax.Expr, depth int) (time.Duration, bool) {
	if e == nil || depth > 3 {
		return 0, false
	}
	if e.Kind == syntax.Binary && e.Text == "+" {
		if isNow(e.X) {
			return r.duration(s, e.Y)
		}
		if isNow(e.Y) {
			return r.duration(s, e.X)
		}
	}
	if g := r.givens(s, e); len(g) == 1 && !g[0].element {
		return r.eta(g[0].scope, g[0].e, depth+1)
	}
	return 0, false
}

func isNow(e *syntax.Expr) bool {
	if e == nil || e.Kind != syntax.Call {
		return false
	}
	switch lastName(e.X) {
	case "now", "utcnow", "localtime", "today":
		return true
	}
	return false
}
