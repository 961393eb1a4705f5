package rabbitmq

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/testbed"
)

// TestLiveNodeDown: a cluster that has lost one of three nodes.
func TestLiveNodeDown(t *testing.T) {
	for _, g := range []testbed.Generation{testbed.RabbitMQ310, testbed.RabbitMQ43} {
		t.Run(string(g), func(t *testing.T) {
			b := broker(t, testbed.Spec{Generation: g, Nodes: 3})
			ctx := t.Context()
			put := func(queue, kind string) {
				body := testbed.Args{"durable": true, "node": b.NodeName(1), "arguments": testbed.Args{"x-queue-type": kind}}
				if err := b.API().Do(ctx, "PUT", []string{"queues", "/", queue}, body, nil); err != nil {
					t.Fatal(err)
				}
			}
			put("away", "classic")
			put("spread", "quorum")
			least, err := b.LeastUser(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.StopNode(ctx, 1); err != nil {
				t.Fatal(err)
			}
			time.Sleep(12 * time.Second) // an election, and statistics of the new leader
			s := session(t, b, least)
			snap, last := snapshot(t, s), snapshot(t, s).Last()
			down := slices.IndexFunc(last.Nodes, func(n rabbitmq.Node) bool { return n.Name == b.NodeName(1) })
			if len(last.Nodes) != 3 || down < 0 || !model.Is(last.Nodes[down].Running, false) || !last.Nodes[down].MemAlarm.Unknown() {
				t.Errorf("nodes %+v", last.Nodes)
			}
			away, spread := last.Queues[rabbitmq.Name{VHost: "/", Name: "away"}], last.Queues[rabbitmq.Name{VHost: "/", Name: "spread"}]
			if !model.Is(away.State, "down") && !model.Is(away.State, "stopped") || !away.Ready.Unknown() || !away.Counters.Publish.Unknown() {
				t.Errorf("queue of the lost node: state %s, ready %s, publish %s", show(away.State), show(away.Ready), show(away.Counters.Publish))
			}
			if !model.Is(spread.State, "running") || !slices.Contains([]string{b.NodeName(0), b.NodeName(2)}, spread.Leader.Or("")) {
				t.Errorf("quorum queue: state %s, leader %s", show(spread.State), show(spread.Leader))
			}
			if h, ok := snap.Health["node-is-quorum-critical"].Get(); !ok || h.OK || !slices.Contains(h.Queues, "spread") {
				t.Errorf("health %+v", h)
			}
			for _, q := range snap.Topology.Queues {
				if !q.Type.Present() || !q.Args.Present() || q.Name.Name == "spread" && len(q.Members.Or(nil)) != 3 {
					t.Errorf("queue %+v", q)
				}
			}
			if brief := s.Brief(); !strings.Contains(brief, b.NodeName(1)+" is down") {
				t.Errorf("brief %q", brief)
			}
			for _, gap := range s.Result().Gaps {
				if gap.Incomplete {
					t.Errorf("gap %s", fmt.Sprint(gap))
				}
			}
		})
	}
}
