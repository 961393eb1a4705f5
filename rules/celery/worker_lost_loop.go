package celery

import (
	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// WorkerLostLoop finds tasks that come back without end when they kill their process.
var WorkerLostLoop = rule.Rule{
	ID:       "celery/worker-lost-loop",
	Title:    "A task that kills its process is started again without end",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("P3", "P6", "S4", "T2"), Since: "0.1", Preview: true,
	Advice: "Put the tasks on a quorum queue with x-delivery-limit and a dead-letter exchange, or look at request.delivery_info and give up when it is redelivered.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		loops := groupByOwner(a, "reject_on_worker_lost", func(t *celery.Task) bool {
			return t.Bool("acks_late", false).Or(false) && t.Bool("reject_on_worker_lost", false).Or(false)
		})
		if len(loops) == 0 {
			p.NotApplicable(a, "no task is put back when its process is lost")
			return
		}
		for _, g := range loops {
			g.decide(p, func(t *celery.Task) (string, *model.Origin, int) { return endless(t) }, "",
				"a message of %s that kills the process which runs it comes back at once and without end")
		}
	}),
}

// endless says whether nothing ends the deliveries of a task's messages: +1 it is so, with
// words and place, -1 something does, 0 not known.
func endless(t *celery.Task) (string, *model.Origin, int) {
	if t.Body != nil && t.Body.Redelivered { // 1. The task looks itself.
		return "", nil, -1
	}
	transport, ok := t.App.BrokerTransport().Get()
	if !ok { // 2. The broker decides, and is not known.
		return "the broker is not known: " + t.App.BrokerTransport().Why(), nil, 0
	}
	if transport != "amqp" { // 3. Only RabbitMQ counts deliveries.
		return "no count of deliveries on " + transport, t.App.BrokerTransport().Origin(), 1
	}
	name, ok := t.QueueOf().Get()
	if !ok {
		return "the queue is not known: " + t.QueueOf().Why(), nil, 0
	}
	q := t.App.Queue(name)
	if q == nil {
		return "the queue " + name + " was not seen", nil, 0
	}
	limit := q.DeliveryLimit()
	switch n, ok := limit.Get(); {
	case limit.Unknown():
		return limit.Why(), nil, 0
	case ok && n >= 0: // 4. A quorum queue with a limit.
		return "", nil, -1
	}
	at := limit.Origin()
	if limit.Absent() { // the type of the queue decides
		at = q.Type().Origin()
	}
	return "the queue " + name + " has no delivery limit", at, 1
}
