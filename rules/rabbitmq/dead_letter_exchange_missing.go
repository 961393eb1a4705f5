package rabbitmq

import (
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// DeadLetterExchangeMissing finds dead-letter and alternate exchanges that do not exist.
var DeadLetterExchangeMissing = rule.Rule{
	ID:       "rabbitmq/dead-letter-exchange-missing",
	Title:    "Dead letters go to an exchange that does not exist",
	Severity: rule.Critical, Area: rule.Failures, Covers: rule.Items("P3", "M2", "T2", "C3"), Since: "0.1",
	Advice: "Create the exchange, and bind a queue to it.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		o := rabbitmq.View(e)
		for q := range declared(p, e) {
			dlx := q.DeadLetterExchange()
			if name, ok := dlx.Get(); ok {
				missing(p, e, q, named{q.Target, q.VHost, name, q.Live != nil}, dlx.Origin(),
					"rejected and expired messages of "+q.Name.Name+" are dropped: its dead-letter exchange "+name+" does not exist")
			}
		}
		for _, x := range o.Exchanges {
			ae := x.AlternateExchange()
			if name, ok := ae.Get(); ok {
				missing(p, e, x, named{x.Target, x.VHost, name, x.Live != nil}, ae.Origin(),
					"what "+x.Name.Name+" cannot route is dropped: its alternate exchange "+name+" does not exist")
			}
		}
	},
}

// named is an exchange as something names it; live says that the something is on the broker.
type named struct {
	target, vhost, name string
	live                bool
}

// missing decides about one exchange that a queue or exchange names.
func missing(p *rule.Pass, e *model.Estate, s rule.Subject, n named, at *model.Origin, harm string) {
	o := rabbitmq.View(e)
	x := o.Exchange(n.target, n.vhost, n.name)
	seenAll := o.Seen(n.target, n.vhost).Exchanges
	switch {
	case n.name == "" || strings.HasPrefix(n.name, "amq."): // 1. Every vhost has these.
		p.Pass(s)
	case x != nil && (x.Live != nil || !n.live && x.Declared()): // 2. It is there, or declared beside it.
		p.Pass(s)
	case seenAll == "": // 3. All exchanges were read, and it is not among them.
		p.Fail(s, "%s", harm).See(seen(at), "names the exchange "+n.name).WithTraffic(traffic(s))
	case n.live: // 4. The exchanges could not be read.
		p.Unknown(s, seenAll)
	case e.Complete: // 5. Nothing in all the code and files declares it.
		p.Fail(s, "%s", harm).See(seen(at), "names the exchange "+n.name).At(rule.High).
			Likely("only code and files were read: the exchange may be made by hand")
	default: // 6. Another program may declare it.
		p.Unknown(s, "%s is declared elsewhere or not at all: name the broker, or all code", n.name)
	}
}

// traffic is the rate of a subject that is a queue.
func traffic(s rule.Subject) float64 {
	if q, ok := s.(*rabbitmq.QueueView); ok {
		return q.Traffic()
	}
	return 0
}
