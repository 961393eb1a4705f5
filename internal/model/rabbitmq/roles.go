package rabbitmq

import (
	"regexp"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// Role is what a queue is for.
type Role string

// The roles, decided once.
const (
	Work       Role = "work"
	DeadLetter Role = "dead-letter"
	RetryWait  Role = "retry-wait"
	Reply      Role = "reply"
	Temporary  Role = "temporary"
	StreamLog  Role = "stream"
	Control    Role = "control"
	Unrouted   Role = "unrouted"
)

// Role is what the queue is for, and why it is taken for that.
func (q *QueueView) Role() (Role, string) { return q.role, q.why }

// NotWork says why the queue is no work queue, "" when it is one.
func (q *QueueView) NotWork() string {
	if q.role == Work {
		return ""
	}
	return q.why
}

// control are the queues by which Celery workers talk to each other; named by kombu's
// pidbox and Celery's events.
var control = regexp.MustCompile(`(^celeryev\.|\.celery\.pidbox$|\.reply\.celery\.pidbox$|^celery_delayed_\d+$|_celery_delayed_\d+$)`)

var replyName = regexp.MustCompile(`(?i)(^|[._-])(reply|replies|response|callback|rpc[._-]?result)s?([._-]|$)`)

var uuidName = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}`)

// mostSources bounds how many sources of dead letters are kept for a queue, so that a
// fanout exchange between thousands of queues does not cost their square.
const mostSources = 1000

// roles decides the role of every queue. Roles that the queue's own definition decides
// come first; who is a dead-letter queue is known only when it is known who waits.
func (o *Overlay) roles() {
	for _, q := range o.Queues {
		q.role, q.why = q.ownRole()
	}
	for _, q := range o.Queues {
		dlx, ok := q.DeadLetterExchange().Get()
		if !ok {
			continue
		}
		q.deadTo, q.deadSure = o.deadLetterTargets(q, dlx)
		for _, t := range q.deadTo {
			if len(t.deadFrom) < mostSources {
				t.deadFrom = append(t.deadFrom, q)
			}
			if t.role == Work && t != q && q.role != RetryWait {
				t.role, t.why = DeadLetter, "it takes the dead letters of "+q.Name.Name
			}
		}
	}
	for _, x := range o.Exchanges {
		ae, ok := x.AlternateExchange().Get()
		if !ok {
			continue
		}
		targets, _ := o.Route(x.Target, x.VHost, ae, "", true)
		for _, t := range targets {
			if t.role == Work {
				t.role, t.why = Unrouted, "it takes what "+x.Name.Name+" cannot route"
			}
		}
	}
}

func (q *QueueView) ownRole() (Role, string) {
	switch {
	case control.MatchString(q.Name.Name):
		return Control, "it is a control queue of Celery"
	case strings.HasPrefix(q.Name.Name, "amq.rabbitmq.reply-to"):
		return Reply, "it is a reply queue"
	case q.Name.Generated():
		return Temporary, "its name is made by the broker"
	case model.Is(q.Type(), "stream"):
		return StreamLog, "it is a stream"
	case model.Is(q.Exclusive(), true):
		return Temporary, "it is exclusive to one connection"
	case replyName.MatchString(q.Name.Name) && (model.Is(q.AutoDelete(), true) || q.Effective("expires").Present()):
		return Reply, "it is a reply queue"
	case model.Is(q.AutoDelete(), true) && uuidName.MatchString(q.Name.Name):
		return Temporary, "it is auto-delete and has a generated name"
	case q.waits():
		return RetryWait, "it holds messages for a time and hands them on"
	}
	return Work, ""
}

// waits says that nobody consumes the queue: messages leave it by expiry to another one.
func (q *QueueView) waits() bool {
	if !q.Effective("dead-letter-exchange").Present() || !q.Effective("message-ttl").Present() {
		return false
	}
	if len(q.Consumes) > 0 || len(q.Gets) > 0 {
		return false
	}
	consumers, ok := q.LiveConsumers().Get()
	return !ok || len(consumers) == 0
}

// AlternateExchange is the exchange in force that takes what the exchange cannot route.
func (x *ExchangeView) AlternateExchange() model.Known[string] {
	return model.Map(x.effective("alternate-exchange"), func(a Arg) string { return a.Text })
}

func (x *ExchangeView) effective(key string) model.Known[Arg] {
	arg := x.Argument(key)
	if arg.Present() {
		return arg
	}
	ps := x.o.policies[scope{x.Target, x.VHost}]
	if x.Live != nil && !x.Live.Policy.Unknown() && ps != nil {
		name, ok := x.Live.Policy.Get()
		if !ok {
			return arg
		}
		if p := ps.named(name, false); p != nil {
			return policyKey(p, key, arg)
		}
	}
	if list := ps.exchange(x.Name); len(list) > 0 {
		return policyKey(list[0], key, arg)
	}
	if arg.Absent() && (ps == nil || !ps.seen.Present()) {
		return model.Absent[Arg](assume(arg.Origin(), policiesUnseen))
	}
	return arg
}

func policyKey(p *Policy, key string, otherwise model.Known[Arg]) model.Known[Arg] {
	if a, ok := p.Definition[key]; ok {
		return model.Present(a, p.At)
	}
	return otherwise
}

// Argument is a declared argument of the exchange.
func (x *ExchangeView) Argument(name string) model.Known[Arg] {
	switch {
	case x.Live != nil:
		return lookup(x.Live.Args, name, x.Live.At)
	case len(x.Defs) > 0:
		return lookup(x.Defs[0].Args, name, x.Defs[0].At)
	}
	for _, d := range x.Decls {
		if k := CodeArg(d.Args, name, d.At); !k.Absent() {
			return k
		}
	}
	if len(x.Decls) > 0 {
		return model.Absent[Arg](x.Decls[0].At)
	}
	return model.Unknown[Arg]("its declaration was not seen", nil)
}

// Type is direct, topic, fanout, headers or a plugin's type.
func (x *ExchangeView) Type() model.Known[string] {
	switch {
	case x.Live != nil:
		return x.Live.Type
	case len(x.Defs) > 0:
		return x.Defs[0].Type
	case len(x.Decls) > 0:
		return x.Decls[0].Type
	}
	return model.Unknown[string]("its declaration was not seen", nil)
}

// Declared says that some source declares the exchange.
func (x *ExchangeView) Declared() bool { return x.Live != nil || len(x.Defs) > 0 || len(x.Decls) > 0 }

// Origin is where the exchange is best known from.
func (x *ExchangeView) Origin() *model.Origin {
	switch {
	case x.Live != nil:
		return x.Live.At
	case len(x.Defs) > 0:
		return x.Defs[0].At
	case len(x.Decls) > 0:
		return x.Decls[0].At
	case len(x.Publishes) > 0:
		return x.Publishes[0].At
	}
	return nil
}

// Durable says whether the exchange survives a restart of its broker.
func (x *ExchangeView) Durable() model.Known[bool] {
	return x.flag(func(e *Exchange) model.Known[bool] { return e.Durable },
		func(d *code.ExchangeDecl) model.Known[bool] { return d.Durable })
}

// AutoDelete says whether the exchange goes with its last binding.
func (x *ExchangeView) AutoDelete() model.Known[bool] {
	return x.flag(func(e *Exchange) model.Known[bool] { return e.AutoDelete },
		func(d *code.ExchangeDecl) model.Known[bool] { return d.AutoDelete })
}

// Internal says whether only other exchanges publish to it.
func (x *ExchangeView) Internal() model.Known[bool] {
	return x.flag(func(e *Exchange) model.Known[bool] { return e.Internal },
		func(d *code.ExchangeDecl) model.Known[bool] { return d.Internal })
}

func (x *ExchangeView) flag(of func(*Exchange) model.Known[bool], in func(*code.ExchangeDecl) model.Known[bool]) model.Known[bool] {
	switch {
	case x.Live != nil:
		return of(x.Live)
	case len(x.Defs) > 0:
		return of(x.Defs[0])
	case len(x.Decls) > 0:
		return in(x.Decls[0])
	}
	return model.Unknown[bool]("its declaration was not seen", x.Origin())
}
