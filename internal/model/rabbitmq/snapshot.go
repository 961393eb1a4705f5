package rabbitmq

import (
	"time"

	"qaudit/internal/model"
)

// Snapshot is what was seen of one cluster: its topology, and one or more looks at what
// moves. What could not be seen is in the estate's gaps, and unknown here.
type Snapshot struct {
	Input  string
	Target string // identity: the name given, else cluster_name, else host of the URL
	URL    string // without credentials
	User   string

	Version   model.Known[model.Version]
	Erlang    model.Known[model.Version]
	Cluster   model.Known[string]
	RatesMode model.Known[string]
	// StatsOff: the statistics are switched off, so that counters and rates are unknown.
	StatsOff model.Known[bool]

	Topology           *Topology
	FeatureFlags       model.Known[[]FeatureFlag]
	DeprecatedInUse    model.Known[[]string]
	DeprecatedFeatures model.Known[[]DeprecatedFeature]
	Listeners          model.Known[[]Listener]
	Users              model.Known[[]User]       // administrators only
	Permissions        model.Known[[]Permission] // administrators only
	Parameters         model.Known[[]Parameter]  // policymakers and administrators only
	Plugins            model.Known[[]string]
	Health             map[string]model.Known[Health] // by check: alarms, virtual-hosts, node-is-quorum-critical …

	Looks []Look // oldest first; at least one unless nothing could be read
}

// InputID is the input that the snapshot was read from.
func (s *Snapshot) InputID() string { return s.Input }

// Last is the newest look; nil when there is none.
func (s *Snapshot) Last() *Look {
	if len(s.Looks) == 0 {
		return nil
	}
	return &s.Looks[len(s.Looks)-1]
}

// Look is one look at what moves.
type Look struct {
	At          time.Time
	Origin      *model.Origin
	Totals      Totals
	Nodes       []Node
	Queues      map[Name]QueueStats
	Exchanges   map[Name]ExchangeStats
	Consumers   model.Known[[]Consumer]
	Connections model.Known[[]Connection]
	Channels    model.Known[[]Channel]
	VHosts      map[string]Counters
}

// Totals are the cluster's own sums.
type Totals struct {
	Queues, Exchanges, Connections, Channels, Consumers model.Known[int64]
	Ready, Unacked                                      model.Known[int64]
	Counters                                            Counters
	ConnectionsCreated, ConnectionsClosed               model.Known[int64]
	ChannelsCreated                                     model.Known[int64]
}

// Counters are message counters since the node's start, in messages. Absent is not zero:
// the broker leaves out what never happened and forgets all at a restart.
type Counters struct {
	Publish, Confirm, Deliver, DeliverNoAck, Ack, Redeliver model.Known[int64]
	Get, GetNoAck, GetEmpty                                 model.Known[int64]
	DropUnroutable, ReturnUnroutable                        model.Known[int64]
	PublishIn, PublishOut                                   model.Known[int64] // exchanges
}

// Node is one node of the cluster.
type Node struct {
	Name                      string
	Running                   model.Known[bool]
	Draining                  model.Known[bool]
	Type                      model.Known[string] // disc or ram
	Version, Erlang           model.Known[model.Version]
	MemUsed, MemLimit         model.Known[int64] // bytes
	MemAlarm, DiskAlarm       model.Known[bool]
	DiskFree, DiskLimit       model.Known[int64] // bytes
	FDUsed, FDTotal           model.Known[int64]
	SocketsUsed, SocketsTotal model.Known[int64]
	ProcUsed, ProcTotal       model.Known[int64]
	Uptime                    model.Known[time.Duration]
	Partitions                model.Known[[]string]
	Plugins                   model.Known[[]string]
	NetTick                   model.Known[time.Duration]
	ConfigFiles               model.Known[[]string]
	Processors, RunQueue      model.Known[int64]
}

// QueueStats is what one look saw of a queue.
type QueueStats struct {
	State                    model.Known[string]
	Messages, Ready, Unacked model.Known[int64]
	Persistent               model.Known[int64] // messages stored persistently
	MessageBytes             model.Known[int64]
	DeadLetterPending        model.Known[int64] // messages_dlx of at-least-once dead-lettering
	Consumers                model.Known[int64] // as the statistics say; lags up to 5 s
	Capacity                 model.Known[float64]
	IdleSince                model.Known[time.Time]
	Memory                   model.Known[int64]
	Online                   model.Known[[]string]
	Leader                   model.Known[string]
	Counters                 Counters
}

// ExchangeStats is what one look saw of an exchange.
type ExchangeStats struct{ Counters Counters }

// Consumer is a consumer of a queue.
type Consumer struct {
	Queue      Name
	AckNeeded  model.Known[bool]
	Prefetch   model.Known[int64] // 0 is unlimited
	Active     model.Known[bool]
	Exclusive  model.Known[bool]
	Connection string // connection name
	Channel    string // channel name
	User       string
	Tag        string
	Timeout    model.Known[time.Duration]
	Args       Args
}

// Connection is a client's connection.
type Connection struct {
	Name        string
	User        string
	VHost       string
	State       model.Known[string]
	Channels    model.Known[int64]
	ChannelMax  model.Known[int64]
	TLS         model.Known[bool]
	Heartbeat   model.Known[time.Duration] // 0: off
	Product     string
	ClientVer   string
	ClientName  string // connection_name of the client's properties
	PeerHost    string
	Protocol    string
	ConnectedAt model.Known[time.Time]
	Node        string
}

// Channel is an AMQP channel.
type Channel struct {
	Name                   string
	Connection             string
	User, VHost            string
	Number                 int64
	Prefetch               model.Known[int64]
	GlobalPrefetch         model.Known[int64]
	Confirm, Transactional model.Known[bool]
	Consumers              model.Known[int64]
	Unacked, Unconfirmed   model.Known[int64]
	State                  model.Known[string]
	IdleSince              model.Known[time.Time]
	Counters               Counters
}

// FeatureFlag is a feature flag.
type FeatureFlag struct{ Name, State, Stability string }

// DeprecatedFeature is a deprecated feature and whether the broker still permits it.
type DeprecatedFeature struct{ Name, State, Phase string }

// Listener is a port that the broker listens on.
type Listener struct {
	Node, Protocol, Address string
	Port                    int64
	TLS                     bool
}

// User is a user, never with its password hash.
type User struct {
	Name    string
	Tags    []string
	Hashing string
}

// Permission is a user's permission in a vhost.
type Permission struct{ User, VHost, Configure, Write, Read string }

// Parameter is a runtime parameter: a shovel, a federation upstream. Its value is not kept,
// since it may hold a URI with a password.
type Parameter struct{ VHost, Component, Name string }

// Health is the answer of a health check.
type Health struct {
	OK     bool
	Reason string
	Queues []string
}

// Ref names the cluster.
func (s *Snapshot) Ref() model.Ref { return s.Part("cluster", "", s.Target) }

// Part names a part of the cluster: a node, vhost, policy, connection …
func (s *Snapshot) Part(kind, vhost, name string) model.Ref {
	return model.Ref{System: System, Kind: kind, Scope: model.Scope{Target: s.Target, VHost: vhost}, Name: name}
}
