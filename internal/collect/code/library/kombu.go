package library

import (
	"qaudit/internal/model"
)

// Kombu is kombu 5.7.0 over py-amqp: connection.py, messaging.py, entity.py, message.py,
// simple.py.
func Kombu() *Library {
	connection := &Call{Act: Connect, Gives: Connection, Args: []Arg{at(URL, 0, "hostname"), at(User, 1, "userid"), at(Password, 2, "password"),
		at(VHost, 3, "virtual_host"), at(TLS, 6, "ssl"), at(Type, 7, "transport"), {Slot: Confirm, Pos: -1, Names: []string{"transport_options"}, In: -1},
		at(Heartbeat, 12, "heartbeat")}, Defaults: []Default{def(URL, Str("localhost")), def(Heartbeat, Num(0)), def(Recovery, No)}}
	queue := &Call{Act: DeclareQueue, Gives: Queue, Args: []Arg{at(QueueName, 0, "name"), at(ExchangeName, 1, "exchange"), at(Key, 2, "routing_key"),
		at(Bindings, 4, "bindings"), kw(Durable, "durable"), kw(Exclusive, "exclusive"), kw(AutoDelete, "auto_delete"),
		kw(NoDeclare, "no_declare"), kw(AutoAck, "no_ack"), kw(Arguments, "queue_arguments"),
		{Slot: Arguments, Pos: -1, Names: []string{"message_ttl"}, In: -1, As: "x-message-ttl"},
		{Slot: Arguments, Pos: -1, Names: []string{"expires"}, In: -1, As: "x-expires"},
		{Slot: Arguments, Pos: -1, Names: []string{"max_length"}, In: -1, As: "x-max-length"},
		{Slot: Arguments, Pos: -1, Names: []string{"max_length_bytes"}, In: -1, As: "x-max-length-bytes"},
		{Slot: Arguments, Pos: -1, Names: []string{"max_priority"}, In: -1, As: "x-max-priority"}},
		Defaults: []Default{def(QueueName, Str("")), def(Passive, No), def(Durable, Yes), def(Exclusive, No), def(AutoDelete, No),
			def(NoDeclare, No), def(Key, Str(""))}}
	exchange := &Call{Act: DeclareExchange, Gives: Exchange, Args: []Arg{at(ExchangeName, 0, "name"), at(Type, 1, "type"), kw(Durable, "durable"),
		kw(Passive, "passive"), kw(AutoDelete, "auto_delete"), kw(NoDeclare, "no_declare"), kw(Arguments, "arguments"), kw(Persistent, "delivery_mode")},
		Defaults: []Default{def(ExchangeName, Str("")), def(Type, Str("direct")), def(Passive, No), def(Durable, Yes), def(AutoDelete, No),
			def(Internal, No), def(NoDeclare, No)}}
	binding := &Call{Gives: Options, Args: []Arg{at(ExchangeName, 0, "exchange"), at(Key, 1, "routing_key")}, Defaults: []Default{def(Key, Str(""))}}
	producer := &Call{Gives: Producer, Args: []Arg{carries(Parameters, 0, "channel"), at(ExchangeName, 1, "exchange"), at(Key, 2, "routing_key"),
		at(Serializer, 3, "serializer")}}
	consumer := kombuConsumer(0)
	l := &Library{Name: "kombu", Newest: model.Version{5, 7, 0}, Modules: []string{"kombu"}, Shares: []*Library{PyAmqp()},
		Failure: "the error leaves drain_events",
		Funcs: map[string]*Call{
			"kombu.Connection": connection, "kombu.connection.Connection": connection, "kombu.BrokerConnection": connection,
			"kombu.Queue": queue, "kombu.entity.Queue": queue, "kombu.Exchange": exchange, "kombu.entity.Exchange": exchange,
			"kombu.binding": binding, "kombu.entity.binding": binding,
			"kombu.Producer": producer, "kombu.messaging.Producer": producer,
			"kombu.Consumer": consumer, "kombu.messaging.Consumer": consumer,
			"kombu.simple.SimpleQueue":  kombuSimple(1, false),
			"kombu.simple.SimpleBuffer": kombuSimple(1, true),
			"kombu.pools.Producers":     {Gives: Pool}, "kombu.pools.Connections": {Gives: Pool},
		},
		Methods: kombuMethods(),
		Props: map[Kind]map[string]Kind{
			Connection: {"default_channel": Channel},
			Message:    {"channel": Channel, "delivery_tag": Tag, "payload": Body, "body": Body},
			Producer:   {"connection": Connection, "channel": Channel},
			Consumer:   {"channel": Channel},
		},
		Types: map[string]Kind{"kombu.Message": Message, "kombu.message.Message": Message, "kombu.Connection": Connection,
			"kombu.Producer": Producer, "kombu.Consumer": Consumer, "kombu.Queue": Queue, "kombu.Exchange": Exchange,
			"kombu.connection.Connection": Connection, "kombu.messaging.Producer": Producer},
	}
	return l
}

// kombuMethods are the methods of what kombu makes.
func kombuMethods() map[Kind]map[string]*Call {
	return map[Kind]map[string]*Call{
		Connection: {
			"channel": {Act: OpenChannel, Gives: Channel}, "clone": {Gives: Connection}, "connect": {Gives: Connection},
			"ensure_connection": {Gives: Connection}, "default_connection": {Gives: Connection},
			"Producer": {Gives: Producer, Args: []Arg{carries(Parameters, 0, "channel"), kw(ExchangeName, "exchange"), kw(Key, "routing_key"), kw(Serializer, "serializer")}},
			"Consumer": kombuConsumer(-1), "SimpleQueue": kombuSimple(0, false), "SimpleBuffer": kombuSimple(0, true),
			"Pool": {Gives: Pool}, "ChannelPool": {Gives: Pool}, "close": {Act: Close}, "release": {Act: Close},
			"drain_events": {Act: Start},
			"ensure":       {Act: Run, Args: []Arg{at(Function, 1, "fun")}, Calls: []Called{{Function, nil}}},
			"autoretry":    {Act: Run, Args: []Arg{at(Function, 0, "fun")}, Calls: []Called{{Function, nil}}},
		},
		Consumers: {"()": kombuConsumer(-1)},
		Channel:   {"Consumer": kombuConsumer(-1), "Producer": {Gives: Producer, Args: []Arg{at(ExchangeName, 0, "exchange"), kw(Key, "routing_key")}}},
		Producer: {"publish": {Act: Publish, Receives: []Slot{ExchangeName, Key}, Args: []Arg{at(BodyOf, 0, "body"), at(Key, 1, "routing_key"),
			at(Persistent, 2, "delivery_mode"), at(Mandatory, 3, "mandatory"), at(Priority, 5, "priority"), at(ContentType, 6, "content_type"),
			at(Serializer, 8, "serializer"), at(Headers, 9, "headers"), at(ExchangeName, 11, "exchange"), at(Declare, 14, "declare"),
			at(Expiration, 15, "expiration"), kw(MessageID, "message_id"), kw(ReplyTo, "reply_to")},
			Defaults: []Default{def(ExchangeName, Str("")), def(Key, Str("")), def(Mandatory, No), def(Persistent, Yes), def(MessageID, None)}}},
		Consumer: {
			"register_callback": {Act: AddCallback, Args: []Arg{at(Callback, 0, "callback")}, Calls: []Called{{Callback, []Kind{Body, Message}}}},
			"add_queue":         {Act: AddQueue, Args: []Arg{at(QueueName, 0, "queue")}},
			"qos": {Act: Limit, Args: []Arg{at(Size, 0, "prefetch_size"), at(Prefetch, 1, "prefetch_count"), at(Global, 2, "apply_global")},
				Defaults: []Default{def(Size, Num(0)), def(Prefetch, Num(0)), def(Global, No)}},
			"consume": {Act: Start}, "purge": {Act: Purge, Receives: []Slot{QueueName}}, "cancel": {Act: Cancel}, "close": {Act: Cancel},
		},
		Queue: {"declare": {}, "bind": {Gives: Queue}, "__call__": {Gives: Queue}, "purge": {Act: Purge, Receives: []Slot{QueueName}},
			"delete": {Act: DeleteQueue, Receives: []Slot{QueueName}},
			"get":    {Act: Get, Gives: Message, Receives: []Slot{QueueName}, Args: []Arg{at(AutoAck, 0, "no_ack")}, Defaults: []Default{def(AutoAck, No)}}},
		Exchange: {"declare": {}, "bind": {Gives: Exchange}},
		Message: {
			"ack":              {Act: Ack, Args: []Arg{at(Multiple, 0, "multiple")}, Defaults: []Default{def(Multiple, No)}},
			"ack_log_error":    {Act: Ack, Args: []Arg{at(Multiple, 2, "multiple")}, Defaults: []Default{def(Multiple, No)}},
			"reject":           {Act: Reject, Args: []Arg{at(Requeue, 0, "requeue")}, Defaults: []Default{def(Multiple, No), def(Requeue, No)}},
			"reject_log_error": {Act: Reject, Args: []Arg{at(Requeue, 2, "requeue")}, Defaults: []Default{def(Multiple, No), def(Requeue, No)}},
			"requeue":          {Act: Reject, Defaults: []Default{def(Multiple, No), def(Requeue, Yes)}},
		},
		Simple: {
			"get":        {Act: Get, Gives: Message, Receives: []Slot{QueueName, AutoAck}},
			"get_nowait": {Act: Get, Gives: Message, Receives: []Slot{QueueName, AutoAck}},
			"put": {Act: Publish, Receives: []Slot{ExchangeName, Key}, Args: []Arg{at(BodyOf, 0, "message"), at(Serializer, 1, "serializer"), at(Headers, 2, "headers"),
				at(Key, 4, "routing_key")}, Defaults: []Default{def(ExchangeName, Str("")), def(Mandatory, No), def(Persistent, Yes), def(MessageID, None)}},
			"clear": {Act: Purge, Receives: []Slot{QueueName}},
			"close": {Act: Close},
		},
		Pool: {"acquire": {Gives: Pool}},
	}
}

// kombuConsumer is Consumer(channel, queues, …); shift is -1 where the channel comes from
// the receiver.
func kombuConsumer(shift int) *Call {
	c := &Call{Act: Consume, Gives: Consumer, Args: []Arg{at(QueueName, 1+shift, "queues"), kw(AutoAck, "no_ack"),
		kw(Callback, "callbacks"), kw(Function, "on_message"), kw(Accept, "accept"), kw(Prefetch, "prefetch_count")},
		Calls:    []Called{{Callback, []Kind{Body, Message}}, {Function, []Kind{Message}}},
		Defaults: []Default{def(AutoAck, No), def(Exclusive, No)}}
	if shift == 0 {
		c.Args = append(c.Args, carries(Parameters, 0, "channel"))
		c.Args[1], c.Args[2] = at(AutoAck, 2, "no_ack"), at(Callback, 4, "callbacks")
		c.Args[3], c.Args[4], c.Args[5] = at(Function, 6, "on_message"), at(Accept, 7, "accept"), at(Prefetch, 8, "prefetch_count")
	}
	return c
}

// kombuSimple is a SimpleQueue or SimpleBuffer whose name stands at pos: it declares a
// queue and an exchange of its name.
func kombuSimple(pos int, buffer bool) *Call {
	durable, temporary := Yes, No
	if buffer {
		durable, temporary = No, Yes
	}
	return &Call{Act: DeclareQueue, Gives: Simple, Args: []Arg{at(QueueName, pos, "name"), at(Key, pos, "name"), at(ExchangeName, pos, "name"),
		at(AutoAck, pos+1, "no_ack"), kw(Accept, "accept"), kw(Serializer, "serializer"), kw(Arguments, "queue_args"),
		{Slot: Parameters, Pos: -1, Names: []string{"queue_opts"}, In: -1}},
		Defaults: []Default{def(AutoAck, temporary), def(Passive, No), def(Durable, durable), def(Exclusive, temporary), def(AutoDelete, temporary),
			def(NoDeclare, No)}}
}

// PyAmqp is py-amqp 5.4.2: connection.py, channel.py.
func PyAmqp() *Library {
	open := &Call{Act: Connect, Gives: Connection, Args: []Arg{at(Host, 0, "host"), at(User, 1, "userid"), at(Password, 2, "password"),
		at(VHost, 6, "virtual_host"), at(TLS, 9, "ssl"), at(Heartbeat, 13, "heartbeat"), kw(Confirm, "confirm_publish")},
		Defaults: []Default{def(Host, Str("localhost")), def(VHost, Str("/")), def(Heartbeat, Num(0)), def(Confirm, No), def(Recovery, No)}}
	message := &Call{Gives: Options, Args: []Arg{at(BodyOf, 0, "body"), kw(Persistent, "delivery_mode"), kw(Priority, "priority"), kw(ReplyTo, "reply_to"),
		kw(Expiration, "expiration"), kw(MessageID, "message_id"), kw(Headers, "application_headers"), kw(ContentType, "content_type")}}
	publish := &Call{Act: Publish, Args: []Arg{carries(Properties, 0, "msg"), at(ExchangeName, 1, "exchange"), at(Key, 2, "routing_key"),
		at(Mandatory, 3, "mandatory")}, Defaults: []Default{def(ExchangeName, Str("")), def(Key, Str("")), def(Mandatory, No), def(Persistent, No), def(MessageID, None)}}
	confirmed := *publish
	confirmed.Confirms = true
	m := map[string]*Call{
		"queue_declare": {Act: DeclareQueue, Gives: Declared, Args: []Arg{at(QueueName, 0, "queue"), at(Passive, 1, "passive"), at(Durable, 2, "durable"),
			at(Exclusive, 3, "exclusive"), at(AutoDelete, 4, "auto_delete"), at(Arguments, 6, "arguments")},
			Defaults: []Default{def(QueueName, Str("")), def(Passive, No), def(Durable, No), def(Exclusive, No), def(AutoDelete, Yes)}},
		"exchange_declare": {Act: DeclareExchange, Args: []Arg{at(ExchangeName, 0, "exchange"), at(Type, 1, "type"), at(Passive, 2, "passive"),
			at(Durable, 3, "durable"), at(AutoDelete, 4, "auto_delete"), at(Arguments, 6, "arguments")},
			Defaults: []Default{def(Passive, No), def(Durable, No), def(AutoDelete, Yes), def(Internal, No)}},
		"queue_bind": {Act: BindQueue, Args: []Arg{at(QueueName, 0, "queue"), at(ExchangeName, 1, "exchange"), at(Key, 2, "routing_key")},
			Defaults: []Default{def(ExchangeName, Str("")), def(Key, Str(""))}},
		"exchange_bind": {Act: BindExchange, Args: []Arg{at(QueueName, 0, "destination"), at(ExchangeName, 1, "source"), at(Key, 2, "routing_key")},
			Defaults: []Default{def(Key, Str(""))}},
		"queue_purge":   {Act: Purge, Args: []Arg{at(QueueName, 0, "queue")}},
		"queue_delete":  {Act: DeleteQueue, Args: []Arg{at(QueueName, 0, "queue")}},
		"basic_publish": publish, "basic_publish_confirm": &confirmed,
		"basic_consume": {Act: Consume, Args: []Arg{at(QueueName, 0, "queue"), at(AutoAck, 3, "no_ack"), at(Exclusive, 4, "exclusive"),
			at(Callback, 6, "callback"), at(Arguments, 7, "arguments"), at(Function, 8, "on_cancel")},
			Calls: []Called{{Callback, []Kind{Message}}, {Function, nil}}, Defaults: []Default{def(AutoAck, No), def(Exclusive, No)}},
		"basic_get": {Act: Get, Gives: Message, Args: []Arg{at(QueueName, 0, "queue"), at(AutoAck, 1, "no_ack")}, Defaults: []Default{def(AutoAck, No)}},
		"basic_ack": {Act: Ack, Args: []Arg{at(TagOf, 0, "delivery_tag"), at(Multiple, 1, "multiple")}, Defaults: []Default{def(Multiple, No)}},
		"basic_reject": {Act: Reject, Args: []Arg{at(TagOf, 0, "delivery_tag"), at(Requeue, 1, "requeue")},
			Defaults: []Default{def(Multiple, No)}},
		"basic_qos": {Act: Limit, Args: []Arg{at(Size, 0, "prefetch_size"), at(Prefetch, 1, "prefetch_count"), at(Global, 2, "a_global")}},
		"tx_select": {Act: TxMode}, "tx_commit": {Act: TxCommit}, "confirm_select": {Act: ConfirmMode}, "basic_cancel": {Act: Cancel},
		"close": {Act: Close}, "wait": {Act: Start},
	}
	return &Library{Name: "amqp", Newest: model.Version{5, 4, 2}, Modules: []string{"amqp"},
		Failure: "the error leaves drain_events",
		Funcs: map[string]*Call{"amqp.Connection": open, "amqp.connection.Connection": open, "amqp.Message": message,
			"amqp.basic_message.Message": message},
		Methods: map[Kind]map[string]*Call{
			Connection: {"channel": {Act: OpenChannel, Gives: Channel}, "connect": {}, "drain_events": {Act: Start}, "close": {Act: Close}},
			Channel:    m,
			Message:    {},
		},
		Props: map[Kind]map[string]Kind{Message: {"delivery_tag": Tag, "channel": Channel, "body": Body, "delivery_info": Envelope},
			Channel: {"connection": Connection}, Envelope: {"delivery_tag": Tag}},
		Types: map[string]Kind{"amqp.Channel": Channel, "amqp.Connection": Connection, "amqp.channel.Channel": Channel, "amqp.Message": Options},
	}
}
