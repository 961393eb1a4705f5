package rabbitmq

import (
	"strings"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

type nodeAnswer struct {
	Name         field[string]        `json:"name"`
	Running      field[bool]          `json:"running"`
	Draining     field[bool]          `json:"being_drained"` // 4.0 and newer
	Type         field[string]        `json:"type"`
	Version      field[string]        `json:"rabbitmq_version"` // 4.3 and newer
	Erlang       field[string]        `json:"erlang_version"`   // 4.3 and newer
	MemUsed      field[int64]         `json:"mem_used"`
	MemLimit     field[int64]         `json:"mem_limit"`
	MemAlarm     field[bool]          `json:"mem_alarm"`
	DiskAlarm    field[bool]          `json:"disk_free_alarm"`
	DiskFree     field[int64]         `json:"disk_free"`
	DiskLimit    field[int64]         `json:"disk_free_limit"`
	FDUsed       field[int64]         `json:"fd_used"`
	FDTotal      field[int64]         `json:"fd_total"`
	SocketsUsed  field[int64]         `json:"sockets_used"`
	SocketsTotal field[int64]         `json:"sockets_total"`
	ProcUsed     field[int64]         `json:"proc_used"`
	ProcTotal    field[int64]         `json:"proc_total"`
	Uptime       field[int64]         `json:"uptime"` // ms
	Partitions   field[[]string]      `json:"partitions"`
	Plugins      field[[]string]      `json:"enabled_plugins"`
	NetTick      field[int64]         `json:"net_ticktime"` // s
	ConfigFiles  field[[]string]      `json:"config_files"`
	Processors   field[int64]         `json:"processors"`
	RunQueue     field[int64]         `json:"run_queue"`
	Applications field[[]application] `json:"applications"`
}

type application struct {
	Name    field[string] `json:"name"`
	Version field[string] `json:"version"`
}

// node is a node. Of one that is down there is no more than its name and that it does
// not run.
func (a *nodeAnswer) node(s *seen) (rabbitmq.Node, bool) {
	for _, app := range a.Applications.v {
		if a.Version.state == missing && app.Name.v == "rabbit" {
			a.Version = app.Version
		}
	}
	return rabbitmq.Node{
		Name: a.Name.v, Running: know(s, a.Running), Draining: know(s, a.Draining), Type: know(s, a.Type),
		Version: version(s, a.Version), Erlang: version(s, a.Erlang),
		MemUsed: know(s, a.MemUsed), MemLimit: know(s, a.MemLimit), MemAlarm: know(s, a.MemAlarm), DiskAlarm: know(s, a.DiskAlarm),
		DiskFree: know(s, a.DiskFree), DiskLimit: know(s, a.DiskLimit),
		FDUsed: told(s, a.FDUsed, 0), FDTotal: told(s, a.FDTotal, 1),
		SocketsUsed: told(s, a.SocketsUsed, 0), SocketsTotal: told(s, a.SocketsTotal, 1), // 0 where sockets are not limited
		ProcUsed: told(s, a.ProcUsed, 0), ProcTotal: told(s, a.ProcTotal, 1),
		Uptime: span(s, a.Uptime, time.Millisecond), Partitions: know(s, a.Partitions), Plugins: know(s, a.Plugins),
		NetTick: span(s, a.NetTick, time.Second), ConfigFiles: know(s, a.ConfigFiles),
		Processors: know(s, a.Processors), RunQueue: know(s, a.RunQueue),
	}, a.Name.state == given
}

// overviewAnswer is the cluster as a whole.
type overviewAnswer struct {
	Version     field[string]              `json:"rabbitmq_version"`
	Management  field[string]              `json:"management_version"`
	Erlang      field[string]              `json:"erlang_version"`
	Cluster     field[string]              `json:"cluster_name"`
	RatesMode   field[string]              `json:"rates_mode"`
	StatsOff    field[bool]                `json:"disable_stats"` // 3.8.10 and newer
	Objects     field[object[objects]]     `json:"object_totals"`
	QueueTotals field[object[queueTotals]] `json:"queue_totals"`
	Churn       field[object[churn]]       `json:"churn_rates"`
	Stats       field[object[statsAnswer]] `json:"message_stats"`
	Listeners   field[[]listener]          `json:"listeners"`
}

type objects struct {
	Queues      field[int64] `json:"queues"`
	Exchanges   field[int64] `json:"exchanges"`
	Connections field[int64] `json:"connections"`
	Channels    field[int64] `json:"channels"`
	Consumers   field[int64] `json:"consumers"`
}

type queueTotals struct {
	Ready   field[int64] `json:"messages_ready"`
	Unacked field[int64] `json:"messages_unacknowledged"`
}

type churn struct {
	ConnectionsCreated field[int64] `json:"connection_created"`
	ConnectionsClosed  field[int64] `json:"connection_closed"`
	ChannelsCreated    field[int64] `json:"channel_created"`
}

type listener struct {
	Node     field[string] `json:"node"`
	Protocol field[string] `json:"protocol"`
	Address  field[string] `json:"ip_address"`
	Port     field[int64]  `json:"port"`
	TLS      field[bool]   `json:"tls"` // 4.3 and newer
	// Options are of the socket. 3.10 says "::" of every HTTP listener, and its true
	// address here.
	Options field[object[socketOptions]] `json:"socket_opts"`
}

type socketOptions struct {
	IP field[string] `json:"ip"`
}

// listener is a listener. Before 4.3 only the protocol tells whether it has TLS: amqp/ssl,
// mqtt/ssl, https, https/prometheus …
func (l *listener) listener() rabbitmq.Listener {
	tls, told := l.TLS.get()
	if !told {
		tls = strings.HasSuffix(l.Protocol.v, "/ssl") || strings.HasPrefix(l.Protocol.v, "https")
	}
	address := l.Address.v
	if ip, told := l.Options.v.in.IP.get(); told {
		address = ip
	}
	return rabbitmq.Listener{Node: l.Node.v, Protocol: l.Protocol.v, Address: address, Port: l.Port.v, TLS: tls}
}

func (a *overviewAnswer) totals(s *seen) rabbitmq.Totals {
	o, q, c := a.Objects.v.in, a.QueueTotals.v.in, a.Churn.v.in
	return rabbitmq.Totals{
		Queues: know(s, o.Queues), Exchanges: know(s, o.Exchanges), Connections: know(s, o.Connections),
		Channels: know(s, o.Channels), Consumers: know(s, o.Consumers),
		Ready: know(s, q.Ready), Unacked: know(s, q.Unacked),
		Counters:           counters(s, a.Stats, a.QueueTotals.state == given),
		ConnectionsCreated: know(s, c.ConnectionsCreated), ConnectionsClosed: know(s, c.ConnectionsClosed),
		ChannelsCreated: know(s, c.ChannelsCreated),
	}
}

func (a *overviewAnswer) listeners(s *seen) model.Known[[]rabbitmq.Listener] {
	return model.Map(know(s, a.Listeners), func(all []listener) []rabbitmq.Listener {
		out := make([]rabbitmq.Listener, len(all))
		for i := range all {
			out[i] = all[i].listener()
		}
		return out
	})
}
