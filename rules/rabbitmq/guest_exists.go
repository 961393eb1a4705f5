package rabbitmq

import (
	"net/netip"
	"slices"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// defaultUser is the user that every new broker has, password "guest".
const defaultUser = "guest"

// GuestExists finds brokers that still have the default user.
var GuestExists = rule.Rule{
	ID:       "rabbitmq/guest-exists",
	Title:    "The default user still exists",
	Severity: rule.High, Area: rule.Security, Covers: rule.Items("P5", "M8", "B8"), Since: "0.1",
	Advice: "Make a user for each program and one for people, then delete guest.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			users, connections := s.Users, s.Last().Connections
			exists := slices.ContainsFunc(users.Or(nil), func(u rabbitmq.User) bool { return u.Name == defaultUser })
			var from string
			connected := false
			for _, c := range connections.Or(nil) {
				if c.User == defaultUser {
					connected = true
					if !loopback(c.PeerHost) {
						from = c.PeerHost
					}
				}
			}
			switch {
			case from != "": // 1. It is used from elsewhere.
				p.Fail(s, "guest, the user whose password everybody knows, is connected from %s", from).
					See(connections, "a connection of guest from "+from)
			case connected: // 2. It is used on the same machine.
				p.Fail(s, "guest, the user whose password everybody knows, is in use").
					See(connections, "a connection of guest").At(rule.Medium)
			case exists: // 3.
				p.Fail(s, "guest, the user whose password everybody knows, exists").See(users, "guest is in the list of users").At(rule.Medium)
			case users.Unknown(): // 4.
				p.Unknown(s, users.Why())
			default:
				p.Pass(s)
			}
		}
	},
}

// loopback says that the address is this machine itself.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
