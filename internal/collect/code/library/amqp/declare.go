package amqp

import (
	"fmt"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// declarations adds queues, exchanges, bindings, and what purges or deletes queues.
func (r *reader) declarations() {
	shape := []library.Slot{library.Passive, library.Durable, library.Exclusive, library.AutoDelete, library.Arguments}
	queue := append([]library.Slot{library.QueueName, library.ExchangeName, library.Key}, shape...)
	exchange := append([]library.Slot{library.ExchangeName, library.Type}, shape...)
	binding := []library.Slot{library.QueueName, library.ExchangeName, library.SourceName, library.Key}
	r.acts(library.DeclareQueue, func(s *site, m *meaning) {
		r.each(s, m, queue, r.queue)
	})
	r.acts(library.DeclareExchange, func(s *site, m *meaning) {
		r.each(s, m, exchange, r.exchange)
	})
	r.acts(library.BindQueue, func(s *site, m *meaning) {
		r.each(s, m, binding, r.binding)
	})
	r.acts(library.BindExchange, func(s *site, m *meaning) {
		r.each(s, m, binding, r.binding)
	})
	for _, act := range []library.Act{library.Purge, library.DeleteQueue} {
		r.acts(act, func(s *site, m *meaning) {
			r.each(s, m, []library.Slot{library.QueueName}, func(c *ctx) {
				r.facts.Purges = append(r.facts.Purges, code.Purge{Site: c.site1(), Queue: c.name(library.QueueName), Delete: act == library.DeleteQueue})
			})
		})
	}
}

// each calls emit for each context of a site that belongs to RabbitMQ.
func (r *reader) each(s *site, m *meaning, slots []library.Slot, emit func(*ctx)) {
	if r.isForeign(m.recv) || m.lib.Name == "kombu" && (r.kombuElsewhere() || r.foreignKombu(s, m)) {
		return
	}
	r.used[m.lib.Name] = true
	seen := map[string]bool{}
	r.contexts(s, m, slots, func(c *ctx) {
		// Contexts that say the same of the same place are one.
		said := c.site1().At.Place
		key := fmt.Sprint(said.File, said.Line, said.Column)
		for _, slot := range slots {
			v := c.arg(slot)
			key += "|" + c.display(slot, v)
		}
		if !seen[key] {
			seen[key] = true
			emit(c)
		}
	})
}

// display tells values of one kind apart where their text does not: lists, objects.
func (c *ctx) display(slot library.Slot, v arg) string {
	switch slot {
	case library.QueueName, library.ExchangeName, library.SourceName, library.Key:
		n := c.name(slot)
		return n.Or("?") + textOf(n.Value)
	case library.Callback, library.Function:
		if v.found.Expr != nil {
			f := c.through(v.found)
			return fmt.Sprint(f.Scope.File.Path, f.Expr.Span.Start)
		}
	}
	return textOf(v.Value)
}

// textOf is a value without its places.
func textOf(v code.Value) string {
	out := fmt.Sprintf("%d %s %d %v %v", v.Kind, v.Text, v.Int, v.Float, v.Bool)
	for _, i := range v.Items {
		out += "," + textOf(i)
	}
	for _, f := range v.Fields {
		out += "," + f.Key + "=" + textOf(f.Value)
	}
	if v.Default != nil {
		out += "|" + textOf(*v.Default)
	}
	return out
}

// foreignKombu says that a kombu object is used on a connection to another broker: a
// consumer on it, or a queue that only such consumers read.
func (r *reader) foreignKombu(s *site, m *meaning) bool {
	if m.call.Gives == library.Consumer || m.call.Gives == library.Simple {
		t := r.madeAt(s, m.call.Gives)
		return t != nil && r.isForeign(t.From)
	}
	if m.call.Gives != library.Queue {
		return false
	}
	t := r.madeAt(s, library.Queue)
	foreign := false
	r.acts(library.Consume, func(x *site, y *meaning) {
		if y.lib.Name != "kombu" {
			return
		}
		for _, f := range r.flow.Slots(x.scope, y.call, x.call, library.QueueName) {
			for _, q := range r.flow.Eval(f.Scope, f.Expr) {
				if q == t {
					consumer := r.madeAt(x, library.Consumer)
					foreign = consumer != nil && r.isForeign(consumer.From)
				}
			}
		}
	})
	return foreign
}

func (r *reader) queue(c *ctx) {
	if a := c.arg(library.NoDeclare); a.given && a.Bool {
		return
	}
	id, _ := r.channel(c.site)
	x := code.QueueDecl{Site: c.site1(), Channel: id, Name: c.name(library.QueueName), Passive: c.boolean(library.Passive),
		Durable: c.boolean(library.Durable), Exclusive: c.boolean(library.Exclusive), AutoDelete: c.boolean(library.AutoDelete), Args: c.args()}
	if model.Is(x.Passive, true) {
		// Nothing else is said by a passive declaration.
		none := model.Unknown[bool]("a passive declaration does not say", c.at())
		x.Durable, x.Exclusive, x.AutoDelete, x.Args.Open = none, none, none, true
	}
	r.facts.Queues = append(r.facts.Queues, x)
	if c.m.lib.Name == "kombu" {
		r.kombuBindings(c, x)
	}
	if c.m.call.Gives == library.Simple {
		no := model.Present(false, c.at())
		r.facts.Exchanges = append(r.facts.Exchanges, code.ExchangeDecl{Site: x.Site, Name: x.Name, Type: model.Present("direct", c.at()), Passive: no,
			Durable: x.Durable, AutoDelete: x.AutoDelete, Internal: no, Args: code.Args{At: c.at()}})
	}
}

// kombuBindings adds the bindings that a kombu queue is made with.
func (r *reader) kombuBindings(c *ctx, q code.QueueDecl) {
	if a := c.arg(library.ExchangeName); a.given && a.Kind != code.Nil && a.found.Expr != nil && a.Kind != code.List {
		x := c.nameOf(a.found.Scope, a.found.Expr, a.Value, library.ExchangeName)
		if n, ok := x.Get(); !ok || n != "" {
			r.facts.Bindings = append(r.facts.Bindings, code.BindingDecl{Site: q.Site, Exchange: x, Queue: q.Name, Key: c.name(library.Key)})
		}
	}
	for _, slot := range []library.Slot{library.Bindings, library.ExchangeName} {
		a := c.arg(slot)
		if !a.given || a.found.Expr == nil {
			continue
		}
		for _, t := range c.things(a.found.Scope, a.found.Expr) {
			if t.Form != flow.Object || t.Kind != library.Options || t.Call == nil {
				continue
			}
			b := r.making(t)
			b.env = c.env
			r.facts.Bindings = append(r.facts.Bindings, code.BindingDecl{Site: q.Site, Exchange: b.name(library.ExchangeName), Queue: q.Name, Key: b.name(library.Key)})
		}
	}
}

func (r *reader) exchange(c *ctx) {
	if a := c.arg(library.NoDeclare); a.given && a.Bool {
		return
	}
	id, _ := r.channel(c.site)
	x := code.ExchangeDecl{Site: c.site1(), Channel: id, Name: c.name(library.ExchangeName), Type: c.text(library.Type), Passive: c.boolean(library.Passive),
		Durable: c.boolean(library.Durable), AutoDelete: c.boolean(library.AutoDelete), Internal: c.boolean(library.Internal), Args: c.args()}
	if n, ok := x.Name.Get(); ok && n == "" {
		return // the default exchange is there
	}
	if model.Is(x.Passive, true) {
		none := model.Unknown[bool]("a passive declaration does not say", c.at())
		x.Durable, x.AutoDelete, x.Internal, x.Args.Open = none, none, none, true
	}
	r.facts.Exchanges = append(r.facts.Exchanges, x)
}

func (r *reader) binding(c *ctx) {
	x := code.BindingDecl{Site: c.site1(), ToExchange: c.m.call.Act == library.BindExchange, Queue: c.name(library.QueueName),
		Exchange: c.name(library.ExchangeName), Key: c.name(library.Key)}
	if has(c.m.call, library.SourceName) { // aio-pika: exchange.bind(source)
		x.Queue, x.Exchange = x.Exchange, c.name(library.SourceName)
	}
	if x.Key.Value.Kind == code.Nil { // no key: pika and aio-pika take the queue's name
		x.Key = x.Queue
	}
	r.facts.Bindings = append(r.facts.Bindings, x)
}

// limits adds what limits unacknowledged messages.
func (r *reader) limits() {
	r.acts(library.Limit, func(s *site, m *meaning) {
		r.each(s, m, []library.Slot{library.Prefetch, library.Size, library.Global}, func(c *ctx) {
			id, _ := r.channel(s)
			x := code.Qos{Site: c.site1(), Channel: id, Count: c.integer(library.Prefetch), Size: c.integer(library.Size), Global: c.boolean(library.Global)}
			size, count := c.arg(library.Size), c.arg(library.Prefetch)
			x.SizeSlot = size.given && !count.given && size.found.Expr != nil && !named(c, library.Size) && !(size.Kind == code.Int && size.Int == 0)
			r.facts.Qos = append(r.facts.Qos, x)
		})
	})
	r.acts(library.TxCommit, func(s *site, m *meaning) {
		r.each(s, m, nil, func(c *ctx) {
			id, _ := r.channel(s)
			r.facts.Commits = append(r.facts.Commits, code.Commit{Site: c.site1(), Channel: id})
		})
	})
}

// named says that a slot is given by keyword.
func named(c *ctx, slot library.Slot) bool {
	for _, x := range c.site.call.Args {
		for _, a := range c.m.call.Args {
			if a.Slot != slot || x.Name == "" {
				continue
			}
			for _, n := range a.Names {
				if n == x.Name {
					return true
				}
			}
		}
	}
	return false
}

// kombuElsewhere says that all kombu of the tree whose broker is known speaks to something
// other than RabbitMQ, so that its queues are not RabbitMQ's.
func (r *reader) kombuElsewhere() bool {
	if r.elsewhere == nil {
		other, rabbit := r.brokers()
		is := other && !rabbit
		r.elsewhere = &is
	}
	return *r.elsewhere
}

// brokers says what brokers kombu and Celery are configured with in the tree.
func (r *reader) brokers() (other, rabbit bool) {
	see := func(scheme string) {
		if isAMQP(scheme) {
			rabbit = true
		} else if scheme != "" {
			other = true
		}
	}
	for _, c := range r.facts.Connections {
		if c.Library == "kombu" {
			if u, ok := parseURL(c.URL); ok {
				see(u.scheme)
			}
		}
	}
	for t, id := range r.conns {
		if id < 0 && t.Lib.Name == "kombu" {
			other = true
		}
	}
	for _, u := range r.brokerSettings() {
		see(u)
	}
	return other, rabbit
}
