package library

import (
	"strings"

	"qaudit/internal/model"
)

func splitWords(s string) []string { return strings.Fields(s) }

// Pika is pika 1.x, with the forms of 0.x that can be told from the call itself: adapters/
// blocking_connection.py, channel.py and connection.py of 1.4.4 and 0.13.1.
func Pika() *Library {
	l := &Library{Name: "pika", Newest: model.Version{1, 4, 4}, Modules: []string{"pika"}, ThreadBound: true,
		Failure: "the error leaves start_consuming and the process ends",
		Funcs:   map[string]*Call{}, Methods: map[Kind]map[string]*Call{},
		Props: map[Kind]map[string]Kind{
			Channel:  {"connection": Connection, "channel": Channel},
			Envelope: {"delivery_tag": Tag},
			Declared: {"method": Declared},
		},
		Types: map[string]Kind{},
	}
	pikaConnect(l)
	l.Methods[Connection] = map[string]*Call{
		"channel": {Act: OpenChannel, Gives: Channel, Args: []Arg{kw(Callback, "on_open_callback")},
			Calls: []Called{{Callback, []Kind{Channel}}}},
		"add_callback_threadsafe":            {Act: RunSafe, Args: []Arg{at(Function, 0, "callback")}, Calls: []Called{{Function, nil}}},
		"call_later":                         {Act: Run, Args: []Arg{at(Function, 1, "callback")}, Calls: []Called{{Function, nil}}},
		"close":                              {Act: Close},
		"add_on_connection_blocked_callback": {},
		"add_on_close_callback":              {Act: Run, Args: []Arg{at(Function, 0, "callback")}, Calls: []Called{{Function, []Kind{Connection}}}},
		"add_on_open_callback":               {Act: Run, Args: []Arg{at(Function, 0, "callback")}, Calls: []Called{{Function, []Kind{Connection}}}},
		"process_data_events":                {},
		"sleep":                              {},
	}
	l.Methods[Channel] = pikaChannel()
	for _, t := range []string{"pika.channel.Channel", "pika.adapters.blocking_connection.BlockingChannel",
		"pika.BlockingChannel"} {
		l.Types[t] = Channel
	}
	for _, t := range []string{"pika.spec.Basic.Deliver", "pika.spec.Basic.GetOk", "pika.Basic.Deliver"} {
		l.Types[t] = Envelope
	}
	for _, t := range []string{"pika.BasicProperties", "pika.spec.BasicProperties"} {
		l.Types[t] = Props
	}
	return l
}

func pikaConnect(l *Library) {
	open := &Call{Act: Connect, Gives: Connection,
		Args:     []Arg{carries(Parameters, 0, "parameters"), kw(Callback, "on_open_callback"), kw(Function, "on_close_callback")},
		Calls:    []Called{{Callback, []Kind{Connection}}, {Function, []Kind{Connection}}},
		Defaults: []Default{def(Attempts, Num(1))}}
	async := *open
	async.Args = []Arg{carries(Parameters, 0, "parameters"), at(Callback, 1, "on_open_callback"), kw(Function, "on_close_callback")}
	for path, c := range map[string]*Call{
		"BlockingConnection": open, "adapters.BlockingConnection": open, "adapters.blocking_connection.BlockingConnection": open,
		"SelectConnection": &async, "adapters.SelectConnection": &async, "adapters.select_connection.SelectConnection": &async,
		"adapters.asyncio_connection.AsyncioConnection": &async, "adapters.AsyncioConnection": &async,
		"adapters.tornado_connection.TornadoConnection": &async, "adapters.TornadoConnection": &async, "TornadoConnection": &async,
		"adapters.gevent_connection.GeventConnection": &async, "adapters.twisted_connection.TwistedProtocolConnection": &async,
	} {
		l.Funcs["pika."+path] = c
		l.Types["pika."+path] = Connection
	}
	params := &Call{Gives: Options, Args: []Arg{at(Host, 0, "host"), at(VHost, 2, "virtual_host"),
		carries(Parameters, 3, "credentials"), kw(Heartbeat, "heartbeat", "heartbeat_interval"),
		kw(TLS, "ssl_options", "ssl"), kw(Attempts, "connection_attempts"), kw(Blocked, "blocked_connection_timeout")},
		Defaults: []Default{def(Host, Str("localhost")), def(VHost, Str("/"))}}
	url := &Call{Gives: Options, Args: []Arg{at(URL, 0, "url")}}
	login := &Call{Gives: Options, Args: []Arg{at(User, 0, "username"), at(Password, 1, "password")}}
	props := &Call{Gives: Options, Args: []Arg{at(ContentType, 0, "content_type"), at(Headers, 2, "headers"),
		at(Persistent, 3, "delivery_mode"), at(Priority, 4, "priority"), at(ReplyTo, 6, "reply_to"),
		at(Expiration, 7, "expiration"), at(MessageID, 8, "message_id")}}
	for path, c := range map[string]*Call{
		"ConnectionParameters": params, "connection.ConnectionParameters": params,
		"URLParameters": url, "connection.URLParameters": url,
		"PlainCredentials": login, "credentials.PlainCredentials": login,
		"BasicProperties": props, "spec.BasicProperties": props,
	} {
		l.Funcs["pika."+path] = c
	}
}

func pikaChannel() map[string]*Call {
	m := amqpDeclarations()
	m["basic_publish"] = &Call{Act: Publish, Args: []Arg{at(ExchangeName, 0, "exchange"), at(Key, 1, "routing_key"),
		at(BodyOf, 2, "body"), carries(Properties, 3, "properties"), at(Mandatory, 4, "mandatory")},
		Defaults: []Default{def(Mandatory, No), def(Persistent, No), def(MessageID, None)}}
	m["publish"] = m["basic_publish"] // pika 0.x
	m["basic_consume"] = &Call{Act: Consume, Args: []Arg{at(QueueName, 0, "queue"),
		at(Callback, 1, "on_message_callback", "consumer_callback"), at(AutoAck, 2, "auto_ack", "no_ack"),
		at(Exclusive, 3, "exclusive"), at(Arguments, 5, "arguments")},
		Calls:    []Called{{Callback, []Kind{Channel, Envelope, Props, Body}}},
		Defaults: []Default{def(AutoAck, No), def(Exclusive, No)}, OldNames: []string{"consumer_callback", "no_ack"}}
	old := *m["basic_consume"]
	old.Args = []Arg{at(Callback, 0, "consumer_callback"), at(QueueName, 1, "queue"), at(AutoAck, 2, "no_ack"), at(Exclusive, 3, "exclusive"),
		at(Arguments, 5, "arguments")}
	m["basic_consume"].Old = &old
	m["consume"] = &Call{Act: Consume, Gives: Deliveries, Args: []Arg{at(QueueName, 0, "queue"), at(AutoAck, 1, "auto_ack", "no_ack"),
		at(Exclusive, 2, "exclusive"), at(Arguments, 3, "arguments")},
		Defaults: []Default{def(AutoAck, No), def(Exclusive, No)}}
	m["basic_get"] = &Call{Act: Get, Gives: Deliveries, Args: []Arg{at(QueueName, 0, "queue"), at(AutoAck, 1, "auto_ack", "no_ack"),
		kw(Callback, "callback")}, Calls: []Called{{Callback, []Kind{Channel, Envelope, Props, Body}}},
		Defaults: []Default{def(AutoAck, No)}}
	m["basic_ack"] = &Call{Act: Ack, Args: []Arg{at(TagOf, 0, "delivery_tag"), at(Multiple, 1, "multiple")},
		Defaults: []Default{def(Multiple, No)}}
	m["basic_nack"] = &Call{Act: Nack, Args: []Arg{at(TagOf, 0, "delivery_tag"), at(Multiple, 1, "multiple"), at(Requeue, 2, "requeue")},
		Defaults: []Default{def(Multiple, No), def(Requeue, Yes)}}
	m["basic_reject"] = &Call{Act: Reject, Args: []Arg{at(TagOf, 0, "delivery_tag"), at(Requeue, 1, "requeue")},
		Defaults: []Default{def(Multiple, No), def(Requeue, Yes)}}
	m["basic_qos"] = &Call{Act: Limit, Args: []Arg{at(Size, 0, "prefetch_size"), at(Prefetch, 1, "prefetch_count"),
		at(Global, 2, "global_qos", "all_channels"), kw(Callback, "callback")}, Calls: []Called{{Callback, nil}},
		Defaults: []Default{def(Size, Num(0)), def(Prefetch, Num(0)), def(Global, No)}}
	m["confirm_delivery"] = &Call{Act: ConfirmMode, Args: []Arg{at(Callback, 0, "ack_nack_callback")}, Calls: []Called{{Callback, nil}}}
	m["tx_select"] = &Call{Act: TxMode}
	m["tx_commit"] = &Call{Act: TxCommit}
	m["add_on_return_callback"] = &Call{Act: OnReturn, Args: []Arg{at(Callback, 0, "callback")}, Calls: []Called{{Callback, nil}}}
	m["add_on_cancel_callback"] = &Call{Act: OnCancel, Args: []Arg{at(Callback, 0, "callback")}, Calls: []Called{{Callback, nil}}}
	m["add_on_close_callback"] = &Call{Act: Run, Args: []Arg{at(Callback, 0, "callback")}, Calls: []Called{{Callback, []Kind{Channel}}}}
	m["start_consuming"] = &Call{Act: Start}
	methods("basic_cancel cancel stop_consuming", &Call{Act: Cancel}, m)
	m["close"] = &Call{Act: Close}
	return m
}

// amqpDeclarations are the declarations that pika and aiormq have alike.
func amqpDeclarations() map[string]*Call {
	done := kw(Callback, "callback")
	ran := []Called{{Callback, nil}}
	return map[string]*Call{
		"queue_declare": {Act: DeclareQueue, Gives: Declared, Args: []Arg{at(QueueName, 0, "queue"), at(Passive, 1, "passive"),
			at(Durable, 2, "durable"), at(Exclusive, 3, "exclusive"), at(AutoDelete, 4, "auto_delete"), at(Arguments, 5, "arguments"), done},
			Calls: ran, Defaults: []Default{def(QueueName, Str("")), def(Passive, No), def(Durable, No), def(Exclusive, No), def(AutoDelete, No)}},
		"exchange_declare": {Act: DeclareExchange, Args: []Arg{at(ExchangeName, 0, "exchange"), at(Type, 1, "exchange_type", "type"),
			at(Passive, 2, "passive"), at(Durable, 3, "durable"), at(AutoDelete, 4, "auto_delete"), at(Internal, 5, "internal"),
			at(Arguments, 6, "arguments"), done}, Calls: ran,
			Defaults: []Default{def(Type, Str("direct")), def(Passive, No), def(Durable, No), def(AutoDelete, No), def(Internal, No)}},
		"queue_bind": {Act: BindQueue, Args: []Arg{at(QueueName, 0, "queue"), at(ExchangeName, 1, "exchange"), at(Key, 2, "routing_key"), done},
			Calls: ran, Defaults: []Default{def(Key, None)}},
		"exchange_bind": {Act: BindExchange, Args: []Arg{at(QueueName, 0, "destination"), at(ExchangeName, 1, "source"), at(Key, 2, "routing_key"), done},
			Calls: ran, Defaults: []Default{def(Key, Str(""))}},
		"queue_purge":  {Act: Purge, Args: []Arg{at(QueueName, 0, "queue")}},
		"queue_delete": {Act: DeleteQueue, Args: []Arg{at(QueueName, 0, "queue")}},
	}
}
