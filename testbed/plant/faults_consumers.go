package plant

import "qaudit/testbed"

// consumerFaults are about acknowledging and consuming.
func consumerFaults() []Fault {
	return []Fault{
		{
			Number: 1, Name: "f01", Phase: InVHost, Title: "messages arrive, nobody consumes",
			Expect: []Expected{rule("no-consumers", "orders"), rule("no-max-length", "orders")},
			steps:  []step{queue("orders", nil), runs("publish", "--key", "orders", "--rate", "20")},
		},
		{
			Number: 2, Name: "f02", Phase: InVHost, Title: "a consumer that never acknowledges",
			Expect: []Expected{rule("unacked-growing", "orders")},
			steps:  []step{queue("orders", nil), runs("consume", "--queue", "orders", "--prefetch", "10", "--mode", "never"), fill("orders", 100)},
		},
		{
			Number: 3, Name: "f03", Phase: InVHost, Title: "a consumer without prefetch limit",
			Expect: []Expected{rule("prefetch-unlimited", "orders")},
			steps: []step{queue("orders", nil), runs("consume", "--queue", "orders"),
				runs("publish", "--key", "orders", "--rate", "5")},
		},
		{
			Number: 4, Name: "f04", Phase: InVHost, Title: "a consumer with automatic acknowledgement",
			Expect: []Expected{rule("auto-ack", "orders")},
			steps: []step{queue("orders", nil), runs("consume", "--queue", "orders", "--mode", "auto"),
				runs("publish", "--key", "orders", "--rate", "5")},
		},
		{
			Number: 5, Name: "f05", Phase: InVHost, Title: "basic.get in a loop on an empty queue",
			Expect: []Expected{rule("polling-consumer", "orders")},
			steps:  []step{queue("orders", nil), runs("poll", "--queue", "orders", "--rate", "20")},
		},
		{
			Number: 6, Name: "f06", Phase: InVHost, Title: "one message is requeued for ever",
			Expect: []Expected{rule("requeue-loop", "orders")},
			steps: []step{queue("orders", nil), fill("orders", 1),
				runs("consume", "--queue", "orders", "--prefetch", "1", "--mode", "nack-requeue", "--work", loopPause)},
		},
		{
			Number: 37, Name: "f37", Phase: InVHost, Title: "prefetch for the whole channel",
			// From 4.0 on the management API does not show it.
			Expect: []Expected{rule("global-qos", "", testbed.RabbitMQ310)},
			steps:  []step{queue("orders", nil), runs("consume", "--queue", "orders", "--prefetch", "10", "--global-qos")},
		},
		{
			Number: 43, Name: "f43", Phase: InVHost, Title: "nack with requeue, which the delivery limit does not count",
			Generations: []testbed.Generation{testbed.RabbitMQ43},
			Expect:      []Expected{rule("requeue-loop", "orders"), rule("delivery-limit-not-counting", "orders")},
			Files:       map[string]string{"worker.py": nackingWorker},
			steps: []step{
				exchange("dead", "fanout"), quorum("orders.dead", nil), bind("dead", "orders.dead", ""),
				quorum("orders", testbed.Args{"x-delivery-limit": 3, "x-dead-letter-exchange": "dead"}), fill("orders", 1),
				runs("consume", "--queue", "orders", "--prefetch", "1", "--mode", "nack-requeue", "--work", loopPause),
			},
		},
	}
}

// loopPause, in seconds a delivery, keeps a requeue loop at under a hundred
// rounds a second: unbounded it makes thousands and takes a whole core.
const loopPause = "0.01"

const nackingWorker = `import pika

connection = pika.BlockingConnection(pika.URLParameters("amqp://localhost/f43"))
channel = connection.channel()
channel.basic_qos(prefetch_count=1)


def handle(ch, method, properties, body):
    try:
        process(body)
    except Exception:
        ch.basic_nack(method.delivery_tag, requeue=True)
    else:
        ch.basic_ack(method.delivery_tag)


channel.basic_consume("orders", handle)
channel.start_consuming()
`
