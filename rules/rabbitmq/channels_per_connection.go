package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Channels of a connection that are many, and the share of its limit that is nearly all;
// our choices.
const (
	manyChannels = 100
	lastChannels = 0.8
)

// ChannelsPerConnection finds connections with many channels.
var ChannelsPerConnection = rule.Rule{
	ID:       "rabbitmq/channels-per-connection",
	Title:    "A connection has so many channels that a leak is likely",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("P2", "C2", "S7"), Since: "0.1",
	Advice: "Keep a channel per thread or consumer and close it when it is done; do not open one per message.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			connections := s.Last().Connections
			if connections.Unknown() {
				p.Unknown(s, connections.Why())
				continue
			}
			for _, c := range clientsOf(connections.Or(nil)) {
				worst, part := int64(0), 0.0
				for _, one := range c.connections {
					worst = max(worst, one.Channels.Or(0))
					part = max(part, share(one.Channels, one.ChannelMax).Or(0))
				}
				switch {
				case part >= lastChannels:
					p.Fail(c.subject(s), "a connection of %s has %s: at its limit opening one more closes it", c.name, things(worst, "channel")).
						See(connections, fmt.Sprintf("%d channels, %s of channel_max", worst, percent(part)))
				case worst > manyChannels:
					p.Fail(c.subject(s), "a connection of %s has %s", c.name, things(worst, "channel")).
						See(connections, fmt.Sprintf("%d channels", worst)).At(rule.Medium)
				default:
					p.Pass(c.subject(s))
				}
			}
		}
	},
}
