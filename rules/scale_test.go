package rules

import (
	"fmt"
	"testing"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

// large is a cluster of n queues with dead-letter queues, bindings, consumers, channels,
// connections and policies, looked at twice.
func large(n int) *rabbitmq.Snapshot {
	o := &model.Origin{Kind: model.FromLive, Input: "mq", Via: "GET /api/queues"}
	f := model.NewFrom(o)
	num := func(i int64) model.Known[int64] { return model.Here(f, i) }
	s := &rabbitmq.Snapshot{Input: "mq", Target: "mq", Version: model.Here(f, model.Version{4, 0, 5}),
		StatsOff: model.Here(f, false),
		Topology: &rabbitmq.Topology{Input: "mq", Target: "mq", Source: rabbitmq.FromLive, At: o,
			VHosts: []rabbitmq.VHost{{Name: "/", Tracing: model.Here(f, false), At: o}}, Seen: map[string]rabbitmq.Seen{"/": {}}},
		Looks: []rabbitmq.Look{{Origin: o}, {Origin: o, At: time.Time{}.Add(15 * time.Second)}}}
	t := s.Topology
	t.Exchanges = append(t.Exchanges, rabbitmq.Exchange{Name: rabbitmq.Name{VHost: "/", Name: "dlx"}, Type: model.Here(f, "topic"),
		Durable: model.Here(f, true), Args: model.Here(f, rabbitmq.Args{}), Policy: model.None[string](f), At: o})
	for i := range 30 {
		t.Policies = append(t.Policies, rabbitmq.Policy{Name: rabbitmq.Name{VHost: "/", Name: fmt.Sprint("p", i)},
			Pattern: fmt.Sprintf(`^q%d\d`, i), ApplyTo: "queues", Priority: int64(i), Definition: rabbitmq.Args{"max-length": rabbitmq.IntArg(1)}, At: o})
	}
	var consumers []rabbitmq.Consumer
	var connections []rabbitmq.Connection
	var channels []rabbitmq.Channel
	queues := []map[rabbitmq.Name]rabbitmq.QueueStats{{}, {}}
	t.Exchanges = append(t.Exchanges, rabbitmq.Exchange{Name: rabbitmq.Name{VHost: "/", Name: "all"}, Type: model.Here(f, "fanout"),
		Durable: model.Here(f, true), Args: model.Here(f, rabbitmq.Args{}), Policy: model.None[string](f), At: o})
	for i := range n {
		for _, suffix := range []string{"", ".dead"} {
			name := rabbitmq.Name{VHost: "/", Name: fmt.Sprintf("q%d%s", i, suffix)}
			args := rabbitmq.Args{}
			switch {
			case suffix == "" && i%10 == 0:
				args["x-dead-letter-exchange"] = rabbitmq.TextArg("all")
			case suffix == "":
				args["x-dead-letter-exchange"] = rabbitmq.TextArg("dlx")
				args["x-dead-letter-routing-key"] = rabbitmq.TextArg(name.Name)
			}
			t.Queues = append(t.Queues, rabbitmq.Queue{Name: name, Type: model.Here(f, "classic"), Durable: model.Here(f, true),
				AutoDelete: model.Here(f, false), Exclusive: model.Here(f, false), Args: model.Here(f, args),
				EffectivePolicy: model.Here(f, rabbitmq.Args{}), Policy: model.None[string](f), At: o})
			for look := range queues {
				queues[look][name] = rabbitmq.QueueStats{State: model.Here(f, "running"), Messages: num(5), Ready: num(5), Unacked: num(0),
					Consumers: num(1), Counters: rabbitmq.Counters{Publish: num(int64(100 + look)), Ack: num(int64(90 + look))}}
			}
		}
		t.Bindings = append(t.Bindings, rabbitmq.Binding{VHost: "/", Source: "all", Destination: fmt.Sprintf("q%d.dead", i), At: o})
		t.Bindings = append(t.Bindings, rabbitmq.Binding{VHost: "/", Source: "dlx", Destination: fmt.Sprintf("q%d.dead", i), Key: fmt.Sprintf("q%d", i), At: o})
		c := fmt.Sprintf("10.0.%d.%d:40000 -> 10.0.0.1:5672", i/250, i%250)
		connections = append(connections, rabbitmq.Connection{Name: c, User: "app", VHost: "/", PeerHost: fmt.Sprintf("10.0.%d.%d", i/250, i%250), Protocol: "AMQP 0-9-1"})
		channels = append(channels, rabbitmq.Channel{Name: c + " (1)", Connection: c, VHost: "/"})
		consumers = append(consumers, rabbitmq.Consumer{Queue: rabbitmq.Name{VHost: "/", Name: fmt.Sprintf("q%d", i)}, Connection: c, Channel: c + " (1)",
			AckNeeded: model.Here(f, true), Prefetch: num(0)})
	}
	for i := range s.Looks {
		s.Looks[i].Queues = queues[i]
		s.Looks[i].Consumers = model.Here(f, consumers)
		s.Looks[i].Connections = model.Here(f, connections)
		s.Looks[i].Channels = model.Here(f, channels)
	}
	return s
}

// TestScale runs all rules over 10,000 queues with their dead-letter queues: it is there to
// be seen with -v, and to time out when a rule costs the square of the queues.
func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: 20,000 queues")
	}
	e := model.NewEstate(time.Time{}.Add(time.Minute), nil, nil, false, large(10_000))
	for _, r := range All() {
		start := time.Now()
		n := len(r.Run(e))
		if d := time.Since(start); d > 100*time.Millisecond {
			t.Logf("%s: %d verdicts in %s", r.ID, n, d)
		}
	}
}
