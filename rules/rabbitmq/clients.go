package rabbitmq

import (
	"cmp"
	"slices"

	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// client is all connections of one program to one vhost, as far as their own words tell:
// of its name, or of user, library and host. A subject must not change when a client
// reconnects.
type client struct {
	vhost, name string
	connections []rabbitmq.Connection
}

// subject names the client.
func (c client) subject(s *rabbitmq.Snapshot) rule.Ref {
	return part(s, "connection", c.vhost, c.name)
}

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

// clientsOf groups connections by vhost and program, in that order.
func clientsOf(all []rabbitmq.Connection) []client {
	at := map[rabbitmq.Name]int{}
	var out []client
	for _, c := range all {
		name := rabbitmq.Name{VHost: c.VHost, Name: clientName(c)}
		i, ok := at[name]
		if !ok {
			i = len(out)
			at[name] = i
			out = append(out, client{vhost: name.VHost, name: name.Name})
		}
		out[i].connections = append(out[i].connections, c)
	}
	slices.SortFunc(out, func(a, b client) int {
		return cmp.Or(cmp.Compare(a.vhost, b.vhost), cmp.Compare(a.name, b.name))
	})
	return out
}
