package celery

import (
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// RabbitMQAutoscaleNoEffect finds workers that are to grow and cannot.
var RabbitMQAutoscaleNoEffect = rule.Rule{
	ID:       "celery/rabbitmq-autoscale-no-effect",
	Title:    "A worker told to scale does not take more messages",
	Severity: rule.Medium, Area: rule.Capacity, Covers: rule.Items("A4", "S8"), Since: "0.1", Preview: true,
	Advice: "Give the worker a fixed -c and run more of them.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		for _, w := range a.Consumers() {
			scale, ok := w.Options["--autoscale"]
			if !ok {
				p.NotApplicable(w, "it does not scale itself")
				continue
			}
			if !brokerOf(p, w, a) {
				continue
			}
			name, at := a.DeclaredQuorum()
			if name == "" {
				p.NotApplicable(w, "no quorum queue of its app was seen")
				continue
			}
			p.Fail(w, "%s is to scale with --autoscale=%s: on quorum queues such as %s the prefetch limit stays as it was at the start", w.Workload, scale, name).
				See(seen(w.At), "--autoscale="+scale).See(seen(at), "quorum queue "+name)
		}
	}),
}
