package rabbitmq

import (
	"fmt"
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// PlaintextListener finds AMQP that goes over the network unencrypted.
var PlaintextListener = rule.Rule{
	ID:       "rabbitmq/plaintext-listener",
	Title:    "Passwords and messages go over the network unencrypted",
	Severity: rule.High, Area: rule.Security, Covers: rule.Items("B8", "C7"), Since: "0.1",
	Advice: "Configure listeners.ssl, move the clients to amqps, then set listeners.tcp = none.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			listeners, connections := s.Listeners, s.Last().Connections
			open := openListeners(listeners.Or(nil), "amqp")
			var from []string
			for _, c := range connections.Or(nil) {
				if model.Is(c.TLS, false) && !loopback(c.PeerHost) && !slices.Contains(from, c.PeerHost) {
					from = append(from, c.PeerHost)
				}
			}
			slices.Sort(from)
			switch {
			case listeners.Unknown(): // 1.
				p.Unknown(s, listeners.Why())
			case len(open) == 0: // 2. This machine only, or none.
				p.Pass(s)
			case len(from) > 0: // 3. Seen.
				p.Fail(s, "clients on %s send passwords and messages unencrypted", some(from)).
					See(connections, fmt.Sprintf("connections without TLS from %s", things(int64(len(from)), "host"))).
					See(listeners, "amqp on "+some(open)).
					Likely("a mesh or tunnel can encrypt in a way that the broker does not see")
			case connections.Present() && len(connections.Or(nil)) > 0: // 4. All clients are on this machine, or use TLS.
				p.Pass(s)
			default: // 5.
				p.Unknown(s, "no client is connected from elsewhere now: whether one comes unencrypted is not known")
			}
		}
	},
}

// openListeners are the addresses other than this machine's own where the protocol is
// spoken without TLS.
func openListeners(all []rabbitmq.Listener, protocol string) []string {
	var out []string
	for _, l := range all {
		at := fmt.Sprintf("%s port %d", l.Address, l.Port)
		if l.Protocol == protocol && !l.TLS && !loopback(l.Address) && !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	return out
}
