package rabbitmq

import (
	"cmp"
	"slices"

	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// client is all connections of one program, as far as their own words tell: of its name,
// or of user, library and host. A subject must not change when a client reconnects.
type client struct {
	name        string
	connections []rabbitmq.Connection
}

// Ref names the client.
func (c client) subject(s *rabbitmq.Snapshot) rule.Ref { return part(s, "connection", "", c.name) }

// clientName is what a connection's program is called.
func clientName(c rabbitmq.Connection) string {
	if c.ClientName != "" {
		return c.ClientName
	}
	name := c.User + "@" + cmp.Or(c.PeerHost, "a host not known")
	if c.Product != "" {
		name += " (" + c.Product + ")"
	}
	return name
}

// clientsOf groups connections by program, by name.
func clientsOf(all []rabbitmq.Connection) []client {
	at := map[string]int{}
	var out []client
	for _, c := range all {
		name := clientName(c)
		i, ok := at[name]
		if !ok {
			i = len(out)
			at[name] = i
			out = append(out, client{name: name})
		}
		out[i].connections = append(out[i].connections, c)
	}
	slices.SortFunc(out, func(a, b client) int { return cmp.Compare(a.name, b.name) })
	return out
}
