package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// NoErrorListener finds Node connections without an 'error' listener.
var NoErrorListener = rule.Rule{
	ID:       "rabbitmq/no-error-listener",
	Title:    "One lost connection ends the process",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("B2", "S1", "S4"), Since: "0.1",
	Advice: "Attach 'error' and 'close' listeners that connect again, or connect with {recovery: true} (amqplib 1.1 and newer).",
	Code: func(p *rule.Pass, e *model.Estate) {
		for _, f := range rabbitmq.View(e).Facts {
			for i := range f.Connections {
				c := &f.Connections[i]
				ref := siteRef("connection", c.Site)
				switch {
				case c.ErrorListener.Absent(): // 1. Not a library of Node.
					p.NotApplicable(ref, "the library raises errors where they happen")
				case model.Is(c.Recovers, true): // 2.
					p.Pass(ref)
				case c.ErrorListener.Unknown(): // 3.
					p.Unknown(ref, c.ErrorListener.Why())
				case model.Is(c.ErrorListener, true): // 4.
					p.Pass(ref)
				default: // 5.
					p.Fail(ref, "the connection of %s has no 'error' listener: when the broker or the network closes it, Node ends the process", siteName(c.Site)).See(c)
				}
			}
		}
	},
}
