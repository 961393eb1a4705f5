package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Connections opened per second that are churn (RabbitMQ documentation, "Networking and
// RabbitMQ": 100 a second), and per open connection and minute; the second, and how many it
// takes, are our choices.
const (
	churnPerSecond = 100.0
	churnPerOpen   = 1.0
	churnLeast     = 10
)

// ConnectionChurn finds programs that connect for every message.
var ConnectionChurn = rule.Rule{
	ID:       "rabbitmq/connection-churn",
	Title:    "Programs open connections all the time",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("P2", "C2", "S2", "S7"), Since: "0.1",
	Advice: "Open one connection at the program's start and keep it; where the language cannot, put an AMQP proxy in front.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s, w := range windows(p, e) {
			opened := w.Delta(w.From.Totals.ConnectionsCreated, w.To.Totals.ConnectionsCreated)
			open := w.To.Totals.Connections
			rate := float64(opened.Or(0)) / w.Length().Seconds()
			fail := func() *rule.Verdict {
				return p.Fail(s, "%s were opened %s, while %d are open", things(opened.Or(0), "connection"), within(w.Length()), open.Or(0)).
					See(opened, fmt.Sprintf("%s a second", perSecondText(rate)))
			}
			switch {
			case opened.Unknown() || !open.Present(): // 1.
				p.Unknown(s, "%s%s", opened.Why(), open.Why())
			case rate > churnPerSecond: // 2.
				fail()
			case opened.Or(0) >= churnLeast && rate*60 > churnPerOpen*float64(max(open.Or(0), 1)): // 3.
				fail().At(rule.Medium)
			default:
				p.Pass(s)
			}
		}
	},
}

// perSecondText writes a rate without its unit.
func perSecondText(f float64) string {
	s := perSecond(f)
	return s[:len(s)-len("/s")]
}
