package plant_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"qaudit/testbed"
	"qaudit/testbed/plant"
)

func TestFaultsAreWellFormed(t *testing.T) {
	names := map[string]bool{}
	numbers := map[int]bool{}
	slug := regexp.MustCompile(`^rabbitmq/[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, f := range plant.Faults() {
		if names[f.Name] || f.Phase == 0 || f.Title == "" {
			t.Errorf("%s: named twice, or without phase or title", f.Name)
		}
		names[f.Name], numbers[f.Number] = true, true
		for _, e := range slices.Concat(f.Expect, f.Never) {
			if !slug.MatchString(e.Rule) {
				t.Errorf("%s expects %q", f.Name, e.Rule)
			}
		}
		for _, g := range testbed.Generations() {
			if f.Why(g, 3) == "" && len(f.Expect) > 0 && len(f.Expectations(g)) == 0 && f.Name != "f37" && f.Name != "f26" {
				t.Errorf("%s applies to %s and expects nothing there", f.Name, g)
			}
		}
	}
	for n := range 44 {
		if !numbers[n+1] {
			t.Errorf("no fault %d", n+1)
		}
	}
	if _, err := plant.Find("f99"); err == nil {
		t.Error("found f99")
	}
}

// check is something that the broker has to show soon after a fault was
// planted: the fault is really there.
type check struct {
	fault string
	path  []string // below /api
	holds func(answer any) bool
}

// checks look at what each fault does, unless it only declares something.
var checks = []check{
	{"f01", queue("f01", "orders"), all(atLeast(20, "messages_ready"), is(0, "consumers"))},
	{"f02", queue("f02", "orders"), all(is(10, "messages_unacknowledged"), is(90, "messages_ready"))},
	{"f03", []string{"consumers", "f03"}, one(all(is(0, "prefetch_count"), equals(true, "ack_required")))},
	{"f04", []string{"consumers", "f04"}, one(equals(false, "ack_required"))},
	{"f05", queue("f05", "orders"), atLeast(40, "message_stats", "get_empty")},
	{"f06", queue("f06", "orders"), atLeast(100, "message_stats", "redeliver")},
	{"f09", queue("f09", "orders.dead"), is(5, "messages")},
	{"f10", queue("f10", "orders.dead"), is(1, "messages")},
	{"f11", queue("f11", "a"), is(0, "messages")},
	{"f12", queue("f12", "main"), atLeast(10, "message_stats", "deliver")},
	{"f13", queue("f13", "q"), equals("quorum", "type")},
	{"f16", queue("f16", "q"), is(5, "messages_dlx")},
	{"f19", queue("f19", "orders"), all(is(50, "messages"), is(0, "messages_persistent"))},
	{"f18", queue("f18", "orders"), equals(false, "durable")},
	{"f20", queue("f20", "orders"), equals("mirror", "policy")},
	{"f21", queue("f21", "orders"), is(1, "consumers")},
	{"f22", queue("f22", "two"), length(2, "members")},
	{"f22", queue("f22", "one"), length(1, "members")},
	{"f28", []string{"vhosts", "f28", "connections"}, one(is(150, "channels"))},
	{"f29", []string{"vhosts", "f29", "connections"}, one(is(0, "timeout"))},
	{"f31", []string{"exchanges", "f31", "events"}, all(atLeast(20, "message_stats", "publish_in"), not(atLeast(1, "message_stats", "publish_out")))},
	{"f32", []string{"vhosts", "f32", "channels"}, one(atLeast(10, "message_stats", "return_unroutable"))},
	{"f33", []string{"policies", "f33"}, length(2)},
	{"f34", queue("f34", "orders"), all(equals("running", "state"), equals(nil, "policy"))},
	{"f36", queue("f36", "orders"), all(is(3, "messages"), equals(true, "auto_delete"))},
	{"f38", []string{"vhosts", "f38", "connections"}, one(equals("mighty-app", "user"))},
	{"f41", []string{"users", plant.BlindUser.Name}, equals(plant.BlindUser.Name, "name")},
	{"f42", queue("f42", "orders"), is(1000, "arguments", "x-message-ttl")},
	{"f43", queue("f43", "orders"), atLeast(100, "message_stats", "redeliver")},
	{"f44", []string{"queues", "f44"}, all(length(4), one(equals("..", "name")))},
}

func queue(vhost, name string) []string { return []string{"queues", vhost, name} }

// patience is how long a check may take: statistics need about fifteen
// seconds, more when many faults share two cores.
const patience = 90 * time.Second

func TestFaultsInVHosts(t *testing.T) {
	for _, g := range testbed.Generations() {
		t.Run(string(g), func(t *testing.T) {
			b := testbed.ForTest(t, testbed.Spec{Generation: g})
			plantAll(t, b)
		})
	}
}

func TestFaultsInAClusterVHosts(t *testing.T) {
	b := testbed.ForTest(t, testbed.Spec{Generation: testbed.RabbitMQ310, Nodes: 3})
	plantAll(t, b, "f20", "f21", "f22", "f13")
}

// plantAll plants all faults in vhosts that apply, or those named, checks
// each, and checks that taking them back leaves nothing.
func plantAll(t *testing.T, b *testbed.Broker, names ...string) {
	t.Helper()
	type done struct {
		name string
		stop func() error
	}
	var group errgroup.Group
	group.SetLimit(4)
	results := make(chan done, len(plant.Faults()))
	for _, f := range plant.Faults() {
		if f.Phase != plant.InVHost || f.Why(b.Generation, b.Nodes()) != "" || len(names) > 0 && !slices.Contains(names, f.Name) {
			continue
		}
		group.Go(func() error {
			stop, err := f.Plant(t.Context(), b, f.Name)
			if err != nil {
				t.Error(err)
				return nil // the others go on
			}
			results <- done{f.Name, stop}
			return nil
		})
	}
	_ = group.Wait() // always nil
	close(results)
	planted := map[string]bool{}
	var stops []func() error
	for result := range results {
		planted[result.name] = true
		stops = append(stops, result.stop)
	}
	for _, c := range checks {
		if planted[c.fault] {
			verify(t, b, c)
		}
	}
	for _, end := range stops {
		if err := end(); err != nil {
			t.Error(err)
		}
	}
	onlyAdministratorIsLeft(t, b)
}

func onlyAdministratorIsLeft(t *testing.T, b *testbed.Broker) {
	t.Helper()
	for _, path := range []string{"users", "vhosts"} {
		var left []struct{ Name string }
		if err := b.API().Do(t.Context(), "GET", []string{path}, nil, &left); err != nil {
			t.Fatal(err)
		}
		if len(left) != 1 {
			t.Errorf("left of %s: %v", path, left)
		}
	}
}

// verify asks until the check holds.
func verify(t *testing.T, b *testbed.Broker, c check) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		var answer any
		err := b.API().Do(ctx, "GET", c.path, nil, &answer)
		if err == nil && c.holds(answer) {
			return
		}
		select {
		case <-ctx.Done():
			t.Errorf("%s: %v does not show it: %v %.600s", c.fault, c.path, err, fmt.Sprint(answer))
			return
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func TestFaultsOfTheWholeBroker(t *testing.T) {
	whole := func(t *testing.T, b *testbed.Broker, name string, path []string, holds, after func(any) bool) {
		t.Helper()
		f, err := plant.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		stop, err := f.Plant(t.Context(), b, name)
		if err != nil {
			t.Fatal(err)
		}
		verify(t, b, check{name, path, holds})
		if err := stop(); err != nil {
			t.Error(err)
		}
		verify(t, b, check{name + " taken back", path, after})
		onlyAdministratorIsLeft(t, b)
	}
	t.Run("one node", func(t *testing.T) {
		b := testbed.ForTest(t, testbed.Spec{Generation: testbed.RabbitMQ43})
		nodes := []string{"nodes"}
		whole(t, b, "f24", nodes, one(equals(true, "mem_alarm")), one(equals(false, "mem_alarm")))
		whole(t, b, "f25", nodes, one(equals(true, "disk_free_alarm")), one(equals(false, "disk_free_alarm")))
		rate := []string{"churn_rates", "connection_created_details", "rate"}
		// The clients aim at 180 a second; a busy machine reaches less.
		whole(t, b, "f27", []string{"overview"}, atLeast(40, rate...), not(atLeast(40, rate...)))
	})
	for _, g := range []testbed.Generation{testbed.RabbitMQ310, testbed.RabbitMQ40} {
		t.Run("cluster of "+string(g), func(t *testing.T) {
			b := testbed.ForTest(t, testbed.Spec{Generation: g, Nodes: 3})
			up := all(length(3), not(one(equals(false, "running"))))
			down := one(equals(false, "running"))
			whole(t, b, "f21-down", []string{"nodes"}, down, up)
			whole(t, b, "f23", []string{"nodes"}, down, up)
		})
	}
}

func TestFaultsOfTheirOwnBroker(t *testing.T) {
	for _, f := range plant.Faults() {
		if f.Phase != plant.OwnBroker {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			b := testbed.ForTest(t, f.Spec(testbed.RabbitMQ43))
			stop, err := f.Plant(t.Context(), b, f.Name)
			if err != nil {
				t.Fatal(err)
			}
			switch f.Name {
			case "f26":
				verify(t, b, check{f.Name, []string{"users"}, one(equals("guest", "name"))})
			case "f39":
				verify(t, b, check{f.Name, []string{"users"}, one(equals("shop", "name"))})
			case "f40":
				verify(t, b, check{f.Name, []string{"overview"}, equals(true, "disable_stats")})
			}
			if err := stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestGood(t *testing.T) {
	for _, shape := range []struct {
		generation testbed.Generation
		nodes      int
	}{{testbed.RabbitMQ310, 3}, {testbed.RabbitMQ40, 1}, {testbed.RabbitMQ43, 3}} {
		t.Run(fmt.Sprintf("%s on %d", shape.generation, shape.nodes), func(t *testing.T) {
			b := testbed.ForTest(t, plant.GoodSpec(shape.generation, shape.nodes))
			stop, err := plant.Good(t.Context(), b)
			if err != nil {
				t.Fatal(err)
			}
			work := queue(plant.GoodVHost, "orders.work")
			verify(t, b, check{"good", work, all(atLeast(300, "message_stats", "ack"), is(3, "consumers"), equals("orders", "policy"))})
			verify(t, b, check{"good", work, not(atLeast(50, "messages"))})
			verify(t, b, check{"good", queue(plant.GoodVHost, "orders.dlq"),
				all(atLeast(1, "message_stats", "ack"), is(0, "messages"), equals("dead", "policy"))})
			verify(t, b, check{"good", queue(plant.GoodVHost, "shop.unrouted"), all(is(0, "messages"), equals("unrouted", "policy"))})
			verify(t, b, check{"good", []string{"overview"}, all(not(atLeast(1, "message_stats", "drop_unroutable")),
				not(atLeast(1, "message_stats", "return_unroutable")))})
			verify(t, b, check{"good", []string{"nodes"}, not(one(equals(true, "disk_free_alarm")))})
			if err := stop(); err != nil {
				t.Error(err)
			}
			onlyAdministratorIsLeft(t, b)
		})
	}
}
