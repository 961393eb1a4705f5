package celery

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// RabbitMQConsumerTimeout finds tasks that hold their message longer than RabbitMQ allows.
var RabbitMQConsumerTimeout = rule.Rule{
	ID:       "celery/rabbitmq-consumer-timeout",
	Title:    "RabbitMQ takes the message back while the task still has it",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("B3", "S4", "S6"), Since: "0.1",
	Advice: "Raise consumer_timeout above the longest task and delay, or keep far start times in a table that a periodic task reads.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		for _, a := range celery.Apps(e) {
			if !brokerOf(p, a, a) {
				continue
			}
			pairs := heldPairs(a, e)
			if len(pairs) == 0 {
				p.NotApplicable(a, "no task was seen to hold its message for a known time")
			}
			rule.Outlast(0, func(*model.Estate) []rule.Pair { return pairs })(p, e)
		}
	},
}

// heldPairs asks for each task that holds its message for a known time whether the
// broker's timeout outlasts it.
func heldPairs(a *celery.App, e *model.Estate) []rule.Pair {
	var out []rule.Pair
	for _, t := range a.Tasks {
		queue, ok := t.QueueOf().Get()
		if !ok {
			continue
		}
		timeout := a.ConsumerTimeout(queue, e)
		for _, held := range heldBy(t, queue) {
			out = append(out, rule.Pair{Subject: t, A: timeout, B: held,
				Harm: fmt.Sprintf("RabbitMQ closes the channel of a worker that holds %s for more than %s: the worker ends, and all that it held is delivered again",
					t.Name, rule.Duration(timeout.Hi))})
		}
	}
	return out
}

// heldBy is how long a worker holds a message of the task: until its start time, early
// acknowledgement or not; while it runs, when it acknowledges late.
func heldBy(t *celery.Task, queue string) []model.Span {
	var out []model.Span
	if !t.App.NativeDelay(queue).Or(false) {
		if wait, ok := longestDelay(t); ok {
			out = append(out, wait)
		}
	}
	if t.Bool("acks_late", false).Or(false) {
		if runs := t.Runs(); runs.Lo > 0 {
			runs.Hi, runs.HiFrom = runs.Lo, runs.LoFrom
			out = append(out, runs)
		}
		if allowed, ok := t.Allowed(); ok {
			out = append(out, allowed)
		}
	}
	return out
}

// longestDelay is the longest delay with which the task is sent or retried.
func longestDelay(t *celery.Task) (model.Span, bool) {
	var best model.Span
	add := func(k model.Span) {
		if k.Lo > best.Lo {
			best = k
		}
	}
	for _, c := range t.CallsOf() {
		if d, ok := c.Countdown.Get(); ok {
			add(model.Exactly(d, "the delay of "+t.Name, c.At))
		}
	}
	if t.Body != nil {
		for _, r := range t.Body.Retries {
			if r.HasDelay && (r.Countdown.Kind == code.Int || r.Countdown.Kind == code.Float) {
				add(model.Exactly(celery.Seconds(number(r.Countdown)), "the retry delay of "+t.Name, r.At))
			}
		}
	}
	if k := t.Number("default_retry_delay"); k.Present() && t.Retries() {
		add(model.Exactly(celery.Seconds(k.Or(0)), "the retry delay of "+t.Name, k.Origin()))
	}
	return best, best.Lo > 0
}

func number(v code.Value) float64 {
	if v.Kind == code.Int {
		return float64(v.Int)
	}
	return v.Float
}
