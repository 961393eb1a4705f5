package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// QuorumUnsupportedDeclaration finds declarations that the broker refuses for quorum queues.
var QuorumUnsupportedDeclaration = rule.Rule{
	ID:       "rabbitmq/quorum-unsupported-declaration",
	Title:    "The program's channel is closed when it starts: no quorum queue can be declared so",
	Severity: rule.Critical, Area: rule.Delivery, Covers: rule.Items("S1", "S8", "A3", "C1"), Since: "0.1",
	Advice: "Leave it out of the declaration; quorum queues are durable and shared, and have priorities of their own.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		for _, q := range rabbitmq.Queues(e) {
			for _, d := range q.Decls {
				kind := rabbitmq.CodeArg(d.Args, "x-queue-type", d.At)
				if a, ok := kind.Get(); !ok || a.Text != "quorum" {
					continue
				}
				if what, at := unsupported(d); what != "" {
					p.Fail(q, "declaring %s closes the channel with 406: a quorum queue cannot %s", q.Name.Name, what).
						See(seen(d.At), "declared here").See(seen(at), what)
					continue
				}
				p.Pass(q)
			}
		}
	},
}

// unsupported is what a quorum queue cannot be or have (rabbit_quorum_queue in
// rabbitmq-server; measured on 3.10.8, 4.0.5 and 4.3.6), and where it stands.
func unsupported(d *code.QueueDecl) (what string, at *model.Origin) {
	switch {
	case model.Is(d.Durable, false):
		return "be transient", d.Durable.Origin()
	case model.Is(d.Exclusive, true):
		return "be exclusive", d.Exclusive.Origin()
	}
	for _, key := range []string{"x-max-priority", "x-queue-mode"} {
		if v, ok := d.Args.Values[key]; ok {
			return "have " + key, v.Origin
		}
	}
	return "", nil
}
