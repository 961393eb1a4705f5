package plant

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"qaudit/testbed"
)

// GoodVHost is the vhost of the good topology.
const GoodVHost = "shop"

// GoodSpec is a broker set up with care, for the good topology.
func GoodSpec(g testbed.Generation, nodes int) testbed.Spec {
	spec := testbed.Spec{Generation: g, Nodes: nodes, Config: []string{"disk_free_limit.relative = 1.0"}}
	if nodes > 1 {
		spec.Config = append(spec.Config, "queue_leader_locator = balanced")
		if g != testbed.RabbitMQ43 { // 4.3 has no partitions to handle
			spec.Config = append(spec.Config, "cluster_partition_handling = pause_minority")
		}
	}
	return spec
}

// Good builds a small shop in which nothing is wrong, in the vhost "shop",
// with its traffic: 50 persistent messages of 1 kB a second, confirmed and
// mandatory, three consumers of 10 ms a message that reject every 200th into
// a dead-letter queue with a consumer, and an alternate exchange with a bounded
// queue. A broker started with GoodSpec has no fault of medium severity or
// more on 3.10 but its age. stop ends it and deletes the vhost.
func Good(ctx context.Context, b *testbed.Broker) (stop func() error, err error) {
	s, err := prepare(ctx, b, GoodVHost)
	if err != nil {
		return nil, fmt.Errorf("plant the good topology: %w", err)
	}
	if err := s.run(ctx, goodSteps(b.Generation)); err != nil {
		return nil, errors.Join(fmt.Errorf("plant the good topology: %w", err), s.stop())
	}
	return s.stop, nil
}

const (
	day      = 24 * 60 * 60 * 1000 // in milliseconds, as x-message-ttl counts
	gigabyte = 1 << 30
)

func goodSteps(g testbed.Generation) []step {
	quorumQueues := "quorum_queues"
	if g == testbed.RabbitMQ310 { // which knows no narrower target
		quorumQueues = "queues"
	}
	steps := []step{
		limits("max-connections", 50), limits("max-queues", 100),
		exchange("shop.events", "topic"), exchange("shop.unrouted", "fanout"), exchange("orders.dlx", "direct"),
		policy("alternate", testbed.Policy{Pattern: `^shop\.events$`, ApplyTo: "exchanges",
			Definition: testbed.Args{"alternate-exchange": "shop.unrouted"}}),
		policy("orders", testbed.Policy{Pattern: `^orders\.work$`, ApplyTo: quorumQueues, Definition: testbed.Args{
			"delivery-limit": 5, "dead-letter-exchange": "orders.dlx", "dead-letter-strategy": "at-least-once",
			"overflow": "reject-publish", "max-length": 100_000}}),
		policy("dead", testbed.Policy{Pattern: `^orders\.dlq$`, ApplyTo: quorumQueues,
			Definition: testbed.Args{"max-length-bytes": gigabyte, "message-ttl": 14 * day}}),
		policy("unrouted", testbed.Policy{Pattern: `^shop\.unrouted$`, ApplyTo: quorumQueues,
			Definition: testbed.Args{"max-length": 10_000, "message-ttl": 7 * day}}),
		quorum("orders.work", nil), quorum("orders.dlq", nil), quorum("shop.unrouted", nil),
		bind("shop.events", "orders.work", "order.*"), bind("shop.unrouted", "shop.unrouted", ""),
		// Without a key of its own a dead letter keeps the one it came with.
		bind("orders.dlx", "orders.dlq", "order.new"),
		logsIn("shop", `^orders\.`, `^(shop|orders)\.`, `^orders\.`),
		as("alerts", `^$`, `^$`, `^shop\.unrouted$`, "consume", "--queue", "shop.unrouted", "--prefetch", "20"),
	}
	for range 3 {
		steps = append(steps, carefully("consume", "--queue", "orders.work", "--prefetch", "20", "--work", "0.01", "--reject-every", "200"))
	}
	return append(steps,
		carefully("consume", "--queue", "orders.dlq", "--prefetch", "20"),
		carefully("publish", "--exchange", "shop.events", "--key", "order.new", "--rate", "50", "--size", "1000", "--confirm", "--mandatory"),
	)
}

// careful connections beat every 30 seconds and do not wait for ever when the
// broker blocks them.
var careful = []string{"--heartbeat", "30", "--blocked-timeout", "60"}

func carefully(args ...string) step { return runsAs(careful, args...) }

// as runs a careful client as a user of its own.
func as(name, configure, write, read string, args ...string) step {
	return func(ctx context.Context, s *site) error {
		user := testbed.User{Name: name, Password: rand.Text()}
		if err := s.user(ctx, user, "", configure, write, read); err != nil {
			return err
		}
		_, err := s.start(ctx, user, slices.Concat(lasting, careful, args)...)
		return err
	}
}

func limits(name string, value int) step {
	return func(ctx context.Context, s *site) error {
		return s.api.Do(ctx, "PUT", []string{"vhost-limits", s.vhost, name}, testbed.Args{"value": value}, nil)
	}
}
