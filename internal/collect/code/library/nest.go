package library

import "qaudit/internal/model"

// Nest is the RabbitMQ transport of @nestjs/microservices 12.1.1: constants.js,
// server/server-rmq.js, client/client-rmq.js, ctx-host/rmq.context.js.
func Nest() *Library {
	const m = "@nestjs/microservices"
	return &Library{Name: m, Newest: model.Version{12, 1, 1}, Modules: []string{m}, Recovers: true, Async: true, Shares: []*Library{Amqplib()},
		Failure: "the delivery stays unacknowledged",
		Funcs:   map[string]*Call{m + ".ClientProxyFactory.create": {Gives: Client}},
		Methods: map[Kind]map[string]*Call{
			Context: {"getChannelRef": {Gives: Channel}, "getMessage": {Gives: Message}, "getPattern": {}},
			Client: {
				"emit": {Act: Publish, Args: []Arg{at(BodyOf, 1)}, Defaults: []Default{def(ExchangeName, Str("")), def(Mandatory, No), def(MessageID, None)}},
				"send": {Act: Publish, Args: []Arg{at(BodyOf, 1)}, Defaults: []Default{def(ExchangeName, Str("")), def(Mandatory, No), def(MessageID, None)}},
			},
		},
		Props: map[Kind]map[string]Kind{},
		Types: map[string]Kind{m + ".RmqContext": Context, m + ".ClientProxy": Client, m + ".ClientRMQ": Client},
	}
}

// NestServer are the options of a Nest server or client with Transport.RMQ and what holds
// where they are left out; the queue options are amqplib's.
func NestServer() *Call {
	queue := Amqplib().Methods[Channel]["assertQueue"]
	c := &Call{Act: DeclareQueue, Args: []Arg{in(0, URL, "urls"), in(0, QueueName, "queue"), in(0, AutoAck, "noAck"), in(0, Prefetch, "prefetchCount"),
		in(0, Global, "isGlobalPrefetchCount"), in(0, Persistent, "persistent"), in(0, NoDeclare, "noAssert"), in(0, ExchangeName, "exchange"),
		in(0, Type, "exchangeType"), in(0, Key, "routingKey"), in(0, Parameters, "queueOptions")},
		Defaults: []Default{def(URL, Str("amqp://localhost")), def(QueueName, Str("")), def(AutoAck, Yes), def(Prefetch, Num(0)), def(Size, Num(0)),
			def(Global, No), def(Persistent, No), def(NoDeclare, No), def(Key, Str(""))}}
	c.Defaults = append(c.Defaults, queue.Defaults[1:]...)
	return c
}

// Golevelup is @golevelup/nestjs-rabbitmq 9.0.2: lib/amqp/connection.js, errorBehaviors.js,
// rabbitmq.decorators.js.
func Golevelup() *Library {
	const m = "@golevelup/nestjs-rabbitmq"
	base := Amqplib().Methods[Channel]["publish"]
	publish := *base
	publish.Awaits = true
	publish.Defaults = append([]Default{def(Confirm, Yes)}, base.Defaults...)
	return &Library{Name: m, Newest: model.Version{9, 0, 2}, Modules: []string{m}, Recovers: true, Async: true, Shares: []*Library{Amqplib()},
		Failure: "the delivery is requeued unless the error behaviour says otherwise",
		Funcs:   map[string]*Call{},
		Methods: map[Kind]map[string]*Call{
			Client: {"publish": &publish, "request": {}},
		},
		Props: map[Kind]map[string]Kind{Client: {"channel": Channel, "managedChannel": Channel}},
		Types: map[string]Kind{m + ".AmqpConnection": Client},
	}
}
