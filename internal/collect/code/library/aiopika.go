package library

import "qaudit/internal/model"

// AioPika is aio-pika 10.2.1: channel.py, queue.py, exchange.py, message.py, robust_*.py.
func AioPika() *Library {
	open := &Call{Act: Connect, Gives: Connection, Awaits: true, Args: []Arg{at(URL, 0, "url"), kw(Host, "host"), kw(User, "login"),
		kw(Password, "password"), kw(VHost, "virtualhost"), kw(TLS, "ssl"), kw(TLSVerify, "ssl_options"), kw(Heartbeat, "heartbeat")},
		Defaults: []Default{def(Heartbeat, Num(60)), def(Recovery, No)}}
	robust := *open
	robust.Defaults = []Default{def(Heartbeat, Num(60)), def(Recovery, Yes)}
	message := &Call{Gives: Options, Args: []Arg{at(BodyOf, 0, "body"), kw(Headers, "headers"), kw(ContentType, "content_type"),
		kw(Persistent, "delivery_mode"), kw(Priority, "priority"), kw(ReplyTo, "reply_to"), kw(Expiration, "expiration"),
		kw(MessageID, "message_id")}}
	pool := &Call{Gives: Pool, Args: []Arg{at(Function, 0, "constructor")}, Calls: []Called{{Function, nil}}}
	l := &Library{Name: "aio-pika", Newest: model.Version{10, 2, 1}, Modules: []string{"aio_pika"}, Async: true,
		Failure: "the error is logged and the delivery stays unacknowledged",
		Funcs: map[string]*Call{"aio_pika.connect": open, "aio_pika.connection.connect": open,
			"aio_pika.connect_robust": &robust, "aio_pika.robust_connection.connect_robust": &robust,
			"aio_pika.Message": message, "aio_pika.message.Message": message,
			"aio_pika.pool.Pool": pool},
		Methods: map[Kind]map[string]*Call{
			Connection: {"channel": {Act: OpenChannel, Gives: Channel, Args: []Arg{at(Confirm, 1, "publisher_confirms"),
				at(ReturnRaises, 2, "on_return_raises")}, Defaults: []Default{def(Confirm, Yes), def(ReturnRaises, No)}},
				"close": {Act: Close}, "connect": {}},
			Channel:  aioPikaChannel(),
			Queue:    aioPikaQueue(),
			Exchange: aioPikaExchange(),
			Message:  aioPikaMessage(),
		},
		Props: map[Kind]map[string]Kind{
			Channel:  {"default_exchange": Exchange},
			Message:  {"channel": Channel, "delivery_tag": Tag, "body": Body},
			Queue:    {"channel": Channel, "declaration_result": Declared},
			Exchange: {"channel": Channel},
		},
		Types:  map[string]Kind{},
		Shares: []*Library{Aiormq()},
	}
	for kind, names := range map[Kind]string{
		Message:    "IncomingMessage AbstractIncomingMessage",
		Channel:    "Channel RobustChannel AbstractChannel AbstractRobustChannel",
		Queue:      "Queue RobustQueue AbstractQueue AbstractRobustQueue",
		Exchange:   "Exchange RobustExchange AbstractExchange AbstractRobustExchange",
		Connection: "Connection RobustConnection AbstractConnection AbstractRobustConnection",
	} {
		for _, n := range splitWords(names) {
			for _, module := range []string{"aio_pika.", "aio_pika.abc.", "aio_pika.message.", "aio_pika.channel.", "aio_pika.queue.",
				"aio_pika.exchange.", "aio_pika.connection.", "aio_pika.robust_connection.", "aio_pika.robust_channel."} {
				l.Types[module+n] = kind
			}
		}
	}
	return l
}

func aioPikaChannel() map[string]*Call {
	return map[string]*Call{
		"declare_queue": {Act: DeclareQueue, Gives: Queue, Awaits: true, Args: []Arg{at(QueueName, 0, "name"), kw(Durable, "durable"),
			kw(Exclusive, "exclusive"), kw(Passive, "passive"), kw(AutoDelete, "auto_delete"), kw(Arguments, "arguments")},
			Defaults: []Default{def(QueueName, Str("")), def(Passive, No), def(Durable, No), def(Exclusive, No), def(AutoDelete, No)}},
		"declare_exchange": {Act: DeclareExchange, Gives: Exchange, Awaits: true, Args: []Arg{at(ExchangeName, 0, "name"), at(Type, 1, "type"),
			at(Durable, 2, "durable"), at(AutoDelete, 3, "auto_delete"), at(Internal, 4, "internal"), at(Passive, 5, "passive"),
			at(Arguments, 6, "arguments")},
			Defaults: []Default{def(Type, Str("direct")), def(Passive, No), def(Durable, No), def(AutoDelete, No), def(Internal, No)}},
		"get_queue":    {Gives: Queue, Awaits: true, Args: []Arg{at(QueueName, 0, "name")}},
		"get_exchange": {Gives: Exchange, Awaits: true, Args: []Arg{at(ExchangeName, 0, "name")}},
		"set_qos": {Act: Limit, Awaits: true, Args: []Arg{at(Prefetch, 0, "prefetch_count"), at(Size, 1, "prefetch_size"),
			at(Global, 2, "global_", "all_channels")}, Defaults: []Default{def(Prefetch, Num(0)), def(Size, Num(0)), def(Global, No)}},
		"queue_delete":         {Act: DeleteQueue, Args: []Arg{at(QueueName, 0, "queue_name")}},
		"transaction":          {Act: TxMode},
		"close":                {Act: Close},
		"get_underlay_channel": {Gives: Channel},
	}
}

func aioPikaQueue() map[string]*Call {
	queue := []Slot{QueueName}
	return map[string]*Call{
		"bind": {Act: BindQueue, Receives: queue, Awaits: true, Args: []Arg{at(ExchangeName, 0, "exchange"), at(Key, 1, "routing_key")},
			Defaults: []Default{def(Key, None)}},
		"consume": {Act: Consume, Receives: queue, Awaits: true, Args: []Arg{at(Callback, 0, "callback"), at(AutoAck, 1, "no_ack"),
			at(Exclusive, 2, "exclusive"), at(Arguments, 3, "arguments")}, Calls: []Called{{Callback, []Kind{Message}}},
			Defaults: []Default{def(AutoAck, No), def(Exclusive, No)}},
		"iterator": {Act: Consume, Gives: Deliveries, Receives: queue, Args: []Arg{kw(AutoAck, "no_ack"), kw(Exclusive, "exclusive"),
			kw(Arguments, "arguments")}, Defaults: []Default{def(AutoAck, No), def(Exclusive, No)}},
		"get": {Act: Get, Gives: Message, Receives: queue, Awaits: true, Args: []Arg{kw(AutoAck, "no_ack")},
			Defaults: []Default{def(AutoAck, No)}},
		"purge":  {Act: Purge, Receives: queue, Awaits: true},
		"delete": {Act: DeleteQueue, Receives: queue, Awaits: true},
		"cancel": {Act: Cancel, Awaits: true},
	}
}

func aioPikaExchange() map[string]*Call {
	return map[string]*Call{
		"publish": {Act: Publish, Receives: []Slot{ExchangeName}, Awaits: true, Args: []Arg{carries(Properties, 0, "message"),
			at(Key, 1, "routing_key"), kw(Mandatory, "mandatory")},
			Defaults: []Default{def(Mandatory, Yes), def(Persistent, No), def(MessageID, None)}},
		"bind": {Act: BindExchange, Receives: []Slot{ExchangeName}, Awaits: true, Args: []Arg{at(SourceName, 0, "exchange"), at(Key, 1, "routing_key")},
			Defaults: []Default{def(Key, Str(""))}},
	}
}

func aioPikaMessage() map[string]*Call {
	return map[string]*Call{
		"ack": {Act: Ack, Args: []Arg{at(Multiple, 0, "multiple")}, Defaults: []Default{def(Multiple, No)}},
		"nack": {Act: Nack, Args: []Arg{at(Multiple, 0, "multiple"), at(Requeue, 1, "requeue")},
			Defaults: []Default{def(Multiple, No), def(Requeue, Yes)}},
		"reject": {Act: Reject, Args: []Arg{at(Requeue, 0, "requeue")}, Defaults: []Default{def(Multiple, No), def(Requeue, No)}},
		"process": {Gives: Process, Args: []Arg{at(Requeue, 0, "requeue"), at(Redelivered, 1, "reject_on_redelivered"),
			at(IgnoreSettled, 2, "ignore_processed")},
			Defaults: []Default{def(Requeue, No), def(Redelivered, No), def(IgnoreSettled, No)}},
	}
}

// Aiormq is aiormq 7.2.4: channel.py, connection.py.
func Aiormq() *Library {
	open := &Call{Act: Connect, Gives: Connection, Awaits: true, Args: []Arg{at(URL, 0, "url")}, Defaults: []Default{def(Recovery, No)}}
	props := &Call{Gives: Options, Args: []Arg{kw(ContentType, "content_type"), kw(Headers, "headers"), kw(Persistent, "delivery_mode"),
		kw(Priority, "priority"), kw(ReplyTo, "reply_to"), kw(Expiration, "expiration"), kw(MessageID, "message_id")}}
	m := amqpDeclarations()
	for _, c := range m {
		c.Awaits = true
	}
	m["basic_publish"] = &Call{Act: Publish, Awaits: true, Args: []Arg{at(BodyOf, 0, "body"), kw(ExchangeName, "exchange"),
		kw(Key, "routing_key"), {Slot: Properties, Pos: -1, Names: []string{"properties"}, In: -1, Carries: true}, kw(Mandatory, "mandatory")},
		Defaults: []Default{def(ExchangeName, Str("")), def(Key, Str("")), def(Mandatory, No), def(Persistent, No), def(MessageID, None)}}
	m["basic_consume"] = &Call{Act: Consume, Awaits: true, Args: []Arg{at(QueueName, 0, "queue"), at(Callback, 1, "consumer_callback"),
		kw(AutoAck, "no_ack"), kw(Exclusive, "exclusive"), kw(Arguments, "arguments")},
		Calls: []Called{{Callback, []Kind{Message}}}, Defaults: []Default{def(AutoAck, No), def(Exclusive, No)}}
	m["basic_get"] = &Call{Act: Get, Gives: Message, Awaits: true, Args: []Arg{at(QueueName, 0, "queue"), at(AutoAck, 1, "no_ack")},
		Defaults: []Default{def(AutoAck, No)}}
	m["basic_ack"] = &Call{Act: Ack, Args: []Arg{at(TagOf, 0, "delivery_tag"), at(Multiple, 1, "multiple")}, Defaults: []Default{def(Multiple, No)}}
	m["basic_nack"] = &Call{Act: Nack, Args: []Arg{at(TagOf, 0, "delivery_tag"), at(Multiple, 1, "multiple"), at(Requeue, 2, "requeue")},
		Defaults: []Default{def(Multiple, No), def(Requeue, Yes)}}
	m["basic_reject"] = &Call{Act: Reject, Args: []Arg{at(TagOf, 0, "delivery_tag"), kw(Requeue, "requeue")},
		Defaults: []Default{def(Multiple, No), def(Requeue, Yes)}}
	m["basic_qos"] = &Call{Act: Limit, Awaits: true, Args: []Arg{kw(Prefetch, "prefetch_count"), kw(Size, "prefetch_size"), kw(Global, "global_")},
		Defaults: []Default{def(Prefetch, Num(0)), def(Size, Num(0)), def(Global, No)}}
	m["confirm_delivery"] = &Call{Act: ConfirmMode}
	m["tx_select"] = &Call{Act: TxMode}
	m["tx_commit"] = &Call{Act: TxCommit}
	m["basic_cancel"] = &Call{Act: Cancel}
	m["close"] = &Call{Act: Close}
	return &Library{Name: "aiormq", Newest: model.Version{7, 2, 4}, Modules: []string{"aiormq"}, Async: true,
		Failure: "the error is logged and the delivery stays unacknowledged",
		Funcs: map[string]*Call{"aiormq.connect": open, "aiormq.connection.connect": open,
			"aiormq.spec.Basic.Properties": props},
		Methods: map[Kind]map[string]*Call{
			Connection: {"channel": {Act: OpenChannel, Gives: Channel, Awaits: true, Args: []Arg{at(Confirm, 1, "publisher_confirms"),
				kw(ReturnRaises, "on_return_raises")}, Defaults: []Default{def(Confirm, Yes), def(ReturnRaises, Yes)}}, "close": {Act: Close}},
			Channel: m,
		},
		Props: map[Kind]map[string]Kind{
			Message:  {"channel": Channel, "delivery": Envelope, "delivery_tag": Tag, "body": Body, "header": Props},
			Envelope: {"delivery_tag": Tag},
			Channel:  {"connection": Connection},
		},
		Types: map[string]Kind{"aiormq.abc.DeliveredMessage": Message, "aiormq.types.DeliveredMessage": Message,
			"aiormq.abc.AbstractChannel": Channel, "aiormq.Channel": Channel, "aiormq.Connection": Connection},
	}
}
