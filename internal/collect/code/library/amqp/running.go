package amqp

import (
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// routes are the last parts of decorators that make a function the handler of a request,
// message, task or command of a bot.
var routes = map[string]string{"route": "a request", "get": "a request", "post": "a request", "put": "a request", "delete": "a request",
	"patch": "a request", "api_view": "a request", "websocket": "a request", "task": "a task", "shared_task": "a task",
	"Get": "a request", "Post": "a request", "Put": "a request", "Delete": "a request", "Patch": "a request", "All": "a request",
	"MessagePattern": "a message", "EventPattern": "a message", "RabbitSubscribe": "a message", "RabbitRPC": "a message",
	"agent": "a message", "subscriber": "a message", "action": "a request", "on_event": "", "command": "", "Cron": "a run of a schedule", "Interval": "a run of a schedule"}

// findRunning finds the functions that run once a request, message or task, and those that
// run in threads.
func (r *reader) findRunning() {
	for _, f := range r.tree.Files {
		for _, d := range f.Defs {
			for _, e := range d.Decorators {
				name := e
				if e.Kind == syntax.Call {
					name = e.X
				}
				p := name.Path()
				if why := routes[p[strings.LastIndexByte(p, '.')+1:]]; why != "" && (strings.Contains(p, ".") || p != "get" && p != "delete") {
					r.running[d] = why
				}
			}
			if d.Parent != nil && d.Parent.Kind == syntax.Class && len(d.Params) > 1 && d.Params[1].Name == "request" {
				r.running[d] = "a request"
			}
			if d.Parent == nil && len(d.Params) > 0 && d.Params[0].Name == "request" && f.Lang == syntax.Python {
				r.running[d] = "a request"
			}
		}
	}
	for _, f := range r.tree.Files {
		r.inCalls(f, nil, f.Body)
		for _, d := range f.Defs {
			r.inCalls(f, d, d.Body)
		}
	}
	for _, s := range r.sites {
		r.handlersRun(s)
	}
}

// inCalls finds functions given to routers and threads.
func (r *reader) inCalls(f *library.File, d *syntax.Def, body []syntax.Stmt) {
	s := flow.Scope{File: f.File, Def: d}
	syntax.Inspect(body, nil, func(e *syntax.Expr) bool {
		if e.Kind != syntax.Call || e.X == nil {
			return true
		}
		if sp, ok := r.flow.Spawned(s, e); ok && sp.Thread {
			for _, t := range sp.Fns {
				r.thread(t, 0)
			}
		}
		if f.Lang != syntax.Python && e.X.Kind == syntax.Attr && isRouter(e.X) && len(e.Args) > 1 {
			for _, a := range e.Args[1:] {
				for _, t := range r.flow.Eval(s, a.Value) {
					if t.Form == flow.Function {
						r.running[t.Def] = "a request"
					}
				}
			}
		}
		return true
	})
}

// isRouter says that a call is app.get(…), router.post(…).
func isRouter(x *syntax.Expr) bool {
	switch x.Text {
	case "get", "post", "put", "delete", "patch", "all", "use":
	default:
		return false
	}
	n := strings.ToLower(x.X.Path())
	n = n[strings.LastIndexByte(n, '.')+1:]
	return n == "app" || n == "router" || n == "server" || n == "fastify" || strings.HasSuffix(n, "router") || strings.HasSuffix(n, "app")
}

// thread marks a function, and those that it calls, as running in another thread.
func (r *reader) thread(t *flow.Thing, depth int) {
	for t != nil && t.Form == flow.Partial {
		t = t.Inner
	}
	if t == nil || t.Form != flow.Function || r.threads[t.Def] || depth > maxSteps {
		return
	}
	r.threads[t.Def] = true
	s := flow.Scope{File: t.File, Def: t.Def}
	syntax.Inspect(t.Def.Body, nil, func(e *syntax.Expr) bool {
		if e.Kind == syntax.Call {
			for _, c := range r.flow.Eval(s, e.X) {
				r.thread(c, depth+1)
			}
		}
		return true
	})
}

// handlersRun marks the handlers of consumers.
func (r *reader) handlersRun(s *site) {
	for _, m := range s.means {
		if m.call.Act != library.Consume {
			continue
		}
		for _, v := range r.flow.Slots(s.scope, m.call, s.call, library.Callback) {
			for _, t := range r.flow.Eval(v.Scope, v.Expr) {
				for t.Form == flow.Partial {
					t = t.Inner
				}
				if t.Form == flow.Function {
					r.running[t.Def] = "a message"
				}
			}
		}
	}
}

// mark says of a site whether it stands in something that runs per request, message or
// call.
func (r *reader) mark(s *code.Site, d *syntax.Def, e *env) {
	why := r.runs(d, 0, map[*syntax.Def]bool{})
	for ; e != nil && why == ""; e = e.up {
		if e.def != nil {
			why = r.runs(e.site.Scope.Def, 0, map[*syntax.Def]bool{})
		}
	}
	if why != "" {
		s.PerCall, s.Reason = true, why
	}
}

// runs says how a function comes to run more than once: directly, or through those that
// call it.
func (r *reader) runs(d *syntax.Def, depth int, seen map[*syntax.Def]bool) string {
	if d == nil || seen[d] || depth > maxSteps {
		return ""
	}
	seen[d] = true
	for p := d; p != nil; p = p.Parent {
		if why := r.running[p]; why != "" {
			return "runs once for " + why
		}
	}
	for _, c := range r.flow.Calls(d) {
		if why := r.runs(c.Scope.Def, depth+1, seen); why != "" {
			return why
		}
	}
	return ""
}

// opensToPublish says that a function opens what it publishes one message through: each
// call of it opens another one.
func (r *reader) opensToPublish(s *site) string {
	d := s.scope.Def
	if d == nil || s.loop {
		return ""
	}
	why := ""
	r.acts(library.Publish, func(p *site, m *meaning) {
		if p.scope.Def != d || p.loop || why != "" {
			return
		}
		for _, slot := range []library.Slot{library.BodyOf, library.Key} {
			for _, v := range r.flow.Slots(p.scope, m.call, p.call, slot) {
				v.Expr.Walk(func(e *syntax.Expr) bool {
					if q, ok := r.tree.Project.Parameter(p.scope.File, d, e); ok && q.Def == d && !isReceiver(d) {
						why = "each call of " + d.Qualified + " publishes one message"
					} else if ok && q.Def == d && q.Index > 0 {
						why = "each call of " + d.Qualified + " publishes one message"
					}
					return why == ""
				})
			}
		}
	})
	return why
}

// isLock says that a with statement takes a lock.
func isLock(st *syntax.Stmt) bool {
	for _, i := range st.Items {
		p := strings.ToLower(i.Value.Path())
		if strings.Contains(p, "lock") || strings.Contains(p, "mutex") || strings.Contains(p, "semaphore") {
			return true
		}
	}
	return false
}
