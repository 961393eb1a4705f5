package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// UnroutableDropped finds messages that are published to nowhere.
var UnroutableDropped = rule.Rule{
	ID:       "rabbitmq/unroutable-dropped",
	Title:    "Messages are published to nowhere and dropped",
	Severity: rule.Critical, Area: rule.Delivery, Covers: rule.Items("P1", "C4", "C5", "S1", "V3"), Since: "0.1",
	Advice: "Bind a queue for the routing key, and publish with mandatory or give the exchange an alternate exchange.",
	Live: func(p *rule.Pass, e *model.Estate) {
		u := unroutable{func(c rabbitmq.Counters) model.Known[int64] { return c.DropUnroutable },
			"%s published %s in %s had no queue and were dropped", "drop_unroutable"}
		for s, w := range windows(p, e) {
			u.decide(p, s, w)
		}
	},
}
