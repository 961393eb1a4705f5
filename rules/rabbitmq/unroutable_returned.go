package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// UnroutableReturned finds messages that come back to their publisher.
var UnroutableReturned = rule.Rule{
	ID:       "rabbitmq/unroutable-returned",
	Title:    "Messages come back to their publisher: no queue takes them",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("C4", "S1", "V3"), Since: "0.1",
	Advice: "Bind a queue for the routing key, and let the publisher store what comes back.",
	Live: func(p *rule.Pass, e *model.Estate) {
		u := unroutable{func(c rabbitmq.Counters) model.Known[int64] { return c.ReturnUnroutable },
			"%s published %s in %s had no queue and were returned", "return_unroutable"}
		for s, w := range windows(p, e) {
			u.decide(p, s, w)
		}
	},
}
