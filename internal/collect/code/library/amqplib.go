package library

import "qaudit/internal/model"

// Amqplib is amqplib 2.3.1 with its callback API, as 0.10 has it too: lib/api_args.js,
// channel_model.js, callback_model.js, connect.js, recovery.js.
func Amqplib() *Library {
	l := &Library{Name: "amqplib", Newest: model.Version{2, 3, 1}, Modules: []string{"amqplib", "amqplib/callback_api"}, Listeners: true, Async: true,
		Failure: "an error thrown at once tears the connection down; a rejected promise is unhandled",
		Funcs:   map[string]*Call{}, Methods: map[Kind]map[string]*Call{},
		Props: map[Kind]map[string]Kind{
			Channel:  {"connection": Connection},
			Message:  {"content": Body, "properties": Props, "fields": Envelope},
			Envelope: {"deliveryTag": Tag},
		},
		Types: map[string]Kind{},
	}
	// The options object of connect may also be the first argument, in place of a URL.
	promise := &Call{Act: Connect, Gives: Connection, Awaits: true, Args: append([]Arg{at(URL, 0), in(1, Recovery, "recovery"), in(1, TLSVerify, "rejectUnauthorized")},
		connectObject(0)...), Defaults: []Default{def(Recovery, No), def(URL, Str("amqp://localhost"))}}
	callback := *promise
	callback.Awaits = false
	callback.Args = append([]Arg{at(Callback, -2)}, promise.Args...)
	callback.Calls = []Called{{Callback, []Kind{"", Connection}}}
	for _, m := range []string{"amqplib", "amqplib.default"} {
		l.Funcs[m+".connect"] = promise
	}
	for _, m := range []string{"amqplib/callback_api", "amqplib/callback_api.default", "amqplib/callback_api.js"} {
		l.Funcs[m+".connect"] = &callback
	}
	l.Methods[Connection] = map[string]*Call{
		"createChannel": {Act: OpenChannel, Gives: Channel, Args: []Arg{at(Callback, -2)}, Calls: []Called{{Callback, []Kind{"", Channel}}},
			Defaults: []Default{def(Confirm, No)}},
		"createConfirmChannel": {Act: OpenChannel, Gives: Channel, Confirms: true, Args: []Arg{at(Callback, -2)}, Calls: []Called{{Callback, []Kind{"", Channel}}},
			Defaults: []Default{def(Confirm, Yes)}},
		"close": {Act: Close},
	}
	methods("on once addListener prependListener", listen(), l.Methods[Connection])
	l.Methods[Channel] = amqplibChannel()
	methods("on once addListener prependListener", listen(), l.Methods[Channel])
	for name, k := range map[string]Kind{"Channel": Channel, "ConfirmChannel": Channel, "Connection": Connection, "ChannelModel": Connection,
		"ConsumeMessage": Message, "Message": Message, "GetMessage": Message} {
		l.Types["amqplib."+name] = k
		l.Types["amqplib.default."+name] = k
		l.Types["amqplib/callback_api."+name] = k
	}
	return l
}

// connectObject are the keys of the object that stands for a URL.
func connectObject(pos int) []Arg {
	return []Arg{in(pos, Host, "hostname", "host"), in(pos, User, "username"), in(pos, Password, "password"), in(pos, VHost, "vhost"),
		in(pos, Heartbeat, "heartbeat")}
}

func listen() *Call {
	return &Call{Act: Listen, Args: []Arg{at(Event, 0), at(Callback, 1)}, Calls: []Called{{Callback, nil}}}
}

func amqplibChannel() map[string]*Call {
	done := at(Callback, -2)
	ran := []Called{{Callback, []Kind{"", Declared}}}
	publishing := func(options int, args ...Arg) *Call {
		return &Call{Act: Publish, Args: append(args, in(options, Persistent, "persistent", "deliveryMode"), in(options, Mandatory, "mandatory"),
			in(options, Expiration, "expiration"), in(options, Priority, "priority"), in(options, MessageID, "messageId"),
			in(options, Headers, "headers"), in(options, ReplyTo, "replyTo"), in(options, ContentType, "contentType"), at(Callback, options+1)),
			Calls:    []Called{{Callback, nil}},
			Defaults: []Default{def(ExchangeName, Str("")), def(Mandatory, No), def(Persistent, No), def(MessageID, None)}}
	}
	m := map[string]*Call{
		"assertQueue": {Act: DeclareQueue, Gives: Declared, Args: []Arg{at(QueueName, 0), in(1, Durable, "durable"), in(1, Exclusive, "exclusive"),
			in(1, AutoDelete, "autoDelete"), in(1, Arguments, "arguments"), as(1, "messageTtl", "x-message-ttl"), as(1, "expires", "x-expires"),
			as(1, "deadLetterExchange", "x-dead-letter-exchange"), as(1, "deadLetterRoutingKey", "x-dead-letter-routing-key"),
			as(1, "maxLength", "x-max-length"), as(1, "maxPriority", "x-max-priority"), as(1, "overflow", "x-overflow"),
			as(1, "queueMode", "x-queue-mode"), done}, Calls: ran,
			Defaults: []Default{def(QueueName, Str("")), def(Passive, No), def(Durable, Yes), def(Exclusive, No), def(AutoDelete, No)}},
		"checkQueue": {Act: DeclareQueue, Gives: Declared, Args: []Arg{at(QueueName, 0), done}, Calls: ran, Defaults: []Default{def(Passive, Yes)}},
		"assertExchange": {Act: DeclareExchange, Args: []Arg{at(ExchangeName, 0), at(Type, 1), in(2, Durable, "durable"), in(2, AutoDelete, "autoDelete"),
			in(2, Internal, "internal"), in(2, Arguments, "arguments"), as(2, "alternateExchange", "alternate-exchange"), done}, Calls: ran,
			Defaults: []Default{def(Passive, No), def(Durable, Yes), def(AutoDelete, No), def(Internal, No)}},
		"checkExchange": {Act: DeclareExchange, Args: []Arg{at(ExchangeName, 0), done}, Calls: ran, Defaults: []Default{def(Passive, Yes)}},
		"bindQueue":     {Act: BindQueue, Args: []Arg{at(QueueName, 0), at(ExchangeName, 1), at(Key, 2), done}, Calls: ran, Defaults: []Default{def(Key, Str(""))}},
		"bindExchange":  {Act: BindExchange, Args: []Arg{at(QueueName, 0), at(ExchangeName, 1), at(Key, 2), done}, Calls: ran, Defaults: []Default{def(Key, Str(""))}},
		"publish":       publishing(3, at(ExchangeName, 0), at(Key, 1), at(BodyOf, 2)),
		"sendToQueue":   publishing(2, at(Key, 0), at(BodyOf, 1)),
		"consume": {Act: Consume, Args: []Arg{at(QueueName, 0), at(Callback, 1), in(2, AutoAck, "noAck"), in(2, Exclusive, "exclusive"), in(2, Arguments, "arguments"),
			at(Function, 3)}, Calls: []Called{{Callback, []Kind{Message}}, {Function, nil}}, Defaults: []Default{def(AutoAck, No), def(Exclusive, No)}},
		"get": {Act: Get, Gives: Message, Args: []Arg{at(QueueName, 0), in(1, AutoAck, "noAck"), at(Callback, 2)}, Calls: []Called{{Callback, []Kind{"", Message}}},
			Defaults: []Default{def(AutoAck, No)}},
		"ack":     {Act: Ack, Args: []Arg{at(TagOf, 0), at(Multiple, 1)}, Defaults: []Default{def(Multiple, No)}},
		"nack":    {Act: Nack, Args: []Arg{at(TagOf, 0), at(Multiple, 1), at(Requeue, 2)}, Defaults: []Default{def(Multiple, No), def(Requeue, Yes)}},
		"reject":  {Act: Reject, Args: []Arg{at(TagOf, 0), at(Requeue, 1)}, Defaults: []Default{def(Multiple, No), def(Requeue, Yes)}},
		"ackAll":  {Act: AckAll, Defaults: []Default{def(Multiple, Yes)}},
		"nackAll": {Act: NackAll, Args: []Arg{at(Requeue, 0)}, Defaults: []Default{def(Multiple, Yes), def(Requeue, Yes)}},
		"prefetch": {Act: Limit, Args: []Arg{at(Prefetch, 0), at(Global, 1), done}, Calls: ran,
			Defaults: []Default{def(Global, No), def(Size, Num(0))}},
		"waitForConfirms": {Act: AwaitConfirms, Args: []Arg{at(Callback, 0)}, Calls: []Called{{Callback, nil}}},
		"purgeQueue":      {Act: Purge, Args: []Arg{at(QueueName, 0), done}, Calls: ran},
		"deleteQueue":     {Act: DeleteQueue, Args: []Arg{at(QueueName, 0), done}, Calls: ran},
		"cancel":          {Act: Cancel}, "close": {Act: Close},
	}
	m["qos"] = m["prefetch"]
	return m
}

// ConnectionManager is amqp-connection-manager 5.0.0: dist/cjs/AmqpConnectionManager.js,
// ChannelWrapper.js.
func ConnectionManager() *Library {
	base := Amqplib()
	open := &Call{Act: Connect, Gives: Connection, Args: []Arg{at(URL, 0), in(1, Heartbeat, "heartbeatIntervalInSeconds")},
		Defaults: []Default{def(Heartbeat, Num(5)), def(Recovery, Yes)}}
	l := &Library{Name: "amqp-connection-manager", Newest: model.Version{5, 0, 0}, Modules: []string{"amqp-connection-manager"}, Recovers: true, Async: true,
		Shares: []*Library{base}, Failure: base.Failure,
		Funcs: map[string]*Call{}, Types: map[string]Kind{}, Props: map[Kind]map[string]Kind{},
		Methods: map[Kind]map[string]*Call{
			Connection: {"createChannel": {Act: OpenChannel, Gives: Channel, Args: []Arg{in(0, Function, "setup"), in(0, Confirm, "confirm")},
				Calls: []Called{{Function, []Kind{Channel}}}, Defaults: []Default{def(Confirm, Yes)}}, "close": {Act: Close}},
			Channel: {"addSetup": {Act: Setup, Args: []Arg{at(Function, 0)}, Calls: []Called{{Function, []Kind{Channel}}}},
				"waitForConnect": {}, "cancelAll": {Act: Cancel}},
		},
	}
	for _, m := range []string{"amqp-connection-manager", "amqp-connection-manager.default"} {
		l.Funcs[m+".connect"] = open
		for name, k := range map[string]Kind{"ChannelWrapper": Channel, "AmqpConnectionManager": Connection, "Channel": Channel} {
			l.Types[m+"."+name] = k
		}
	}
	// Publishing through the wrapper gives a promise that settles when the broker confirms.
	for _, n := range []string{"publish", "sendToQueue"} {
		c := *base.Methods[Channel][n]
		c.Awaits = true
		l.Methods[Channel][n] = &c
	}
	consume := *base.Methods[Channel]["consume"]
	consume.Args = append([]Arg{in(2, Prefetch, "prefetch")}, consume.Args...)
	l.Methods[Channel]["consume"] = &consume
	return l
}
