package rabbitmq

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"qaudit/internal/collect/live"
	"qaudit/internal/collect/live/livetest"
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/target"
	"qaudit/testbed"
)

// broker starts a real broker, or skips: QAUDIT_LIVE=1 asks for it.
func broker(t *testing.T, spec testbed.Spec) *testbed.Broker {
	t.Helper()
	if os.Getenv("QAUDIT_LIVE") != "1" {
		t.Skip("real brokers are started with QAUDIT_LIVE=1")
	}
	return testbed.ForTest(t, spec)
}

func login(u testbed.User) target.Login {
	return target.Login{User: u.Name, Password: target.NewSecret(u.Password)}
}

// state is what an audit must leave: everything declared, and how many messages wait.
func state(b *testbed.Broker) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		var declared map[string]any
		if err := b.API().Do(ctx, "GET", []string{"definitions"}, nil, &declared); err != nil {
			return "", err
		}
		var queues []struct {
			Name, VHost string
			Messages    int
		}
		if err := b.API().Do(ctx, "GET", []string{"queues"}, nil, &queues); err != nil {
			return "", err
		}
		text, err := json.Marshal(declared)
		lines := strings.Split(string(text), `},{`) // lists of definitions come in any order
		for _, q := range queues {
			lines = append(lines, fmt.Sprint(q))
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n"), err
	}
}

func TestLiveConformance(t *testing.T) {
	for _, g := range testbed.Generations() {
		t.Run(string(g), func(t *testing.T) {
			b := broker(t, testbed.Spec{Generation: g})
			api, ctx := b.API(), t.Context()
			for i := range 3 {
				if err := api.PutQueue(ctx, "/", fmt.Sprintf("conformance.%d", i), nil); err != nil {
					t.Fatal(err)
				}
			}
			least, err := b.LeastUser(ctx)
			if err != nil {
				t.Fatal(err)
			}
			livetest.Run(t, Driver{}, livetest.Env{
				URL: b.Management(0), Version: string(g) + ".", Least: login(least), Admin: login(b.Admin), State: state(b),
				Hide: func(ctx context.Context) (string, error) {
					if err := api.PutVHost(ctx, "billing/eu"); err != nil {
						return "", err
					}
					return "billing/eu", api.PutQueue(ctx, "billing/eu", "hidden", nil)
				},
			})
			t.Run("Narrowed", func(t *testing.T) { narrowed(t, b) })
			t.Run("Names", func(t *testing.T) { names(t, b) })
		})
	}
}

func session(t *testing.T, b *testbed.Broker, u testbed.User, vhosts ...string) *Session {
	t.Helper()
	x, err := target.Parse(b.Management(0))
	if err != nil {
		t.Fatal(err)
	}
	x.Login = login(u)
	x.Narrow(vhosts...)
	s, err := Open(t.Context(), x, live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Look(t.Context(), live.Full); err != nil {
		t.Fatal(err)
	}
	return s
}

// narrowed: one vhost that can be read, one that is hidden, one that does not exist.
func narrowed(t *testing.T, b *testbed.Broker) {
	least, err := b.LeastUser(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	s := session(t, b, least, "/", "billing/eu", "nosuch")
	var got []string
	for _, g := range s.Result().Gaps {
		if g.Incomplete {
			got = append(got, fmt.Sprintf("%s %s", g.Kind, g.What))
		}
	}
	if want := []string{"permission vhost billing/eu", "unreadable vhost nosuch"}; !slices.Equal(got, want) {
		t.Errorf("gaps %q, want %q", got, want)
	}
	if seen := snapshot(t, s).Topology.Seen["/"]; seen != (rabbitmq.Seen{}) {
		t.Errorf("seen %+v", seen)
	}
}

// names: what a name holds does not break a request, a page or a snapshot.
func names(t *testing.T, b *testbed.Broker) {
	hard := []string{"a/b", "a b", "a%2Fb", "очередь", "🐇", "q?x=1#y", "a+b", `"<b>'`, ";|$()", ".", "..", strings.Repeat("x", 255)}
	const vhost = "näme/%2F space"
	if err := b.API().PutVHost(t.Context(), vhost); err != nil {
		t.Fatal(err)
	}
	definitions := map[string]any{"queues": []any{}}
	var queues []any
	for _, n := range hard {
		queues = append(queues, map[string]any{"vhost": vhost, "name": n, "durable": true, "auto_delete": false, "arguments": map[string]any{}})
	}
	definitions["queues"] = queues
	if err := b.API().Do(t.Context(), "POST", []string{"definitions"}, definitions, nil); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Session{session(t, b, b.Admin), session(t, b, b.Admin, vhost)} {
		snap := snapshot(t, s)
		for _, n := range hard {
			if _, ok := snap.Last().Queues[rabbitmq.Name{VHost: vhost, Name: n}]; !ok {
				t.Errorf("queue %q was not seen", n)
			}
		}
		if seen := snap.Topology.Seen[vhost]; seen != (rabbitmq.Seen{}) {
			t.Errorf("seen %+v, gaps %q", seen, gapLines(s))
		}
	}
}

// TestLiveStatisticsOff: a broker without statistics still tells what waits.
func TestLiveStatisticsOff(t *testing.T) {
	for _, g := range []testbed.Generation{testbed.RabbitMQ310, testbed.RabbitMQ40, testbed.RabbitMQ43} {
		t.Run(string(g), func(t *testing.T) {
			b := broker(t, testbed.Spec{Generation: g, Config: []string{"management_agent.disable_metrics_collector = true"}})
			if err := b.API().PutQueue(t.Context(), "/", "q", nil); err != nil {
				t.Fatal(err)
			}
			least, err := b.LeastUser(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			s := session(t, b, least)
			snap := snapshot(t, s)
			q := snap.Last().Queues[rabbitmq.Name{VHost: "/", Name: "q"}]
			if !model.Is(snap.StatsOff, true) || !model.Is(q.Ready, 0) || q.Counters.Publish.Why() != statsOff {
				t.Errorf("statistics off %s, ready %s, publish %q", show(snap.StatsOff), show(q.Ready), q.Counters.Publish.Why())
			}
			for _, gap := range s.Result().Gaps {
				if gap.Incomplete {
					t.Errorf("gap %+v", gap)
				}
			}
			t.Logf("%q", gapLines(s))
		})
	}
}

// TestLiveCounters: what two looks see of known traffic.
func TestLiveCounters(t *testing.T) {
	for _, g := range testbed.Generations() {
		t.Run(string(g), func(t *testing.T) {
			b := broker(t, testbed.Spec{Generation: g})
			if err := b.API().PutQueue(t.Context(), "/", "q", testbed.Args{"x-queue-type": "quorum"}); err != nil {
				t.Fatal(err)
			}
			least, err := b.LeastUser(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			young := snapshot(t, session(t, b, least)).Last().Queues[rabbitmq.Name{VHost: "/", Name: "q"}]
			if young.Messages.Present() && !young.Counters.Publish.Absent() || !young.Messages.Present() && !young.Counters.Publish.Unknown() {
				t.Errorf("a young queue: messages %s, publish %s", show(young.Messages), show(young.Counters.Publish))
			}
			for range 7 {
				body := map[string]any{"properties": map[string]any{}, "routing_key": "q", "payload": "x", "payload_encoding": "string"}
				if err := b.API().Do(t.Context(), "POST", []string{"exchanges", "/", "amq.default", "publish"}, body, nil); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(15 * time.Second) // statistics of a quorum queue take 10
			q := snapshot(t, session(t, b, least)).Last().Queues[rabbitmq.Name{VHost: "/", Name: "q"}]
			if !model.Is(q.Ready, 7) || !model.Is(q.Counters.Publish, 7) || !q.Counters.Ack.Absent() {
				t.Errorf("ready %s, publish %s, ack %s", show(q.Ready), show(q.Counters.Publish), show(q.Counters.Ack))
			}
		})
	}
}
