package plant

import "qaudit/testbed"

// queueFaults are about how queues are declared.
func queueFaults() []Fault {
	return []Fault{
		{
			Number: 17, Name: "f17", Phase: InVHost, Title: "reject-publish-dlx on a quorum queue acts as drop-head",
			Expect: []Expected{rule("quorum-reject-publish-dlx", "q")},
			steps:  []step{quorum("q", testbed.Args{"x-max-length": 5, "x-overflow": "reject-publish-dlx"})},
		},
		{
			Number: 18, Name: "f18", Phase: InVHost, Title: "a queue that does not survive a restart",
			Expect: []Expected{rule("transient-queue", "orders")},
			steps:  []step{queueWith("orders", testbed.Args{"durable": false}, nil)},
		},
		{
			Number: 19, Name: "f19", Phase: InVHost, Title: "messages that do not survive a restart",
			Expect: []Expected{rule("transient-messages", "orders")},
			steps:  []step{queue("orders", nil), fill("orders", 50, "--transient")},
		},
		{
			Number: 30, Name: "f30", Phase: InVHost, Title: "255 priorities",
			Expect: []Expected{rule("priorities-many", "p")},
			steps:  []step{queue("p", testbed.Args{"x-max-priority": 255})},
		},
		{
			Number: 36, Name: "f36", Phase: InVHost, Title: "work in a queue that goes with its last consumer",
			Expect: []Expected{rule("auto-delete-work", "orders")},
			steps: []step{queueWith("orders", testbed.Args{"durable": true, "auto_delete": true}, nil), fill("orders", 3),
				runs("consume", "--queue", "orders", "--prefetch", "1", "--mode", "never")},
		},
		{
			Number: 44, Name: "f44", Phase: InVHost, Title: "queue names that break careless clients",
			// Listed once each and nothing crashes: that is all.
			steps: []step{
				queue("a/b", nil), queue("заказы 🐇", nil), queue("a%2Fb", nil),
				// No URL can carry this name, so AMQP declares it.
				declares(".."),
			},
		},
	}
}

// routingFaults are about exchanges, bindings and policies.
func routingFaults() []Fault {
	return []Fault{
		{
			Number: 31, Name: "f31", Phase: InVHost, Title: "an exchange that drops all it gets",
			Expect: []Expected{rule("unroutable-dropped", ""), rule("exchange-publish-in-no-out", "events")},
			steps: []step{exchange("events", "topic"),
				runs("publish", "--exchange", "events", "--key", "order.new", "--rate", "10")},
		},
		{
			Number: 32, Name: "f32", Phase: InVHost, Title: "messages returned as unroutable",
			Expect: []Expected{rule("unroutable-returned", "")},
			steps: []step{exchange("events", "topic"),
				runs("publish", "--exchange", "events", "--key", "order.new", "--rate", "5", "--confirm", "--mandatory")},
		},
		{
			Number: 33, Name: "f33", Phase: InVHost, Title: "two policies of equal priority for one queue",
			Expect: []Expected{rule("policy-overlap", "orders")},
			steps: []step{queue("orders", nil),
				policy("orders", testbed.Policy{Pattern: "^orders", ApplyTo: "queues", Priority: 1, Definition: testbed.Args{"max-length": 1000}}),
				policy("all", testbed.Policy{Pattern: ".*", ApplyTo: "queues", Priority: 1, Definition: testbed.Args{"message-ttl": 60000}})},
		},
		{
			Number: 34, Name: "f34", Phase: InVHost, Title: "a policy that classic queues skip for one key",
			Expect: []Expected{rule("policy-skipped-by-key", "limits")},
			steps: []step{queue("orders", nil),
				policy("limits", testbed.Policy{Pattern: "^orders", ApplyTo: "queues", Definition: testbed.Args{"delivery-limit": 5, "max-length": 10}})},
		},
		{
			Number: 35, Name: "f35", Phase: InVHost, Title: "a policy that matches nothing",
			Expect: []Expected{rule("policy-matches-nothing", "lost")},
			steps: []step{queue("orders", nil),
				policy("lost", testbed.Policy{Pattern: "^nothing-", ApplyTo: "queues", Definition: testbed.Args{"max-length": 10}})},
		},
	}
}
