package amqp

import (
	"path"
	"strings"

	"qaudit/internal/collect/code/handler"
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// nestName is the package of Nest's transports.
const nestName = "@nestjs/microservices"

// nestOptions is one { transport: Transport.RMQ, options: … } of a server or client.
type nestOptions struct {
	c       *ctx
	file    *library.File // of the application: where the server is made
	options *syntax.Expr
	name    string // a client's name, by which it is injected
	server  bool
}

// nest adds the connections, queues and consumers of Nest's RabbitMQ transport.
func (r *reader) nest() {
	servers := r.nestServers()
	served := map[*syntax.Expr]bool{}
	for _, o := range servers {
		served[o.options] = true
	}
	clients := map[string]*nestOptions{}
	for _, o := range r.nestClients(served) {
		r.used[nestName] = true
		r.nestConnection(o)
		clients[o.name] = o
	}
	for _, o := range servers {
		r.used[nestName] = true
		r.nestConnection(o)
		r.nestConsumers(o, servers)
	}
	r.nestPublishes(clients)
}

// nestServers finds the options that createMicroservice and connectMicroservice are given.
func (r *reader) nestServers() []*nestOptions {
	var out []*nestOptions
	for _, f := range r.tree.Files {
		if f.Lang == syntax.Python {
			continue
		}
		r.eachCall(f, func(s flow.Scope, e *syntax.Expr) {
			if n := lastName(e.X); n != "createMicroservice" && n != "connectMicroservice" {
				return
			}
			for _, a := range e.Args {
				if a.Value != nil {
					out = append(out, r.nestServer(f, s, a.Value)...)
				}
			}
		})
	}
	return out
}

// nestServer reads an argument that is the options of a server, or a call that gives them.
func (r *reader) nestServer(f *library.File, s flow.Scope, arg *syntax.Expr) []*nestOptions {
	var out []*nestOptions
	for _, t := range r.flow.Eval(s, arg) {
		if t.Form != flow.Record {
			continue
		}
		o := r.nestAt(r.tree.File(t.At.File.Path), t.At.Def, t.Expr)
		if o == nil {
			continue
		}
		o.file, o.server = f, true
		o.c.withinCall(flow.Found{Scope: s, Expr: arg}, t)
		out = append(out, o)
	}
	return out
}

// withinCall takes the parameters of the function that gives t from the call of it.
func (c *ctx) withinCall(f flow.Found, t *flow.Thing) {
	src := c.source(f)
	if src.Expr.Kind != syntax.Call {
		return
	}
	for _, fn := range c.r.flow.Eval(src.Scope, src.Expr.X) {
		if fn.Form == flow.Function && gives(c.r.flow.Results(fn.Def), t) {
			c.env = &env{def: fn.Def, names: true, site: flow.CallSite{Scope: src.Scope, Call: src.Expr, Args: src.Expr.Args, Recv: fn.Self}}
			return
		}
	}
}

// nestClients finds the other options of transports that speak to RabbitMQ.
func (r *reader) nestClients(served map[*syntax.Expr]bool) []*nestOptions {
	var out []*nestOptions
	for _, f := range r.tree.Files {
		if f.Lang == syntax.Python {
			continue
		}
		find := func(d *syntax.Def) func(e *syntax.Expr) bool {
			return func(e *syntax.Expr) bool {
				if o := r.nestAt(f, d, e); o != nil && !served[e] {
					out = append(out, o)
				}
				return true
			}
		}
		syntax.Inspect(f.Body, nil, find(nil))
		for _, d := range f.Defs {
			syntax.Inspect(d.Body, nil, find(d))
			for _, e := range d.Decorators {
				e.Walk(find(d.Parent))
			}
		}
	}
	return out
}

// nestAt reads an object literal with a transport of RabbitMQ.
func (r *reader) nestAt(f *library.File, d *syntax.Def, e *syntax.Expr) *nestOptions {
	if e == nil || f == nil || e.Kind != syntax.MapLit {
		return nil
	}
	var options *syntax.Expr
	rabbit := false
	o := &nestOptions{file: f, options: e}
	for _, a := range e.Args {
		switch a.Name {
		case "transport":
			rabbit = a.Value != nil && strings.HasSuffix(a.Value.Path(), "Transport.RMQ")
		case "options":
			options = a.Value
		case "name":
			o.name = r.token(f, d, a.Value)
		}
	}
	if !rabbit {
		return nil
	}
	call := &syntax.Expr{Kind: syntax.Call, Span: e.Span, X: e}
	if options != nil {
		call.Args = []syntax.Arg{{Value: options}}
	}
	s := flow.Scope{File: f.File, Def: d}
	lib := library.Nest()
	o.c = &ctx{asking: asking{r: r}, site: &site{file: f, scope: s, call: call}, m: &meaning{lib: lib, call: library.NestServer(), name: "Transport.RMQ"}}
	return o
}

// token is the name under which a client is injected: text or a symbol.
func (r *reader) token(f *library.File, d *syntax.Def, e *syntax.Expr) string {
	if v := r.tree.Project.Value(f.File, d, e); v.Kind == code.String {
		return v.Text
	}
	return e.Path()
}

// nestConnection adds the connection and queue of a server or client.
func (r *reader) nestConnection(o *nestOptions) {
	c := o.c
	url := c.plain(library.URL)
	if a := c.arg(library.URL); !a.given && !a.open {
		url, _, _ = c.byDefault(c.m.call, library.URL)
	}
	site := c.site1()
	conn := code.Connection{Site: site, ID: len(r.facts.Connections) + 1, URL: maskURL(url), VHost: r.vhost(c, url), Served: o.server,
		Recovers: model.Present(true, c.at()), Heartbeat: model.Present(int64(5), c.at()), TLSVerify: r.verifies(c),
		Host: code.Value{Kind: code.Nil}, User: code.Value{Kind: code.Nil}, Password: code.Value{Kind: code.Nil},
		ErrorListener: model.Present(true, c.at()), CloseListener: model.Present(true, c.at()), Redials: model.Present(false, c.at())}
	r.facts.Connections = append(r.facts.Connections, conn)
	if model.Is(c.boolean(library.NoDeclare), true) {
		return
	}
	name := c.name(library.QueueName)
	q := o.queueOptions()
	r.facts.Queues = append(r.facts.Queues, code.QueueDecl{Site: site, Name: name, Passive: model.Present(false, c.at()), Durable: q.boolean(library.Durable),
		Exclusive: q.boolean(library.Exclusive), AutoDelete: q.boolean(library.AutoDelete), Args: q.args()})
}

// queueOptions reads queueOptions as amqplib's options of a queue.
func (o *nestOptions) queueOptions() *ctx {
	call := &syntax.Expr{Kind: syntax.Call, Span: o.c.site.call.Span, X: o.c.site.call.X}
	nothing := &syntax.Expr{Kind: syntax.StringLit, Span: call.Span}
	call.Args = []syntax.Arg{{Value: nothing}}
	s := o.c.site.scope
	if a := o.c.arg(library.Parameters); a.given && a.found.Expr != nil && a.found.Expr.Kind == syntax.MapLit {
		call.Args, s = append(call.Args, syntax.Arg{Value: a.found.Expr}), a.found.Scope
	} else if a.given || a.open {
		call.Args = append(call.Args, syntax.Arg{Value: &syntax.Expr{Kind: syntax.Other, Span: call.Span}})
	}
	amqplib := library.Amqplib()
	return &ctx{asking: asking{r: o.c.r}, site: &site{file: o.file, scope: s, call: call},
		m: &meaning{lib: o.c.m.lib, call: amqplib.Methods[library.Channel]["assertQueue"]}, origin: o.c.at()}
}

// nestConsumers adds a consumer for each pattern's handler that belongs to a server: those
// in the folder of its application, where the tree has several.
func (r *reader) nestConsumers(o *nestOptions, all []*nestOptions) {
	dir := path.Dir(o.file.Path)
	queue := o.c.name(library.QueueName)
	base := code.Consume{Site: o.c.site1(), Queue: queue, AutoAck: o.c.boolean(library.AutoAck), Prefetch: o.c.integer(library.Prefetch),
		Exclusive: model.Present(false, o.c.at()), OnCancel: model.Present(true, o.c.at()), Resumes: model.Present(true, o.c.at()),
		Temporary: r.temporary(o.c, queueUse{name: queue}), Timeout: model.Span{Hi: model.Forever, What: "the consumer timeout of the consumer"},
		Accepts: model.Unknown[[]string]("the library has no such list", o.c.at())}
	found := false
	for _, f := range r.tree.Files {
		if f.Lang == syntax.Python || len(all) > 1 && !within(dir, f.Path) {
			continue
		}
		for _, d := range f.Defs {
			if !decorated(d, "MessagePattern", "EventPattern") {
				continue
			}
			found = true
			x := base
			x.Site = r.tree.Site(f, d, d.Span, nestName)
			m := &reading{r: r, c: o.c, queue: queue}
			x.Handler = handler.Analyse(m, handler.Function(f.File, d))
			x.Handler.Async = true
			x.Handler.NullChecked = model.Unknown[bool]("the library does not call it with null", x.Handler.At)
			x.RPC = decorated(d, "MessagePattern")
			r.facts.Consumes = append(r.facts.Consumes, x)
		}
	}
	if !found {
		base.HandlerWhy = "no handler of a pattern was found"
		r.facts.Consumes = append(r.facts.Consumes, base)
	}
	r.facts.Qos = append(r.facts.Qos, code.Qos{Site: base.Site, Count: o.c.integer(library.Prefetch), Size: model.Present(int64(0), o.c.at()),
		Global: o.c.boolean(library.Global)})
}

func within(dir, file string) bool { return dir == "." || strings.HasPrefix(file, dir+"/") }

func decorated(d *syntax.Def, names ...string) bool {
	for _, e := range d.Decorators {
		n := lastName(calleeOf(e))
		for _, want := range names {
			if n == want {
				return true
			}
		}
	}
	return false
}

// nestPublishes gives the messages that clients send the queue that the client has: its
// pattern is no routing key.
func (r *reader) nestPublishes(clients map[string]*nestOptions) {
	for i := range r.facts.Publishes {
		p := &r.facts.Publishes[i]
		if p.Library != nestName {
			continue
		}
		o := clients[r.injected(p)]
		if o == nil && len(clients) == 1 {
			for _, only := range clients {
				o = only
			}
		}
		if o == nil {
			continue
		}
		p.Key = o.c.name(library.QueueName)
		p.Exchange = code.NameOf(code.Value{Kind: code.String, Origin: o.c.at()})
		p.Persistent = o.c.boolean(library.Persistent)
	}
}

// injected is the name under which the client of a publish was injected.
func (r *reader) injected(p *code.Publish) string {
	f := r.tree.File(p.At.Place.File)
	if f == nil {
		return ""
	}
	class, _, _ := strings.Cut(p.Function, ".")
	for _, d := range f.Defs {
		if d.Parent == nil || d.Parent.Name != class || d.Name != "constructor" {
			continue
		}
		for _, q := range d.Params {
			for _, e := range q.Decorators {
				if lastName(calleeOf(e)) == "Inject" && e.Kind == syntax.Call && len(e.Args) == 1 && strings.Contains(p.At.Place.Excerpt, q.Name+".") {
					return r.token(f, d, e.Args[0].Value)
				}
			}
		}
	}
	return ""
}
