package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// checkedArguments are those that the broker compares when a queue is declared again
// (rabbit_amqqueue:declare_args in rabbitmq-server). Others are ignored.
var checkedArguments = []string{"x-expires", "x-message-ttl", "x-dead-letter-exchange", "x-dead-letter-routing-key",
	"x-dead-letter-strategy", "x-max-length", "x-max-length-bytes", "x-max-in-memory-length", "x-max-in-memory-bytes",
	"x-max-priority", "x-overflow", "x-queue-mode", "x-queue-version", "x-single-active-consumer", "x-queue-type",
	"x-quorum-initial-group-size", "x-max-age", "x-stream-max-segment-size-bytes", "x-initial-cluster-size",
	"x-queue-leader-locator", "x-queue-master-locator", "x-delivery-limit"}

// DeclareMismatch finds code that declares a queue or exchange unlike the one that exists.
var DeclareMismatch = rule.Rule{
	ID:       "rabbitmq/declare-mismatch",
	Title:    "The program's channel is closed when it starts: its queue is declared otherwise",
	Severity: rule.Critical, Area: rule.Delivery, Covers: rule.Items("B8", "S1", "S8", "C7"), Since: "0.1",
	Advice: "Declare it as it is, or declare a queue of a new name and move to it; leave what changes to a policy.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		for _, q := range rabbitmq.Queues(e) {
			if q.Live == nil {
				continue
			}
			for _, d := range q.Decls {
				mismatch(p, q, q.Live.At, d.At, queueDifferences(q.Live, d), q.Name.Name)
			}
		}
		for _, x := range rabbitmq.Exchanges(e) {
			if x.Live == nil {
				continue
			}
			for _, d := range x.Decls {
				mismatch(p, x, x.Live.At, d.At, exchangeDifferences(x.Live, d), x.Name.Name)
			}
		}
	},
}

// differences is how a declaration differs from what exists.
type differences struct {
	first   string // "x-message-ttl: 2000 in code, 1000 on the broker"
	unknown string // what could not be compared; "" when all could
	relaxed bool   // only the type differs, which a broker can be told to accept
}

func mismatch(p *rule.Pass, s rule.Subject, live, at *model.Origin, d differences, name string) {
	switch {
	case d.first != "":
		v := p.Fail(s, "declaring %s closes the channel with 406: %s", name, d.first).
			See(seen(at), "declared here").See(seen(live), d.first)
		if d.relaxed {
			v.Likely("a broker can be set to accept another type (quorum_queue.property_equivalence.relaxed_checks_on_redeclaration)")
		}
	case d.unknown != "":
		p.Unknown(s, "%s", d.unknown)
	default:
		p.Pass(s)
	}
}

// flag compares one truth value.
func (d *differences) flag(name string, here, there model.Known[bool]) {
	a, aok := here.Get()
	b, bok := there.Get()
	switch {
	case aok && bok && a != b && d.first == "":
		d.first = fmt.Sprintf("%s is %v in code, %v on the broker", name, a, b)
	case (!aok || !bok) && d.unknown == "":
		d.unknown = name + " is not known: " + here.Why() + there.Why()
	}
}

func queueDifferences(live *rabbitmq.Queue, d *code.QueueDecl) differences {
	var out differences
	out.flag("durable", d.Durable, live.Durable)
	out.flag("auto_delete", d.AutoDelete, live.AutoDelete)
	out.flag("exclusive", d.Exclusive, live.Exclusive)
	args, ok := live.Args.Get()
	if !ok {
		out.unknown = "its arguments on the broker are not known"
		return out
	}
	for _, key := range checkedArguments {
		there, has := args[key]
		here := rabbitmq.CodeArg(d.Args, key, d.At)
		a, declared := here.Get()
		switch {
		case here.Unknown():
			if out.unknown == "" {
				out.unknown = key + " is not known: " + here.Why()
			}
		case key == "x-queue-type" && !declared: // the broker adds it, by the vhost's default
		case declared == has && (!has || a == there):
		case out.first == "":
			out.first = fmt.Sprintf("%s is %s in code, %s on the broker", key, shown(a, declared), shown(there, has))
			out.relaxed = key == "x-queue-type"
		}
	}
	return out
}

func exchangeDifferences(live *rabbitmq.Exchange, d *code.ExchangeDecl) differences {
	var out differences
	kind, kok := d.Type.Get()
	there, tok := live.Type.Get()
	switch {
	case kok && tok && kind != there:
		out.first = fmt.Sprintf("its type is %s in code, %s on the broker", kind, there)
	case !kok || !tok:
		out.unknown = "its type is not known: " + d.Type.Why() + live.Type.Why()
	}
	out.flag("durable", d.Durable, live.Durable)
	out.flag("auto_delete", d.AutoDelete, live.AutoDelete)
	out.flag("internal", d.Internal, live.Internal)
	args, ok := live.Args.Get()
	here := rabbitmq.CodeArg(d.Args, "alternate-exchange", d.At)
	a, declared := here.Get()
	b, has := args["alternate-exchange"]
	switch {
	case !ok || here.Unknown():
		if out.unknown == "" {
			out.unknown = "its alternate exchange is not known: " + here.Why()
		}
	case (declared != has || has && a != b) && out.first == "":
		out.first = fmt.Sprintf("alternate-exchange is %s in code, %s on the broker", shown(a, declared), shown(b, has))
	}
	return out
}

func shown(a rabbitmq.Arg, there bool) string {
	if !there {
		return "not set"
	}
	return a.String()
}
