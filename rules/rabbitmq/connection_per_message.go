package rabbitmq

import (
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// ConnectionPerMessage finds connections that are opened for each request or message.
var ConnectionPerMessage = rule.Rule{
	ID:       "rabbitmq/connection-per-message",
	Title:    "Each message pays for a connection, and a burst exhausts the broker",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("P2", "B6", "V1", "S2"), Since: "0.1",
	Advice: "Open one connection when the process starts and keep it; open a channel for each thread.",
	Code: func(p *rule.Pass, e *model.Estate) {
		for _, f := range rabbitmq.View(e).Facts {
			for i := range f.Connections {
				c := &f.Connections[i]
				if !c.PerCall {
					p.Pass(siteRef("connection", c.Site))
					continue
				}
				if constructor(c.Function) {
					p.Unknown(siteRef("connection", c.Site), "it is opened for each object, and how long objects live was not followed")
					continue
				}
				p.Fail(siteRef("connection", c.Site), "%s opens a connection each time it runs (%s): some seven round trips and two processes on the broker for a message", siteName(c.Site), c.Reason).
					See(c)
			}
		}
	},
}

// constructor says that a function makes an object: one connection an object is fine where
// objects are kept.
func constructor(function string) bool {
	return strings.HasSuffix(function, "__init__") || strings.HasSuffix(function, "constructor")
}
