package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// The checks in this file are the code's side of rules whose other side looks at brokers.

// autoAckInCode: consumers that take messages without acknowledgement and work on them.
func autoAckInCode(p *rule.Pass, e *model.Estate) {
	for c := range consumers(e) {
		switch {
		case c.forNobody() != "": // 1.
			p.NotApplicable(c, c.forNobody())
		case c.AutoAck.Unknown(): // 2.
			p.Unknown(c, "whether it acknowledges is not known: "+c.AutoAck.Why())
		case !model.Is(c.AutoAck, true): // 3.
			p.Pass(c)
		case c.Handler != nil && !c.Handler.Works && !c.Handler.TooMany && !c.Handler.Tainted: // 4.
			p.NotApplicable(c, "its handler does no work that could be lost")
		default: // 5.
			v := p.Fail(c, "%s is consumed without acknowledgement: the broker forgets a message as it sends it", c.Name).
				See(c.AutoAck).See(c)
			switch {
			case c.Handler == nil:
				v.Likely("its handler was not found, so that its work is not known")
			default:
				if w := firstWork(c.Handler); w != nil {
					v.See(seen(w.At), "the work that a crash loses")
				}
				weigh(v, c.Handler)
			}
		}
	}
}

// prefetchInCode: consumers without a limit on what they hold.
func prefetchInCode(p *rule.Pass, e *model.Estate) {
	for c := range consumers(e) {
		switch {
		case c.forNobody() != "": // 1.
			p.NotApplicable(c, c.forNobody())
		case model.Is(c.AutoAck, true): // 2. No limit binds it: see auto-ack.
			p.NotApplicable(c, "it consumes without acknowledgement")
		case c.PrefetchAfter != nil: // 3.
			p.Fail(c, "the prefetch of %s is set after its consumer was started, and does not bind it", c.Name).
				At(rule.Medium).See(c, "consumed here").See(seen(c.PrefetchAfter), "limited here, too late")
		case c.Prefetch.Unknown(): // 4.
			p.Unknown(c, "its prefetch is not known: "+c.Prefetch.Why())
		case c.Prefetch.Or(0) > 0: // 5.
			p.Pass(c)
		default: // 6.
			p.Fail(c, "the broker sends all that waits in %s to the first consumer that comes: the others starve, and a crash brings it all back", c.Name).
				At(rule.Medium).See(c.Prefetch, "no prefetch").See(c)
		}
	}
}

// requeueInCode: error handlers that put a message back at once, without counting.
func requeueInCode(p *rule.Pass, e *model.Estate) {
	for c := range handlers(p, e) {
		x, s := requeued(c.Handler)
		switch {
		case x == nil: // 1.
			p.Pass(c)
		case c.Handler.ReadsDeath: // 2. It looks how often the message came.
			p.Pass(c)
		case c.Queue != nil && bounded(c.Queue, s): // 3. The queue counts.
			p.Pass(c)
		default: // 4.
			v := p.Fail(c, "a message of %s whose work fails goes back to the queue at once and is delivered again, without end", c.Name).
				At(rule.High).See(s, "requeued here").See(seen(x.CaughtAt), "after any error")
			if s.Default {
				v.Do("Say requeue=False (amqplib: nack(msg, false, false)), and name a dead-letter exchange.")
			}
		}
	}
}

func requeued(h *code.Handler) (*code.Exit, code.Settlement) {
	for i := range h.Exits {
		x := &h.Exits[i]
		if x.Caught != code.Broad || x.Guarded || x.Tainted || x.Republished != nil {
			continue
		}
		for _, s := range x.Settled {
			if (s.Kind == code.Nack || s.Kind == code.Reject) && model.Is(s.Requeue, true) {
				return x, s
			}
		}
	}
	return nil, code.Settlement{}
}

// bounded says that the queue stops redelivering by itself: a quorum queue with a delivery
// limit, which from 4.3 counts rejects but not nacks.
func bounded(q *rabbitmq.QueueView, s code.Settlement) bool {
	if !model.Is(q.Type(), "quorum") {
		return false
	}
	v, known := q.Version().Get()
	if s.Kind == code.Nack && known && !v.Less(model.Version{4, 3}) {
		return false
	}
	limit := q.Effective("delivery-limit")
	return limit.Present() || known && !v.Less(model.Version{4, 0})
}

// transientPublishInCode: messages that a restart of the broker loses, in queues that
// survive it.
func transientPublishInCode(p *rule.Pass, e *model.Estate) {
	for ref, x := range publishes(e) {
		switch {
		case x.Reply: // 1.
			p.NotApplicable(ref, "it answers a caller that waits")
		case x.Persistent.Unknown(): // 2.
			p.Unknown(ref, x.Persistent.Why())
		case model.Is(x.Persistent, true): // 3.
			p.Pass(ref)
		case shortLived(x): // 4.
			p.NotApplicable(ref, "its messages expire soon")
		default:
			judgeTransient(p, e, ref, x)
		}
	}
}

// shortLived says that a message expires within a minute: losing it at a restart is no
// news. Expiration is text of milliseconds in pika and amqplib, seconds elsewhere: a number
// of at most 60 is short in both.
func shortLived(x *code.Publish) bool {
	n, ok := x.Expiration.Integer().Get()
	return ok && n <= 60 || x.Expiration.Kind == code.String && len(x.Expiration.Text) <= 4
}

func judgeTransient(p *rule.Pass, e *model.Estate, ref rule.Ref, x *code.Publish) {
	o := rabbitmq.View(e)
	queues := queuesOf(o, x)
	var durable *rabbitmq.QueueView
	for _, q := range queues {
		if model.Is(q.Durable(), true) && !model.Is(q.Type(), "quorum") && !model.Is(q.Type(), "stream") && forTheMoment(q) == "" {
			durable = q
		}
	}
	switch {
	case durable != nil: // 5.
		p.Fail(ref, "%s sends transient messages to the durable queue %s: those that wait there are lost when the broker restarts", siteName(x.Site), durable.Name.Name).
			See(x.Persistent, "not persistent").See(x).See(durable, "durable")
	case len(queues) == 0: // 6.
		p.Unknown(ref, "the queues that its messages reach are not known")
	default: // 7.
		p.NotApplicable(ref, "its queues keep no message over a restart, or all of them")
	}
}

// queuesOf are the queues that a publish reaches, as far as names and bindings tell.
func queuesOf(o *rabbitmq.Overlay, x *code.Publish) []*rabbitmq.QueueView {
	exchange, ok := x.Exchange.Get()
	key, keyKnown := x.Key.Get()
	if !ok {
		return nil
	}
	var out []*rabbitmq.QueueView
	if exchange == "" {
		if !keyKnown {
			return nil
		}
		for _, q := range o.Queues {
			if q.Name.Name == key {
				out = append(out, q)
			}
		}
		return out
	}
	for _, v := range o.Exchanges {
		if v.Name.Name == exchange {
			found, _ := o.Route(v.Target, v.VHost, exchange, key, !keyKnown)
			out = append(out, found...)
		}
	}
	return out
}
