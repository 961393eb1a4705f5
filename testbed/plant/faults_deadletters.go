package plant

import "qaudit/testbed"

// deadLetterFaults are about dead letters, retries and delivery limits.
func deadLetterFaults() []Fault {
	deadLetters := func(args testbed.Args) []step {
		return []step{
			exchange("dead", "fanout"), queue("orders.dead", args), bind("dead", "orders.dead", ""),
			queue("orders", testbed.Args{"x-dead-letter-exchange": "dead"}), fill("orders", 5),
			does("consume", "--queue", "orders", "--prefetch", "5", "--mode", "reject", "--count", "5"),
		}
	}
	atLeastOnce := func(more testbed.Args) testbed.Args {
		args := testbed.Args{"x-dead-letter-strategy": "at-least-once"}
		for key, value := range more {
			args[key] = value
		}
		return args
	}
	return []Fault{
		{
			Number: 7, Name: "f07", Phase: InVHost, Title: "the dead-letter exchange does not exist",
			Expect: []Expected{rule("dead-letter-exchange-missing", "a")},
			steps:  []step{queue("a", testbed.Args{"x-dead-letter-exchange": "gone"})},
		},
		{
			Number: 8, Name: "f08", Phase: InVHost, Title: "no binding takes the dead letters",
			Expect: []Expected{rule("dead-letter-unroutable", "b")},
			steps: []step{exchange("dlx", "direct"),
				queue("b", testbed.Args{"x-dead-letter-exchange": "dlx", "x-dead-letter-routing-key": "nokey"})},
		},
		{
			Number: 9, Name: "f09", Phase: InVHost, Title: "dead letters that nobody looks at, without bound",
			Expect: []Expected{rule("dead-letter-queue-unwatched", "orders.dead"), rule("dead-letter-queue-unbounded", "orders.dead")},
			steps:  deadLetters(nil),
		},
		{
			Number: 10, Name: "f10", Phase: InVHost, Title: "a full dead-letter queue that refuses, so dead letters vanish",
			Expect: []Expected{rule("dead-letter-queue-drops-when-full", "orders.dead")},
			steps:  deadLetters(testbed.Args{"x-max-length": 1, "x-overflow": "reject-publish"}),
		},
		{
			Number: 11, Name: "f11", Phase: InVHost, Title: "two queues that expire into each other",
			Expect: []Expected{rule("dead-letter-cycle", "a")}, // one finding a ring, on its first queue
			steps: []step{
				queue("a", testbed.Args{"x-message-ttl": 200, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "b"}),
				queue("b", testbed.Args{"x-message-ttl": 200, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "a"}),
				fill("a", 5),
			},
		},
		{
			Number: 12, Name: "f12", Phase: InVHost, Title: "a retry ring that turns for ever",
			Expect: []Expected{rule("retry-ring-unbounded", "main")},
			steps: []step{
				queue("main", testbed.Args{"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "wait"}),
				queue("wait", testbed.Args{"x-message-ttl": 200, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "main"}),
				fill("main", 1), runs("consume", "--queue", "main", "--prefetch", "1", "--mode", "reject"),
			},
		},
		{
			Number: 13, Name: "f13", Phase: InVHost, Title: "a quorum queue without limit, or at whose limit messages are deleted",
			Expect: []Expected{
				rule("delivery-limit-absent", "q", testbed.RabbitMQ310),
				rule("delivery-limit-without-dlx", "q", since(testbed.RabbitMQ40)...),
			},
			steps: []step{quorum("q", nil), runs("consume", "--queue", "q", "--prefetch", "10")},
		},
		{
			Number: 14, Name: "f14", Phase: InVHost, Title: "delivery limit -1",
			Expect: []Expected{
				rule("delivery-limit-minus-one-old", "q", testbed.RabbitMQ310),
				rule("delivery-limit-unlimited", "q", since(testbed.RabbitMQ40)...),
			},
			steps: []step{quorum("q", testbed.Args{"x-delivery-limit": -1}), runs("consume", "--queue", "q", "--prefetch", "10")},
		},
		{
			Number: 15, Name: "f15", Phase: InVHost, Title: "at-least-once dead-lettering that is at-most-once",
			Expect: []Expected{rule("at-least-once-wrong-overflow", "q")},
			steps: []step{exchange("dead", "fanout"), quorum("q.dead", nil), bind("dead", "q.dead", ""),
				quorum("q", atLeastOnce(testbed.Args{"x-dead-letter-exchange": "dead"}))},
		},
		{
			Number: 16, Name: "f16", Phase: InVHost, Title: "dead letters kept for ever because their exchange is missing",
			Expect: []Expected{rule("at-least-once-stuck", "q"), rule("dead-letter-exchange-missing", "q")},
			steps: []step{quorum("q", atLeastOnce(testbed.Args{"x-dead-letter-exchange": "gone", "x-overflow": "reject-publish"})),
				fill("q", 5), does("consume", "--queue", "q", "--prefetch", "5", "--mode", "reject", "--count", "5")},
		},
	}
}
