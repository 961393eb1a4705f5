package rabbitmq

import (
	"fmt"
	"strings"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// shortHeartbeat gives false alarms (RabbitMQ documentation, "Detecting Dead TCP
// Connections with Heartbeats and TCP Keepalives").
const shortHeartbeat = 5 * time.Second

// HeartbeatOff finds connections whose death nobody notices.
var HeartbeatOff = rule.Rule{
	ID:       "rabbitmq/heartbeat-off",
	Title:    "A dead connection keeps its messages for hours",
	Severity: rule.Medium, Area: rule.Delivery, Covers: rule.Items("B3", "M3", "S1"), Since: "0.1",
	Advice: "Set a heartbeat of 10 to 30 seconds in the client.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			connections := s.Last().Connections
			if connections.Unknown() {
				p.Unknown(s, connections.Why())
				continue
			}
			for _, c := range clientsOf(connections.Or(nil)) {
				heartbeats(p, c.subject(s), c, connections)
			}
		}
	},
}

func heartbeats[T any](p *rule.Pass, s rule.Ref, c client, at model.Known[T]) {
	var off, short, asked, unknown int64
	for _, one := range c.connections {
		if !strings.HasPrefix(one.Protocol, "AMQP") { // 1. MQTT and streams have their own.
			continue
		}
		asked++
		switch h, ok := one.Heartbeat.Get(); {
		case !ok:
			unknown++
		case h == 0:
			off++
		case h < shortHeartbeat:
			short++
		}
	}
	switch {
	case asked == 0:
		p.NotApplicable(s, "it does not speak AMQP")
	case off > 0: // 2.
		p.Fail(s, "%s has no heartbeat: when the network drops a connection, its messages stay with it until TCP gives up", c.name).
			See(at, fmt.Sprintf("heartbeat 0 on %s", things(off, "connection")))
	case short > 0: // 3.
		p.Fail(s, "%s has a heartbeat below 5 s: a busy moment closes the connection", c.name).
			See(at, fmt.Sprintf("heartbeat below 5 s on %s", things(short, "connection"))).
			Do("Set a heartbeat of 10 to 30 seconds in the client.")
	case unknown > 0:
		p.Unknown(s, "the broker does not give its heartbeat")
	default:
		p.Pass(s)
	}
}
