package amqp

import (
	"time"

	"qaudit/internal/collect/code/handler"
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// replyTo is the pseudo-queue of direct replies.
const replyTo = "amq.rabbitmq.reply-to"

// consumers adds what starts consumers, with what becomes of their deliveries.
func (r *reader) consumers() {
	slots := []library.Slot{library.QueueName, library.AutoAck, library.Exclusive, library.Prefetch, library.Callback, library.Function}
	r.acts(library.Consume, func(s *site, m *meaning) {
		r.each(s, m, slots, func(c *ctx) { r.consumer(c) })
	})
}

func (r *reader) consumer(c *ctx) {
	id, ch := r.channel(c.site)
	base := code.Consume{Site: c.site1(), Channel: id, AutoAck: c.boolean(library.AutoAck), Exclusive: c.boolean(library.Exclusive)}
	base.Prefetch, base.PrefetchAfter = r.prefetch(c, ch)
	base.OnCancel = r.onCancel(c, ch)
	base.Accepts = c.accepts()
	base.Timeout = c.consumerTimeout()
	base.Resumes = r.resumes(c)
	r.serve(c)
	alternatives, why := r.handlersOf(c)
	inner := r.closure(c)
	for _, q := range r.queuesOf(c) {
		for _, bodies := range orNone(alternatives) {
			x := base
			x.Queue = q.name
			x.Temporary = r.temporary(c, q)
			if q.noAck.Present() && !c.arg(library.AutoAck).given {
				x.AutoAck = q.noAck
			}
			x.HandlerWhy = why
			if bodies != nil {
				m := &reading{r: r, c: inner, queue: q.name, channel: ch}
				x.Handler = handler.Analyse(m, bodies...)
				x.HandlerWhy = ""
				x.RPC = m.replies
				r.handlerMarks(c, x.Handler, bodies)
			}
			if n, ok := q.name.Get(); ok && n == replyTo {
				x.RPC = true
			}
			r.addConsume(x)
		}
	}
}

// closure is the context of a handler that a project function makes: its parameters are
// those of the call that makes it.
func (r *reader) closure(c *ctx) *ctx {
	for _, f := range r.flow.Slots(c.site.scope, c.m.call, c.site.call, library.Callback) {
		src := c.source(f)
		if src.Expr.Kind != syntax.Call {
			continue
		}
		for _, fn := range r.flow.Eval(src.Scope, src.Expr.X) {
			if fn.Form != flow.Function || c.env.frame(fn.Def) != nil || len(r.flow.Results(fn.Def)) == 0 {
				continue
			}
			skip := 0
			if fn.Self != nil && fn.File.Lang == syntax.Python {
				skip = 1
			}
			inner := *c
			inner.env = &env{def: fn.Def, up: c.env, site: flow.CallSite{Scope: src.Scope, Call: src.Expr, Args: src.Expr.Args, Skip: skip, Recv: fn.Self}}
			return &inner
		}
	}
	return c
}

// addConsume adds a consumer that was not added yet: contexts that say the same are one.
func (r *reader) addConsume(x code.Consume) {
	for _, o := range r.facts.Consumes {
		sameHandler := o.Handler == x.Handler || o.Handler != nil && x.Handler != nil && o.Handler.Name == x.Handler.Name &&
			o.Handler.At.Place.File == x.Handler.At.Place.File && o.Handler.At.Place.Line == x.Handler.At.Place.Line
		if o.At.Place == x.At.Place && o.Queue.Or("?") == x.Queue.Or("?") && o.Queue.Value.Text == x.Queue.Value.Text && sameHandler {
			return
		}
	}
	r.facts.Consumes = append(r.facts.Consumes, x)
}

func orNone(all [][]handler.Body) [][]handler.Body {
	if len(all) == 0 {
		return [][]handler.Body{nil}
	}
	return all
}

// handlerMarks sets what the library decides of a handler.
func (r *reader) handlerMarks(c *ctx, h *code.Handler, bodies []handler.Body) {
	h.Async = c.m.lib.Async && !bodies[0].Inline
	if h.Async && c.site.file.Lang != syntax.Python {
		h.Async = bodies[0].Def != nil && bodies[0].Def.Async
	}
	if c.site.file.Lang == syntax.Python {
		h.NullChecked = model.Unknown[bool]("the library gives no null", h.At)
	} else if !h.NullChecked.Present() {
		h.NullChecked = model.Present(false, h.At)
	}
}

// serve marks the connection of a consumer as one that lives with the process.
func (r *reader) serve(c *ctx) {
	id := r.connOf(c.m.recv)
	if id > 0 {
		r.facts.Connections[id-1].Served = true
	}
}

// queueUse is one queue that a consumer reads.
type queueUse struct {
	name  code.Name
	thing *flow.Thing // the queue or the answer to its declaration
	noAck model.Known[bool]
}

// queuesOf are the queues of a consumer: kombu takes a list.
func (r *reader) queuesOf(c *ctx) []queueUse {
	a := c.arg(library.QueueName)
	if !a.given || a.found.Expr == nil {
		u := queueUse{name: c.name(library.QueueName)}
		if c.m.recv != nil && c.m.recv.Kind == library.Queue {
			u.thing = c.m.recv
		}
		return []queueUse{u}
	}
	var out []queueUse
	for _, e := range c.elements(c.through(a.found)) {
		t, several := one(c.things(e.Scope, e.Expr), library.Queue)
		switch {
		case several:
			const why = "it is one of several queues"
			out = append(out, queueUse{name: code.Name{Known: model.Unknown[string](why, c.at()), Value: code.Value{Kind: code.Unresolved, Text: why, Origin: c.at()}}})
		case t != nil:
			n, _ := c.nameAt(e, t)
			out = append(out, queueUse{name: n, thing: t, noAck: r.queueNoAck(c, t)})
		default:
			n := c.nameOf(e.Scope, e.Expr, c.value(e.Scope, e.Expr), library.QueueName)
			out = append(out, queueUse{name: n, thing: c.answer(e)})
		}
	}
	return out
}

// queueNoAck is a kombu queue's own no_ack.
func (r *reader) queueNoAck(c *ctx, t *flow.Thing) model.Known[bool] {
	if t.Call == nil || t.Expr == nil {
		return model.Known[bool]{}
	}
	if a := c.argOf(t.At, t.Call, t.Expr, library.AutoAck, 1); a.given {
		return a.Boolean()
	}
	return model.Known[bool]{}
}

// answer is the declaration whose answer gave a queue's name.
func (c *ctx) answer(f flow.Found) *flow.Thing {
	e := f.Expr
	if e.Kind == syntax.Attr {
		e = e.X
	}
	for _, t := range c.things(f.Scope, e) {
		if t.Form == flow.Object && t.Kind == library.Declared {
			return t
		}
	}
	return nil
}

// temporary says whether the queue goes with its consumer: server-named, exclusive or
// auto-delete, by the declaration that it was taken from or that has its name.
func (r *reader) temporary(c *ctx, q queueUse) model.Known[bool] {
	n, ok := q.name.Get()
	if ok && (n == "" || n == replyTo) {
		return model.Present(true, c.at())
	}
	if k, found := r.madeTemporary(c, q.thing); found {
		return k
	}
	out := model.Unknown[bool]("its declaration was not found", c.at())
	for _, d := range r.facts.Queues {
		if dn, known := d.Name.Get(); !known || !ok || dn != n || model.Is(d.Passive, true) {
			continue
		}
		switch {
		case model.Is(d.Exclusive, true) || model.Is(d.AutoDelete, true):
			return model.Present(true, d.At)
		case d.Exclusive.Unknown() || d.AutoDelete.Unknown():
			return model.Unknown[bool]("its declaration is not whole in the source", d.At)
		default:
			out = model.Present(false, d.At)
		}
	}
	return out
}

// madeTemporary says the same of the declaration that a consumer's queue comes from.
func (r *reader) madeTemporary(c *ctx, t *flow.Thing) (model.Known[bool], bool) {
	if t == nil || t.Call == nil || t.Expr == nil || t.Call.Act != library.DeclareQueue {
		return model.Known[bool]{}, false
	}
	d := r.making(t)
	d.env = c.env
	if model.Is(d.boolean(library.Passive), true) {
		return model.Known[bool]{}, false
	}
	exclusive, deleted := d.boolean(library.Exclusive), d.boolean(library.AutoDelete)
	switch {
	case model.Is(exclusive, true) || model.Is(deleted, true):
		return model.Present(true, d.at()), true
	case exclusive.Unknown() || deleted.Unknown():
		return model.Unknown[bool]("its declaration is not whole in the source", d.at()), true
	}
	return model.Present(false, d.at()), true
}

// prefetch is the limit in force when the consumer starts.
func (r *reader) prefetch(c *ctx, ch *flow.Thing) (model.Known[int64], *model.Origin) {
	if a := c.arg(library.Prefetch); a.given && a.Kind != code.Nil {
		return a.Integer(), nil
	}
	var found []model.Known[int64]
	var after *model.Origin
	consumer := r.madeAt(c.site, library.Consumer)
	r.acts(library.Limit, func(s *site, m *meaning) {
		mine := false
		for _, x := range s.means {
			mine = mine || consumer != nil && x.recv == consumer || ch != nil && channelOf(x.recv) != nil && r.base(channelOf(x.recv)) == ch
		}
		if !mine {
			return
		}
		if s.scope.Def == c.site.scope.Def && s.call.Span.Start > c.site.call.Span.End && consumer == nil {
			after = (&ctx{asking: asking{r: r}, site: s, m: m}).at()
			return
		}
		r.contexts(s, m, []library.Slot{library.Prefetch}, func(l *ctx) { found = append(found, l.integer(library.Prefetch)) })
	})
	if len(found) > 0 {
		for _, k := range found[1:] {
			if k.Or(-1) != found[0].Or(-1) {
				return model.Unknown[int64]("it is set in several places", c.at()), nil
			}
		}
		return found[0], nil
	}
	switch {
	case ch == nil && consumer == nil, ch != nil && ch.Expr == nil:
		return model.Unknown[int64]("it is not known which channel it is", c.at()), nil
	case ch != nil && r.escaped[ch] != "":
		return model.Unknown[int64]("the channel is given to "+r.escaped[ch]+", which was not read", c.at()), nil
	}
	return model.Present(int64(0), c.at()), after
}

// onCancel says whether somebody hears that the broker cancelled the consumer. In Node the
// handler does, see NullChecked.
func (r *reader) onCancel(c *ctx, ch *flow.Thing) model.Known[bool] {
	switch c.m.lib.Name {
	case "amqplib":
		return model.Unknown[bool]("the handler is called with null", c.at())
	case "kombu", "amqp":
		return model.Present(true, c.at()) // ConsumerCancelled leaves drain_events
	case "amqp-connection-manager", "aio-pika":
		// Both start consumers again; aio-pika where the connection is robust.
		if k := r.recovered(c.m.recv); k.Present() {
			return k
		}
	}
	heard := model.Present(false, c.at())
	r.acts(library.OnCancel, func(s *site, m *meaning) {
		if ch == nil || r.mayBe(s, ch) {
			heard = model.Present(true, (&ctx{asking: asking{r: r}, site: s, m: m}).at())
		}
	})
	if ch != nil && !heard.Or(false) && r.escaped[ch] != "" {
		return model.Unknown[bool]("the channel is given to "+r.escaped[ch]+", which was not read", c.at())
	}
	return heard
}

// recovered says whether the connection of an object recovers by the library.
func (r *reader) recovered(t *flow.Thing) model.Known[bool] {
	if id := r.connOf(t); id > 0 {
		return r.facts.Connections[id-1].Recovers
	}
	return model.Unknown[bool]("its connection was not found", nil)
}

// resumes says whether the consumer is started again after a failure.
func (r *reader) resumes(c *ctx) model.Known[bool] {
	if k := r.recovered(c.m.recv); model.Is(k, true) {
		return k
	}
	if k := r.redials(c); model.Is(k, true) {
		return k
	}
	if r.flow.Owner(c.site.scope.Def, "kombu.mixins.") {
		return model.Present(true, c.at())
	}
	return model.Present(false, c.at())
}

// accepts is kombu's list of content types.
func (c *ctx) accepts() model.Known[[]string] {
	if c.m.lib.Name != "kombu" {
		return model.Unknown[[]string]("the library has no such list", c.at())
	}
	a := c.arg(library.Accept)
	switch {
	case a.open:
		return model.Unknown[[]string](a.why, c.at())
	case !a.given || a.Kind == code.Nil:
		return model.Absent[[]string](c.at())
	case a.Kind != code.List || a.Open:
		return model.Unknown[[]string]("the list is not in the source", c.at())
	}
	var out []string
	for _, v := range a.Items {
		if v.Kind == code.String {
			out = append(out, v.Text)
		}
	}
	return model.Present(out, c.at())
}

// consumerTimeout is the argument x-consumer-timeout, in milliseconds.
func (c *ctx) consumerTimeout() model.Span {
	const what = "the consumer timeout of the consumer"
	args := c.args()
	if v, ok := args.Values["x-consumer-timeout"]; ok {
		if n, known := v.Integer().Get(); known {
			return model.Exactly(time.Duration(n)*time.Millisecond, what, v.Origin)
		}
	}
	return model.Span{Hi: model.Forever, What: what}
}
