package rabbitmq

import (
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// DeadLetterUnroutable finds dead letters that reach an exchange and no queue.
var DeadLetterUnroutable = rule.Rule{
	ID:       "rabbitmq/dead-letter-unroutable",
	Title:    "Dead letters reach an exchange and no queue",
	Severity: rule.Critical, Area: rule.Failures, Covers: rule.Items("P3", "M2", "T2", "C3"), Since: "0.1",
	Advice: "Bind a queue to the dead-letter exchange with the key that the messages come with.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		o := rabbitmq.View(e)
		for q := range declared(p, e) {
			dlx := q.DeadLetterExchange()
			name, ok := dlx.Get()
			if !ok || !exists(o, q, name) { // 1. None, or rabbitmq/dead-letter-exchange-missing.
				continue
			}
			all := o.Seen(q.Target, q.VHost)
			targets, sure := q.DeadLetterTargets()
			switch {
			case reaches(q, targets) && sure: // 2. Some queue takes them.
				p.Pass(q)
			case all.Bindings != "" || all.Queues != "": // 3. Bindings or queues were not read whole.
				p.Unknown(q, all.Bindings+all.Queues)
			case name != "" && nothingBound(o, q, name): // 4. Nothing is bound at all.
				p.Fail(q, "rejected and expired messages of %s are dropped: no queue is bound to %s", q.Name.Name, name).
					See(dlx, "dead-letter exchange "+name+", without a binding").WithTraffic(q.Traffic())
			case !sure && reaches(q, targets): // 5. Some of the keys reach a queue.
				p.Unknown(q, "its messages come with several keys: whether all of them reach a queue from %s is not known", quoted(name))
			case !sure: // The keys are not known, or the exchange decides by other things.
				p.Unknown(q, "which keys its dead letters have is not known")
			default: // 6. No binding takes the key.
				p.Fail(q, "rejected and expired messages of %s are dropped: %s", q.Name.Name, wrongKey(o, q, name)).
					See(dlx, "dead-letter exchange "+quoted(name)).See(q.Text("dead-letter-routing-key")).WithTraffic(q.Traffic())
			}
		}
	},
}

func quoted(name string) string {
	if name == "" {
		return `""`
	}
	return name
}

// exists says that the exchange is there, as far as the queue's own source can tell.
func exists(o *rabbitmq.Overlay, q *rabbitmq.QueueView, name string) bool {
	if name == "" || strings.HasPrefix(name, "amq.") {
		return true
	}
	x := o.Exchange(q.Target, q.VHost, name)
	return x != nil && (x.Live != nil || q.Live == nil && x.Declared())
}

// reaches says that a queue takes the dead letters; for a queue on the broker only those
// on the broker count.
func reaches(q *rabbitmq.QueueView, targets []*rabbitmq.QueueView) bool {
	for _, t := range targets {
		if t.Live != nil || q.Live == nil && t.Declared() {
			return true
		}
	}
	return false
}

func nothingBound(o *rabbitmq.Overlay, q *rabbitmq.QueueView, exchange string) bool {
	x := o.Exchange(q.Target, q.VHost, exchange)
	return len(o.Bindings(q.Target, q.VHost, exchange)) == 0 && (x == nil || x.AlternateExchange().Absent())
}

// wrongKey says why no queue takes the dead letters.
func wrongKey(o *rabbitmq.Overlay, q *rabbitmq.QueueView, exchange string) string {
	key, ok := q.Text("dead-letter-routing-key").Get()
	keys := []string{key}
	if !ok {
		keys = o.KeysTo(q)
	}
	if exchange == "" {
		return "there is no queue " + some(keys)
	}
	return "no binding of " + exchange + " takes the key " + some(keys)
}
