package celery

import (
	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// RejectDropsMessage finds failed tasks whose messages are rejected to nowhere.
var RejectDropsMessage = rule.Rule{
	ID:       "celery/reject-drops-message",
	Title:    "The message of a task that fails is thrown away",
	Severity: rule.Medium, Area: rule.Failures, Covers: rule.Items("C5", "M2", "P3"), Since: "0.1", Preview: true,
	Advice: "Give the queue a dead-letter exchange, or leave task_acks_on_failure_or_timeout at True and store what failed in on_failure.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		option := "acks_on_failure_or_timeout"
		groups := groupByOwner(a, option, func(t *celery.Task) bool {
			return t.Bool("acks_late", false).Or(false) && !acksFailure(t)
		})
		if len(groups) == 0 {
			p.NotApplicable(a, "no task rejects its message when it fails")
			return
		}
		for _, g := range groups {
			g.decide(p, dropped, "", "the message of %s is rejected when it fails, and nothing takes it")
		}
	}),
}

// acksFailure says that the message of a failed task is acknowledged, as by default; what
// is not known counts as that. From 5.7 on acks_on_failure goes first.
func acksFailure(t *celery.Task) bool {
	if k, _ := t.Option("acks_on_failure"); k.Present() {
		return t.Bool("acks_on_failure", true).Or(true)
	}
	return t.Bool("acks_on_failure_or_timeout", true).Or(true)
}

// dropped says whether the rejected message of a task goes nowhere: +1, -1 or 0.
func dropped(t *celery.Task) (string, *model.Origin, int) {
	if t.OnFailure != nil || stored(t.App) { // 1. What failed is stored by a handler.
		return "", nil, -1
	}
	transport, ok := t.App.BrokerTransport().Get()
	if !ok {
		return "the broker is not known: " + t.App.BrokerTransport().Why(), nil, 0
	}
	if transport != "amqp" { // 2. No dead letters elsewhere.
		return "no dead letters on " + transport, t.App.BrokerTransport().Origin(), 1
	}
	name, ok := t.QueueOf().Get()
	if !ok {
		return "the queue is not known: " + t.QueueOf().Why(), nil, 0
	}
	q := t.App.Queue(name)
	if q == nil {
		return "the queue " + name + " was not seen", nil, 0
	}
	switch dlx := q.DeadLetterExchange(); { // 3. The queue's dead letters.
	case dlx.Present():
		return "", nil, -1
	case dlx.Unknown():
		return dlx.Why(), nil, 0
	default:
		return "the queue " + name + " has no dead-letter exchange", dlx.Origin(), 1
	}
}

func stored(a *celery.App) bool {
	for _, h := range a.Hooks {
		if h.Stores {
			return true
		}
	}
	return false
}
