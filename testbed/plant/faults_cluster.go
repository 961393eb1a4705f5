package plant

import "qaudit/testbed"

// clusterFaults need three nodes. The node that some of them stop is the
// last: clients connect to the first.
func clusterFaults() []Fault {
	const last = 2
	onLast := testbed.Args{"durable": true, "node": "rabbit3@localhost"}
	return []Fault{
		{
			Number: 20, Name: "f20", Phase: InVHost, Nodes: 3, Title: "mirrored classic queues, which 4.0 removed",
			Generations: []testbed.Generation{testbed.RabbitMQ310},
			Expect:      []Expected{rule("mirrored-policy", "mirror")},
			steps: []step{queue("orders", nil),
				policy("mirror", testbed.Policy{Pattern: ".*", ApplyTo: "queues", Definition: testbed.Args{"ha-mode": "all"}})},
		},
		{
			Number: 21, Name: "f21", Phase: InVHost, Nodes: 3, Title: "work on one node of three",
			Expect: []Expected{rule("classic-in-cluster", "orders")},
			steps:  []step{queue("orders", nil), runs("consume", "--queue", "orders", "--prefetch", "10")},
		},
		{
			Number: 21, Name: "f21-down", Phase: WholeBroker, Nodes: 3, Title: "the node of a classic queue is down",
			Expect: []Expected{rule("queue-down", "orders"), rule("node-down", "rabbit3@localhost")},
			steps:  []step{queueWith("orders", onLast, nil), stopNode(last)},
		},
		{
			Number: 22, Name: "f22", Phase: InVHost, Nodes: 3, Title: "quorum queues of two members and of one",
			Expect: []Expected{rule("quorum-even", "two"), rule("quorum-members-few", "two"), rule("quorum-members-few", "one")},
			steps: []step{quorum("two", testbed.Args{"x-quorum-initial-group-size": 2}),
				quorum("one", testbed.Args{"x-quorum-initial-group-size": 1})},
		},
		{
			Number: 23, Name: "f23", Phase: WholeBroker, Nodes: 3, Title: "one node of three is down",
			Expect: []Expected{rule("node-down", "rabbit3@localhost"), rule("quorum-member-offline", "q"), rule("quorum-critical", "q")},
			steps:  []step{quorum("q", nil), stopNode(last)},
		},
	}
}
