package rabbitmq

import (
	"iter"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// consumer is a place in code that consumes a queue. Its subject is the queue where the
// name leads to one, so that what code and broker say of it is one answer.
type consumer struct {
	*code.Consume
	subject rule.Subject
	Name    string // of the queue, else of the handler
	Queue   *rabbitmq.QueueView
}

// Ref names the subject.
func (c consumer) Ref() model.Ref { return c.subject.Ref() }

// consumers yields every consumer in code, those of queues first.
func consumers(e *model.Estate) iter.Seq[consumer] {
	return func(yield func(consumer) bool) {
		o := rabbitmq.View(e)
		joined := map[*code.Consume]bool{}
		for _, q := range o.Queues {
			for _, c := range q.Consumes {
				joined[c] = true
				if !yield(consumer{c, q, q.Name.Name, q}) {
					return
				}
			}
		}
		for _, f := range o.Facts {
			for i := range f.Consumes {
				c := &f.Consumes[i]
				if joined[c] {
					continue
				}
				name := "the consumer in " + siteName(c.Site)
				if !yield(consumer{c, siteRef("consumer", c.Site), name, nil}) {
					return
				}
			}
		}
	}
}

// siteName names a place in code by its function, else by its file.
func siteName(s code.Site) string {
	switch {
	case s.Function != "":
		return s.Function
	case s.At != nil:
		return s.At.Place.File
	}
	return "code"
}

// siteRef names a place in code as a subject, without its line: moving it opens nothing
// anew.
func siteRef(kind string, s code.Site) rule.Ref {
	file := ""
	if s.At != nil {
		file = s.At.Place.File
	}
	name := file
	if s.Function != "" {
		name += " " + s.Function
	}
	return rule.Ref{System: rabbitmq.System, Kind: kind, Name: name}
}

// forNobody says why losing what the consumer takes harms nobody: its queue is temporary,
// or it is the caller's side of a call.
func (c consumer) forNobody() string {
	switch {
	case model.Is(c.Temporary, true):
		return "its queue is temporary"
	case c.Queue != nil && forTheMoment(c.Queue) != "":
		return forTheMoment(c.Queue)
	case c.RPC:
		return "it serves calls whose caller waits for the answer"
	}
	return ""
}

// handlers yields the consumers that acknowledge by hand and whose handlers could be read
// whole; of the others it answers once why there is nothing to judge.
func handlers(p *rule.Pass, e *model.Estate) iter.Seq[consumer] {
	return func(yield func(consumer) bool) {
		for c := range consumers(e) {
			h := c.Handler
			switch {
			case c.forNobody() != "":
				p.NotApplicable(c, c.forNobody())
			case model.Is(c.AutoAck, true):
				p.NotApplicable(c, "it consumes without acknowledgement")
			case c.AutoAck.Unknown():
				p.Unknown(c, "whether it acknowledges is not known: "+c.AutoAck.Why())
			case h == nil:
				p.Unknown(c, "its handler was not found: "+c.HandlerWhy)
			case h.TooMany:
				p.Unknown(c, "its handler has more ways out than are followed")
			case h.Tainted:
				p.Unknown(c, "its handler did not parse whole")
			default:
				if !yield(c) {
					return
				}
			}
		}
	}
}

// weigh lowers the confidence of a verdict on a handler whose work is only calls that were
// not followed.
func weigh(v *rule.Verdict, h *code.Handler) *rule.Verdict {
	for _, w := range h.Work {
		if w.Known {
			return v
		}
	}
	return v.Likely("what the handler calls was not followed to its end")
}

// firstWork is the work that is cited: one known to reach outside where there is one.
func firstWork(h *code.Handler) *code.Work {
	for i := range h.Work {
		if h.Work[i].Known {
			return &h.Work[i]
		}
	}
	if len(h.Work) > 0 {
		return &h.Work[0]
	}
	return nil
}

// acks says that the first thing that settles the delivery on the way is an ack.
func acks(x code.Exit) bool { return len(x.Settled) > 0 && x.Settled[0].Kind == code.Ack }

// publishes yields the publish calls of application code with the exchange or queue that
// they go to.
func publishes(e *model.Estate) iter.Seq2[rule.Ref, *code.Publish] {
	return func(yield func(rule.Ref, *code.Publish) bool) {
		for _, f := range rabbitmq.View(e).Facts {
			for i := range f.Publishes {
				if x := &f.Publishes[i]; !yield(siteRef("publisher", x.Site), x) {
					return
				}
			}
		}
	}
}

// destination is where a publish goes, in words.
func destination(x *code.Publish) string {
	exchange, known := x.Exchange.Get()
	key, keyKnown := x.Key.Get()
	switch {
	case known && exchange == "" && keyKnown:
		return key
	case known && exchange != "":
		return exchange
	}
	return "its exchange"
}
