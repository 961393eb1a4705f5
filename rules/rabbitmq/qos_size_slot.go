package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// QosSizeSlot finds prefetch limits that stand in the place of the size.
var QosSizeSlot = rule.Rule{
	ID:       "rabbitmq/qos-size-slot",
	Title:    "The broker refuses the consumer's prefetch and closes the connection",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("P2", "C2", "S1"), Since: "0.1",
	Advice: "Name the argument: basic_qos(prefetch_count=10).",
	Code: func(p *rule.Pass, e *model.Estate) {
		for _, f := range rabbitmq.View(e).Facts {
			for i := range f.Qos {
				q := &f.Qos[i]
				if !q.SizeSlot {
					p.Pass(siteRef("channel", q.Site))
					continue
				}
				p.Fail(siteRef("channel", q.Site), "the prefetch in %s stands in the place of the size in bytes: RabbitMQ answers 540 NOT_IMPLEMENTED and closes the connection", siteName(q.Site)).See(q)
			}
		}
	},
}
