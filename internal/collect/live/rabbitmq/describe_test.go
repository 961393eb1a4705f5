package rabbitmq

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

// show is a value, "-" when it is absent and "?" when it is unknown.
func show[T any](k model.Known[T]) string {
	switch v, ok := k.Get(); {
	case ok:
		return strings.TrimPrefix(fmt.Sprint(v), "map")
	case k.Absent():
		return "-"
	}
	return "?"
}

// pairs shows names with values, without those that are unknown.
func pairs(kv ...string) string {
	var out []string
	for i := 0; i < len(kv); i += 2 {
		if kv[i+1] != "?" {
			out = append(out, kv[i]+"="+kv[i+1])
		}
	}
	return strings.Join(out, " ")
}

func showArgs(a rabbitmq.Args) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(a)) {
		out = append(out, k+": "+a[k].String())
	}
	return "{" + strings.Join(out, ", ") + "}"
}

func showKnownArgs(k model.Known[rabbitmq.Args]) string {
	if a, ok := k.Get(); ok {
		return showArgs(a)
	}
	return show(k)
}

// describe writes what a snapshot with one look says; an unknown value is "?" or left out.
func describe(s *rabbitmq.Snapshot) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("RabbitMQ %s, Erlang %s, cluster %s, target %s, statistics off %s, rates %s", show(s.Version), show(s.Erlang),
		show(s.Cluster), s.Target, show(s.StatsOff), show(s.RatesMode))
	for _, l := range s.Listeners.Or(nil) {
		line("%s", strings.TrimSuffix(fmt.Sprintf("listener %s %s:%d %s", l.Protocol, l.Address, l.Port, map[bool]string{true: "tls"}[l.TLS]), " "))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Health)) {
		h := s.Health[name]
		if v, ok := h.Get(); ok {
			line("health %s ok=%v %s", name, v.OK, v.Reason)
		} else {
			line("health %s ? %s", name, h.Why())
		}
	}
	line("features %s, deprecated %s, in use %s, users %s, permissions %s, parameters %s", show(s.FeatureFlags),
		show(s.DeprecatedFeatures), show(s.DeprecatedInUse), show(s.Users), show(s.Permissions), show(s.Parameters))
	describeTopology(s.Topology, line)
	describeLook(s.Last(), line)
	return b.String()
}

func describeTopology(t *rabbitmq.Topology, line func(string, ...any)) {
	for _, v := range slices.Sorted(maps.Keys(t.Seen)) {
		if seen := t.Seen[v]; seen != (rabbitmq.Seen{}) {
			line("unread %s: queues %q, exchanges %q, bindings %q, policies %q", v, seen.Queues, seen.Exchanges, seen.Bindings, seen.Policies)
		}
	}
	for _, v := range t.VHosts {
		line("vhost %s type=%s tracing=%s stopped=%s limits=%s", v.Name, show(v.DefaultQueueType), show(v.Tracing),
			strings.Join(v.Stopped, ","), showArgs(v.Limits))
	}
	for _, e := range t.Exchanges {
		if !strings.HasPrefix(e.Name.Name, "amq.") {
			line("exchange %s %q %s durable=%s autodelete=%s internal=%s %s policy=%s", e.VHost, e.Name.Name, show(e.Type),
				show(e.Durable), show(e.AutoDelete), show(e.Internal), showKnownArgs(e.Args), show(e.Policy))
		}
	}
	for _, x := range t.Bindings {
		line("binding %s %q -> %q exchange=%v %q %s", x.VHost, x.Source, x.Destination, x.ToExchange, x.Key, showArgs(x.Args))
	}
	for _, p := range t.Policies {
		line("policy %s %q operator=%v %q %s %d %s", p.VHost, p.Name.Name, p.Operator, p.Pattern, p.ApplyTo, p.Priority, showArgs(p.Definition))
	}
	for _, q := range t.Queues {
		line("queue %q %s durable=%s autodelete=%s exclusive=%s %s", q.Name.Name, show(q.Type), show(q.Durable), show(q.AutoDelete),
			show(q.Exclusive), showKnownArgs(q.Args))
		line("  policy=%s operator=%s effective=%s limit=%s node=%s members=%s mirrors=%s synced=%s", show(q.Policy), show(q.OperatorPolicy),
			showKnownArgs(q.EffectivePolicy), show(q.DeliveryLimit), show(q.Node), show(q.Members), show(q.Mirrors), show(q.SyncedMirrors))
	}
}

func describeLook(l *rabbitmq.Look, line func(string, ...any)) {
	t := l.Totals
	line("totals queues=%s exchanges=%s connections=%s channels=%s consumers=%s ready=%s unacked=%s churn=%s/%s/%s %s", show(t.Queues),
		show(t.Exchanges), show(t.Connections), show(t.Channels), show(t.Consumers), show(t.Ready), show(t.Unacked),
		show(t.ConnectionsCreated), show(t.ConnectionsClosed), show(t.ChannelsCreated), showCounters(t.Counters))
	for _, n := range l.Nodes {
		line("node %s %s", n.Name, pairs("running", show(n.Running), "draining", show(n.Draining), "type", show(n.Type),
			"version", show(n.Version), "erlang", show(n.Erlang), "memory", show(n.MemUsed)+"/"+show(n.MemLimit), "alarm", show(n.MemAlarm),
			"disk", show(n.DiskFree)+"/"+show(n.DiskLimit), "alarm", show(n.DiskAlarm), "fd", show(n.FDUsed)+"/"+show(n.FDTotal),
			"sockets", show(n.SocketsUsed)+"/"+show(n.SocketsTotal), "proc", show(n.ProcUsed)+"/"+show(n.ProcTotal), "up", show(n.Uptime),
			"partitions", show(n.Partitions), "plugins", show(n.Plugins), "tick", show(n.NetTick)))
	}
	for _, n := range slices.SortedFunc(maps.Keys(l.Queues), byName) {
		q := l.Queues[n]
		line("stats %q %s %s", n.Name, pairs("state", show(q.State), "messages", show(q.Messages), "ready", show(q.Ready), "unacked", show(q.Unacked),
			"persistent", show(q.Persistent), "bytes", show(q.MessageBytes), "dlx", show(q.DeadLetterPending), "consumers", show(q.Consumers),
			"capacity", show(q.Capacity), "idle", show(q.IdleSince), "online", show(q.Online), "leader", show(q.Leader)), showCounters(q.Counters))
	}
	for _, n := range slices.SortedFunc(maps.Keys(l.Exchanges), byName) {
		if c := l.Exchanges[n].Counters; c.PublishIn.Present() {
			line("exchange stats %q in=%s out=%s", n.Name, show(c.PublishIn), show(c.PublishOut))
		}
	}
	for _, c := range l.Consumers.Or(nil) {
		line("consumer %q %s user=%q channel=%q %s %s", c.Queue.Name, c.Tag, c.User, c.Channel, pairs("ack", show(c.AckNeeded), "prefetch",
			show(c.Prefetch), "active", show(c.Active), "exclusive", show(c.Exclusive), "timeout", show(c.Timeout)), showArgs(c.Args))
	}
	for _, c := range l.Connections.Or(nil) {
		line("connection %q user=%s client=%q %q %q peer=%s %s %s", c.Name, c.User, c.Product, c.ClientVer, c.ClientName, c.PeerHost, c.Protocol,
			pairs("state", show(c.State), "channels", show(c.Channels), "max", show(c.ChannelMax), "tls", show(c.TLS), "heartbeat", show(c.Heartbeat),
				"since", show(c.ConnectedAt)))
	}
	for _, c := range l.Channels.Or(nil) {
		line("channel %q %s", c.Name, pairs("prefetch", show(c.Prefetch), "global", show(c.GlobalPrefetch), "confirm", show(c.Confirm),
			"transactional", show(c.Transactional), "consumers", show(c.Consumers), "unacked", show(c.Unacked), "unconfirmed", show(c.Unconfirmed),
			"state", show(c.State), "idle", show(c.IdleSince))+" "+showCounters(c.Counters))
	}
	for _, v := range slices.Sorted(maps.Keys(l.VHosts)) {
		line("vhost stats %s %s", v, showCounters(l.VHosts[v]))
	}
}

func showCounters(c rabbitmq.Counters) string {
	return "[" + pairs("publish", show(c.Publish), "confirm", show(c.Confirm), "deliver", show(c.Deliver), "noack", show(c.DeliverNoAck),
		"ack", show(c.Ack), "redeliver", show(c.Redeliver), "get", show(c.Get), "getnoack", show(c.GetNoAck), "empty", show(c.GetEmpty),
		"dropped", show(c.DropUnroutable), "returned", show(c.ReturnUnroutable)) + "]"
}
