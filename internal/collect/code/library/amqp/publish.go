package amqp

import (
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/library/outside"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// publishes adds what publishes, and what polls one message.
func (r *reader) publishes() {
	slots := []library.Slot{library.ExchangeName, library.Key, library.Persistent, library.Mandatory, library.Expiration, library.Priority}
	r.acts(library.Publish, func(s *site, m *meaning) {
		r.each(s, m, slots, func(c *ctx) { r.facts.Publishes = append(r.facts.Publishes, r.publish(c)) })
	})
	r.acts(library.Get, func(s *site, m *meaning) {
		r.each(s, m, []library.Slot{library.QueueName, library.AutoAck}, func(c *ctx) {
			r.facts.Gets = append(r.facts.Gets, code.Get{Site: c.site1(), Queue: c.name(library.QueueName), AutoAck: c.boolean(library.AutoAck)})
		})
	})
}

func (r *reader) publish(c *ctx) code.Publish {
	id, ch := r.channel(c.site)
	x := code.Publish{Site: c.site1(), Channel: id, Exchange: c.name(library.ExchangeName), Key: c.name(library.Key),
		Persistent: c.persistent(), Mandatory: c.boolean(library.Mandatory), Expiration: c.plain(library.Expiration),
		Priority: c.plain(library.Priority), MessageID: c.given(library.MessageID), Headers: c.plain(library.Headers),
		ReplyTo: c.plain(library.ReplyTo), ContentType: c.plain(library.ContentType), Body: brief(c.plain(library.BodyOf))}
	if c.m.lib.Name == "kombu" {
		r.kombuPublish(c, &x)
	}
	if c.m.lib.Name == nestName {
		r.nestPublish(c, &x)
		return x
	}
	x.Confirmed = r.confirmed(c, ch)
	x.ConfirmAwaited = r.confirmAwaited(c, ch, x.Confirmed)
	x.ReturnHandled = r.returnHandled(c, ch, x.Confirmed)
	x.Awaited = awaited(c)
	x.ResultUsed = resultUsed(c)
	x.InHandler = r.handles(c.site.scope.Def)
	x.Reply = r.isReply(c)
	x.Pickled = r.pickled(c)
	return x
}

// brief drops the text of a body: it is the message's, not ours to show.
func brief(v code.Value) code.Value {
	if v.Kind == code.String {
		v.Text = ""
	}
	if v.Kind == code.Map || v.Kind == code.List || v.Kind == code.Template {
		v.Fields, v.Items, v.Open = nil, nil, true
	}
	return v
}

// nestPublish: the client publishes on a channel in confirm mode. send() does nothing
// until somebody subscribes to what it gives.
func (r *reader) nestPublish(c *ctx, x *code.Publish) {
	x.Confirmed = model.Present(true, c.at())
	x.ConfirmAwaited = model.Unknown[bool]("it is up to who subscribes", c.at())
	x.Awaited, x.ResultUsed, x.ReturnHandled = model.Absent[bool](c.at()), model.Absent[bool](c.at()), model.Present(false, c.at())
	if c.m.name == "send" {
		x.Awaited = model.Present(!c.site.bare || c.site.waited, c.at())
	}
	x.InHandler = r.handles(c.site.scope.Def)
}

// kombuPublish takes the delivery mode from the exchange where the call gives none.
func (r *reader) kombuPublish(c *ctx, x *code.Publish) {
	if a := c.arg(library.Persistent); a.given && a.Kind != code.Nil {
		return
	}
	a := c.arg(library.ExchangeName)
	if !a.given || a.found.Expr == nil {
		return
	}
	for _, t := range c.things(a.found.Scope, a.found.Expr) {
		if t.Form == flow.Object && t.Kind == library.Exchange && t.Call != nil && t.Expr != nil {
			if mode := c.argOf(t.At, t.Call, t.Expr, library.Persistent, 1); mode.given && mode.Kind != code.Nil {
				x.Persistent = deliveryMode(mode.Value, c.at())
			}
		}
	}
}

func (r *reader) confirmed(c *ctx, ch *flow.Thing) model.Known[bool] {
	if c.m.call.Confirms {
		return model.Present(true, c.at())
	}
	if ch == nil && c.m.recv != nil && c.m.lib.Name == "kombu" {
		// A producer on a connection has a channel of its own.
		for _, t := range lineOf(c.m.recv) {
			if t.Form == flow.Object && t.Kind == library.Connection && t.Call != nil {
				if k, ok := r.confirmOption(t, c.at()); ok {
					return k
				}
			}
		}
	}
	if ch == nil {
		// Several channels that agree are as good as one.
		return r.confirmedBySeveral(c)
	}
	return r.confirms(ch, c.at())
}

func (r *reader) confirmedBySeveral(c *ctx) model.Known[bool] {
	var agreed model.Known[bool]
	for i, m := range c.site.means {
		t := channelOf(m.recv)
		if t == nil {
			return model.Unknown[bool]("it is not known which channel it is", c.at())
		}
		k := r.confirms(r.base(t), c.at())
		if k.Unknown() || i > 0 && k.Or(false) != agreed.Or(false) {
			return model.Unknown[bool]("it may be one of several channels", c.at())
		}
		agreed = k
	}
	if len(c.site.means) == 0 {
		return model.Unknown[bool]("it is not known which channel it is", c.at())
	}
	return agreed
}

// confirmAwaited says whether somebody looks at the broker's confirms.
func (r *reader) confirmAwaited(c *ctx, ch *flow.Thing, confirmed model.Known[bool]) model.Known[bool] {
	switch {
	case confirmed.Unknown():
		return model.Unknown[bool](confirmed.Why(), c.at())
	case !confirmed.Or(false):
		return model.Absent[bool](c.at())
	}
	switch c.m.lib.Name {
	case "amqplib":
		return r.nodeConfirms(c, ch)
	case "aio-pika", "aiormq", "amqp-connection-manager":
		return model.Present(!c.site.bare || c.site.waited, c.at())
	case "pika":
		return r.pikaConfirms(c, ch)
	}
	return model.Present(true, c.at())
}

// nodeConfirms: the callback of publish, or waitForConfirms on the channel.
func (r *reader) nodeConfirms(c *ctx, ch *flow.Thing) model.Known[bool] {
	if a := c.arg(library.Callback); a.given {
		return model.Present(true, c.at())
	}
	var at *model.Origin
	r.acts(library.AwaitConfirms, func(s *site, m *meaning) {
		if at == nil && (ch == nil || r.mayBe(s, ch)) {
			at = (&ctx{asking: asking{r: r}, site: s, m: m}).at()
		}
	})
	if at != nil {
		return model.Present(true, at)
	}
	if ch != nil && r.escaped[ch] != "" {
		return model.Unknown[bool]("the channel is given to "+r.escaped[ch]+", which was not read", c.at())
	}
	return model.Present(false, c.at())
}

// pikaConfirms: a blocking channel raises, others need a callback.
func (r *reader) pikaConfirms(c *ctx, ch *flow.Thing) model.Known[bool] {
	if ch != nil && ch.From != nil && ch.From.Expr != nil && !strings.Contains(lastName(ch.From.Expr.X), "Blocking") {
		heard := false
		r.acts(library.ConfirmMode, func(s *site, m *meaning) {
			if r.mayBe(s, ch) && len(r.flow.Slots(s.scope, m.call, s.call, library.Callback)) > 0 {
				heard = true
			}
		})
		return model.Present(heard, c.at())
	}
	return model.Present(true, c.at())
}

// returnHandled says whether a returned message is noticed.
func (r *reader) returnHandled(c *ctx, ch *flow.Thing, confirmed model.Known[bool]) model.Known[bool] {
	var at *model.Origin
	r.acts(library.OnReturn, func(s *site, m *meaning) {
		if at == nil && (ch == nil || r.mayBe(s, ch)) {
			at = (&ctx{asking: asking{r: r}, site: s, m: m}).at()
		}
	})
	if at != nil {
		return model.Present(true, at)
	}
	switch c.m.lib.Name {
	case "pika":
		if model.Is(confirmed, true) {
			return model.Present(true, c.at()) // UnroutableError
		}
	case "aio-pika", "aiormq":
		if ch != nil && ch.Call != nil && hasDefault(ch.Call, library.ReturnRaises) {
			if k := r.making(ch).boolean(library.ReturnRaises); k.Unknown() || k.Or(false) {
				return k
			}
		}
		return model.Present(!c.site.bare, c.at()) // the result tells
	case "amqplib", "amqp-connection-manager":
		if ch == nil {
			return model.Unknown[bool]("it is not known which channel it is", c.at())
		}
		return r.listens(r.making(ch), ch, "return")
	case "kombu":
		if c.m.recv != nil && c.m.recv.Expr != nil {
			for _, a := range c.m.recv.Expr.Args {
				if a.Name == "on_return" {
					return model.Present(true, c.at())
				}
			}
			return model.Present(false, c.at())
		}
	}
	if ch == nil || r.escaped[ch] != "" {
		return model.Unknown[bool]("it is not known which channel it is", c.at())
	}
	return model.Present(false, c.at())
}

// awaited says whether the promise or coroutine of a call goes anywhere; absent where the
// library gives none.
func awaited(c *ctx) model.Known[bool] {
	if !c.m.call.Awaits {
		return model.Absent[bool](c.at())
	}
	return model.Present(!c.site.bare || c.site.waited, c.at())
}

// resultUsed: amqplib's publish gives false when its buffer is full.
func resultUsed(c *ctx) model.Known[bool] {
	if c.m.lib.Name != "amqplib" {
		return model.Absent[bool](c.at())
	}
	return model.Present(!c.site.bare, c.at())
}

// isReply says that a message answers another: it goes where reply_to says.
func (r *reader) isReply(c *ctx) bool {
	for _, v := range r.flow.Slots(c.site.scope, c.m.call, c.site.call, library.Key) {
		found := false
		v.Expr.Walk(func(e *syntax.Expr) bool {
			switch e.Kind {
			case syntax.Ident, syntax.Attr, syntax.StringLit:
				n := strings.ToLower(strings.ReplaceAll(e.Text, "_", ""))
				found = found || n == "replyto" || strings.HasPrefix(n, "replyto")
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// pickled finds the pickling of a body.
func (r *reader) pickled(c *ctx) *model.Origin {
	if s := c.plain(library.Serializer); s.Kind == code.String && (s.Text == "pickle" || s.Text == "yaml") {
		return c.at()
	}
	a := c.arg(library.BodyOf)
	if !a.given || a.found.Expr == nil {
		return nil
	}
	var at *model.Origin
	look := func(e *syntax.Expr) bool {
		if e.Kind == syntax.Call && at == nil {
			switch r.tree.Project.Path(a.found.Scope.File, a.found.Scope.Def, e.X) {
			case "pickle.dumps", "cPickle.dumps", "dill.dumps", "cloudpickle.dumps", "marshal.dumps", "jsonpickle.encode":
				at = r.tree.Origin(r.tree.File(a.found.Scope.File.Path), a.found.Scope.Def, e.Span)
			}
		}
		return true
	}
	a.found.Expr.Walk(look)
	if a.found.Expr.Kind == syntax.Ident && a.found.Scope.Def != nil {
		syntax.Inspect(a.found.Scope.Def.Body, func(st *syntax.Stmt) bool {
			for _, t := range st.Targets {
				if t.Kind == syntax.Ident && t.Text == a.found.Expr.Text {
					st.Value.Walk(look)
				}
			}
			return true
		}, nil)
	}
	return at
}

// pickles adds the places that run what a message says.
func (r *reader) pickles() {
	for _, f := range r.tree.Files {
		r.loaders(f, nil, f.Body)
		for _, d := range f.Defs {
			r.loaders(f, d, d.Body)
		}
	}
	for i := range r.facts.Consumes {
		c := &r.facts.Consumes[i]
		if list, ok := c.Accepts.Get(); ok {
			for _, t := range list {
				if t == "pickle" || t == "yaml" || strings.Contains(t, "x-python-serialize") {
					r.facts.Pickles = append(r.facts.Pickles, code.Pickle{Site: c.Site, What: "accepts " + t, Remote: true})
				}
			}
		}
	}
}

func (r *reader) loaders(f *library.File, d *syntax.Def, body []syntax.Stmt) {
	s := flow.Scope{File: f.File, Def: d}
	syntax.Inspect(body, nil, func(e *syntax.Expr) bool {
		if e.Kind != syntax.Call {
			return true
		}
		path := r.tree.Project.Path(f.File, d, e.X)
		switch {
		case path == "aio_pika.patterns.RPC.create", path == "aio_pika.patterns.Master", path == "aio_pika.patterns.RPC", path == "aio_pika.patterns.master.Master":
			r.facts.Pickles = append(r.facts.Pickles, code.Pickle{Site: r.tree.Site(f, d, e.Span, "aio-pika"), What: path + " pickles by default", Remote: true})
		case outside.Loader(path) && !safeLoader(e) && len(e.Args) > 0:
			r.facts.Pickles = append(r.facts.Pickles, code.Pickle{Site: r.tree.Site(f, d, e.Span, ""), What: path, Remote: r.fromMessage(s, e.Args[0].Value)})
		}
		return true
	})
}

// safeLoader says that yaml.load is given a loader that builds no objects.
func safeLoader(e *syntax.Expr) bool {
	for i, a := range e.Args {
		if a.Name == "Loader" || i == 1 {
			return strings.Contains(lastName(a.Value), "Safe") || strings.Contains(lastName(a.Value), "Base")
		}
	}
	return false
}

// fromMessage says that an expression is, or is taken from, a delivery or its body.
func (r *reader) fromMessage(s flow.Scope, e *syntax.Expr) bool {
	found := false
	e.Walk(func(x *syntax.Expr) bool {
		switch x.Kind {
		case syntax.Ident, syntax.Attr, syntax.Call:
			for _, t := range r.flow.Eval(s, x) {
				if t.Form == flow.Object && (t.Kind == library.Body || t.Kind == library.Message || t.Kind == library.Deliveries) {
					found = true
				}
			}
		}
		return !found
	})
	return found
}
