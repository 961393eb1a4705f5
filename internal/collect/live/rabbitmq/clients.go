package rabbitmq

import (
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

type consumerAnswer struct {
	Queue     field[object[queueName]]      `json:"queue"`
	Ack       field[bool]                   `json:"ack_required"`
	Prefetch  field[int64]                  `json:"prefetch_count"`
	Active    field[bool]                   `json:"active"`
	Exclusive field[bool]                   `json:"exclusive"`
	Tag       field[string]                 `json:"consumer_tag"`
	Timeout   field[int64]                  `json:"consumer_timeout"` // ms, 4.0 and newer
	Args      field[arguments]              `json:"arguments"`
	Channel   field[object[channelDetails]] `json:"channel_details"`
}

type channelDetails struct {
	Name       field[string] `json:"name"`
	Connection field[string] `json:"connection_name"`
	User       field[string] `json:"user"`
}

func (a *consumerAnswer) consumer(s *seen) (rabbitmq.Consumer, bool) {
	n, ok := a.Queue.v.in.name()
	ch := a.Channel.v.in
	return rabbitmq.Consumer{Queue: n, AckNeeded: know(s, a.Ack), Prefetch: know(s, a.Prefetch), Active: know(s, a.Active),
		Exclusive: know(s, a.Exclusive), Connection: ch.Connection.v, Channel: ch.Name.v, User: ch.User.v, Tag: a.Tag.v,
		Timeout: span(s, a.Timeout, time.Millisecond), Args: a.Args.v.Args}, ok
}

// connectionAnswer reads no more of the client's properties than who it is: applications
// put what they like into them.
type connectionAnswer struct {
	Name        field[string]                 `json:"name"`
	User        field[string]                 `json:"user"`
	VHost       field[string]                 `json:"vhost"`
	State       field[string]                 `json:"state"`
	Channels    field[int64]                  `json:"channels"`
	ChannelMax  field[int64]                  `json:"channel_max"`
	TLS         field[bool]                   `json:"ssl"`
	Heartbeat   field[int64]                  `json:"timeout"` // s
	Protocol    field[string]                 `json:"protocol"`
	PeerHost    field[string]                 `json:"peer_host"`
	ConnectedAt field[int64]                  `json:"connected_at"` // ms since 1970
	Node        field[string]                 `json:"node"`
	Client      field[object[clientProperty]] `json:"client_properties"`
}

type clientProperty struct {
	Product field[string] `json:"product"`
	Version field[string] `json:"version"`
	Name    field[string] `json:"connection_name"`
}

func (a *connectionAnswer) connection(s *seen) (rabbitmq.Connection, bool) {
	client := a.Client.v.in
	return rabbitmq.Connection{Name: a.Name.v, User: a.User.v, VHost: a.VHost.v, State: know(s, a.State),
		Channels: know(s, a.Channels), ChannelMax: know(s, a.ChannelMax), TLS: know(s, a.TLS),
		Heartbeat: span(s, a.Heartbeat, time.Second), Product: client.Product.v, ClientVer: client.Version.v,
		ClientName: client.Name.v, PeerHost: a.PeerHost.v, Protocol: a.Protocol.v,
		ConnectedAt: model.Map(know(s, a.ConnectedAt), func(ms int64) time.Time { return time.UnixMilli(ms).UTC() }),
		Node:        a.Node.v}, a.Name.state == given
}

type channelAnswer struct {
	Name          field[string]                  `json:"name"`
	User          field[string]                  `json:"user"`
	VHost         field[string]                  `json:"vhost"`
	Number        field[int64]                   `json:"number"`
	Prefetch      field[int64]                   `json:"prefetch_count"`
	Global        field[int64]                   `json:"global_prefetch_count"` // gone from 4.0
	Confirm       field[bool]                    `json:"confirm"`
	Transactional field[bool]                    `json:"transactional"`
	Consumers     field[int64]                   `json:"consumer_count"`
	Unacked       field[int64]                   `json:"messages_unacknowledged"`
	Unconfirmed   field[int64]                   `json:"messages_unconfirmed"`
	State         field[string]                  `json:"state"`
	IdleSince     field[string]                  `json:"idle_since"`
	Connection    field[object[connectionNamed]] `json:"connection_details"`
	Stats         field[object[statsAnswer]]     `json:"message_stats"`
}

type connectionNamed struct {
	Name field[string] `json:"name"`
}

func (a *channelAnswer) channel(s *seen) (rabbitmq.Channel, bool) {
	return rabbitmq.Channel{Name: a.Name.v, Connection: a.Connection.v.in.Name.v, User: a.User.v, VHost: a.VHost.v,
		Number: a.Number.v, Prefetch: know(s, a.Prefetch), GlobalPrefetch: know(s, a.Global), Confirm: know(s, a.Confirm),
		Transactional: know(s, a.Transactional), Consumers: know(s, a.Consumers), Unacked: know(s, a.Unacked),
		Unconfirmed: know(s, a.Unconfirmed), State: know(s, a.State), IdleSince: moment(s, a.IdleSince),
		Counters: counters(s, a.Stats, a.Unacked.state == given)}, a.Name.state == given
}
