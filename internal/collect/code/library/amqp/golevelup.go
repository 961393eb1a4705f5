package amqp

import (
	"strings"

	"qaudit/internal/collect/code/handler"
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

const golevelupName = "@golevelup/nestjs-rabbitmq"

// golevelupPrefetch is the library's default: lib/amqp/connection.js.
const golevelupPrefetch = 10

// golevelup adds the consumers of @RabbitSubscribe and @RabbitRPC and the connections of
// RabbitMQModule.
func (r *reader) golevelup() {
	lib := library.Golevelup()
	var module *ctx
	for _, f := range r.tree.Files {
		if f.Lang == syntax.Python {
			continue
		}
		r.eachCall(f, func(s flow.Scope, e *syntax.Expr) {
			p := e.X.Path()
			if len(e.Args) > 0 && (strings.HasPrefix(p, "RabbitMQModule.forRoot") || p == "RabbitMQModule.build") {
				module = r.golevelupModule(f, s, e, lib)
			}
		})
	}
	for _, f := range r.tree.Files {
		for _, d := range f.Defs {
			for _, e := range d.Decorators {
				if n := lastName(calleeOf(e)); e.Kind == syntax.Call && len(e.Args) == 1 && (n == "RabbitSubscribe" || n == "RabbitRPC") {
					r.golevelupConsumer(f, d, e, lib, module, n == "RabbitRPC")
				}
			}
		}
	}
}

// eachCall visits the calls of a file, those in decorators too.
func (r *reader) eachCall(f *library.File, visit func(flow.Scope, *syntax.Expr)) {
	in := func(d *syntax.Def) func(*syntax.Expr) bool {
		return func(e *syntax.Expr) bool {
			if e.Kind == syntax.Call && e.X != nil {
				visit(flow.Scope{File: f.File, Def: d}, e)
			}
			return true
		}
	}
	syntax.Inspect(f.Body, nil, in(nil))
	for _, d := range f.Defs {
		syntax.Inspect(d.Body, nil, in(d))
		for _, e := range d.Decorators {
			e.Walk(in(d.Parent))
		}
	}
}

// golevelupModule adds the connection of a module; its options may stand in a factory.
func (r *reader) golevelupModule(f *library.File, s flow.Scope, e *syntax.Expr, lib *library.Library) *ctx {
	call := &library.Call{Args: []library.Arg{
		{Slot: library.URL, Pos: -1, Names: []string{"uri"}, In: 0}, {Slot: library.Prefetch, Pos: -1, Names: []string{"prefetchCount"}, In: 0},
		{Slot: library.Function, Pos: -1, Names: []string{"defaultSubscribeErrorBehavior"}, In: 0}}}
	// forRootAsync({ useFactory: () => ({ uri, … }) })
	options := e
	if o := factoryOptions(e.Args[0].Value); o != nil {
		options = &syntax.Expr{Kind: syntax.Call, Span: e.Span, X: e.X, Args: []syntax.Arg{{Value: o}}}
	}
	c := &ctx{asking: asking{r: r}, site: &site{file: f, scope: s, call: options}, m: &meaning{lib: lib, call: call}}
	url := c.plain(library.URL)
	r.used[golevelupName] = true
	r.facts.Connections = append(r.facts.Connections, code.Connection{Site: c.site1(), ID: len(r.facts.Connections) + 1, URL: maskURL(url),
		VHost: r.vhost(c, url), Recovers: model.Present(true, c.at()), Heartbeat: model.Present(int64(5), c.at()), TLSVerify: r.verifies(c), Served: true,
		Host: code.Value{Kind: code.Nil}, User: code.Value{Kind: code.Nil}, Password: code.Value{Kind: code.Nil},
		ErrorListener: model.Present(true, c.at()), CloseListener: model.Present(true, c.at()), Redials: model.Present(false, c.at())})
	return c
}

func factoryOptions(e *syntax.Expr) *syntax.Expr {
	if e.Kind != syntax.MapLit {
		return nil
	}
	for _, a := range e.Args {
		if a.Name != "useFactory" || a.Value == nil || a.Value.Kind != syntax.LambdaLit {
			continue
		}
		var out *syntax.Expr
		syntax.Inspect(a.Value.Def.Body, func(st *syntax.Stmt) bool {
			if st.Kind == syntax.Return && st.Value != nil && st.Value.Kind == syntax.MapLit {
				out = st.Value
			}
			return true
		}, nil)
		return out
	}
	return nil
}

func (r *reader) golevelupConsumer(f *library.File, d *syntax.Def, e *syntax.Expr, lib *library.Library, module *ctx, rpc bool) {
	options := func(s library.Slot, names ...string) library.Arg {
		return library.Arg{Slot: s, Pos: -1, Names: names, In: 0}
	}
	call := &library.Call{Args: []library.Arg{options(library.QueueName, "queue"), options(library.ExchangeName, "exchange"), options(library.Key, "routingKey"),
		options(library.Function, "errorBehavior", "errorHandler"), options(library.Parameters, "queueOptions"), options(library.NoDeclare, "createQueueIfNotExists")},
		Defaults: []library.Default{{Slot: library.QueueName, Value: library.Str("")}}}
	s := flow.Scope{File: f.File, Def: d.Parent}
	c := &ctx{asking: asking{r: r}, site: &site{file: f, scope: s, call: e}, m: &meaning{lib: lib, call: call}}
	r.used[golevelupName] = true
	at := r.tree.Origin(f, d, e.Span)
	site := r.tree.Site(f, d, e.Span, golevelupName)
	queue := c.name(library.QueueName)
	if create := c.arg(library.NoDeclare); !create.given || create.Bool {
		o := &nestOptions{c: c, file: f}
		q := o.queueOptions()
		r.facts.Queues = append(r.facts.Queues, code.QueueDecl{Site: site, Name: queue, Passive: model.Present(false, at), Durable: q.boolean(library.Durable),
			Exclusive: q.boolean(library.Exclusive), AutoDelete: q.boolean(library.AutoDelete), Args: q.args()})
	}
	if n, ok := c.name(library.ExchangeName).Get(); ok && n != "" {
		r.facts.Bindings = append(r.facts.Bindings, code.BindingDecl{Site: site, Exchange: c.name(library.ExchangeName), Queue: queue, Key: c.name(library.Key)})
	}
	x := code.Consume{Site: site, Queue: queue, AutoAck: model.Present(false, at), Prefetch: model.Present(int64(golevelupPrefetch), at),
		Exclusive: model.Present(false, at), OnCancel: model.Present(true, at), Resumes: model.Present(true, at), RPC: rpc,
		Timeout: model.Span{Hi: model.Forever, What: "the consumer timeout of the consumer"}, Accepts: model.Unknown[[]string]("the library has no such list", at)}
	if module != nil {
		if a := module.arg(library.Prefetch); a.given {
			x.Prefetch = a.Integer()
		} else if a.open {
			x.Prefetch = model.Unknown[int64](a.why, at)
		}
	}
	x.Temporary = r.temporary(c, queueUse{name: queue})
	m := &reading{r: r, c: c, queue: queue, returns: r.golevelupReturn}
	x.Handler = handler.Analyse(m, handler.Function(f.File, d))
	x.Handler.Async = true
	x.Handler.NullChecked = model.Unknown[bool]("the library does not call it with null", x.Handler.At)
	r.golevelupSettles(c, module, x.Handler)
	r.facts.Consumes = append(r.facts.Consumes, x)
}

// golevelupReturn: return new Nack(requeue).
func (r *reader) golevelupReturn(s handler.Scope, e *syntax.Expr) []code.Settlement {
	if e.Kind != syntax.Call || !e.New || lastName(e.X) != "Nack" {
		return nil
	}
	at := r.tree.Origin(r.tree.File(s.File.Path), s.Def, e.Span)
	requeue := model.Present(false, at)
	if len(e.Args) > 0 {
		requeue = r.tree.Project.Value(s.File, s.Def, e.Args[0].Value).Boolean()
	}
	return []code.Settlement{{Kind: code.Nack, At: at, Requeue: requeue, Multiple: model.Present(false, at), Default: len(e.Args) == 0}}
}

// golevelupSettles gives the ways out that the handler itself does not settle what the
// library does: ack on return, on an error what the error behaviour says.
func (r *reader) golevelupSettles(c, module *ctx, h *code.Handler) {
	at := c.at()
	onError := code.Settlement{Kind: code.Nack, At: at, Requeue: model.Present(true, at), Multiple: model.Present(false, at), Default: true,
		Rule: "acknowledged on return, requeued on an error"}
	a := c.arg(library.Function)
	if !a.given && module != nil {
		a = module.arg(library.Function)
	}
	if a.given || a.open {
		onError.Default = false
		switch name := strings.ToUpper(short(a.Text)); {
		case strings.Contains(name, "ACK") && !strings.Contains(name, "NACK"):
			onError.Kind, onError.Requeue = code.Ack, model.Known[bool]{}
		case strings.Contains(name, "NACK"):
			onError.Requeue = model.Present(false, at)
		case strings.Contains(name, "REQUEUE"):
		default:
			onError.Kind, onError.Requeue, onError.Rule = code.Handed, model.Unknown[bool]("by an error handler of its own", at), "by an error handler of its own"
		}
	}
	for i := range h.Exits {
		x := &h.Exits[i]
		if len(x.Settled) > 0 {
			continue
		}
		if x.Kind == code.Raises {
			x.Settled = []code.Settlement{onError}
		} else {
			x.Settled = []code.Settlement{{Kind: code.Ack, At: at, Multiple: model.Present(false, at), Rule: "acknowledged on return"}}
		}
	}
}
