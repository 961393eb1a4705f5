package testbed

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// bootDone is what a node prints when it has started. Its listeners are open
// a moment before: in a cluster of 3.10, a vhost made in between hangs.
const bootDone = "completed with"

// wait returns when node i has started, answers on management and sees
// as many running nodes as the broker runs.
func (b *Broker) wait(ctx context.Context, i int) error {
	n := b.nodes[i]
	for {
		err := b.probe(ctx, n)
		if err == nil {
			return nil
		}
		select {
		case <-n.process.Done():
			return fmt.Errorf("node %s ended (%v):\n%s", n.name, n.process.Err(), n.failure())
		case <-ctx.Done():
			return fmt.Errorf("wait for node %s: %w; last answer: %w\n%s", n.name, ctx.Err(), err, n.failure())
		case <-time.After(probeEvery):
		}
	}
}

func (b *Broker) probe(ctx context.Context, n *node) error {
	if !strings.Contains(n.output.String(), bootDone) {
		return fmt.Errorf("%s boots", n.name)
	}
	var overview struct {
		Version string `json:"rabbitmq_version"`
	}
	if err := b.get(ctx, n, "/api/overview", &overview); err != nil {
		return err
	}
	var seen []struct {
		Running bool `json:"running"`
	}
	if err := b.get(ctx, n, "/api/nodes", &seen); err != nil {
		return err
	}
	want, running := 0, 0
	for member := range b.nodes {
		if b.Running(member) {
			want++
		}
	}
	for _, member := range seen {
		if member.Running {
			running++
		}
	}
	if running < want {
		return fmt.Errorf("%s sees %d of %d nodes", n.name, running, want)
	}
	b.Version = overview.Version
	return nil
}

// probeTimeout bounds one request: a node that boots may accept and not answer.
const probeTimeout = 5 * time.Second

func (b *Broker) get(ctx context.Context, n *node, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+loopback(n.management)+path, nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", n.name, err)
	}
	req.SetBasicAuth(b.Admin.Name, b.Admin.Password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask %s: %w", n.name, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s of %s: %s", path, n.name, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return fmt.Errorf("read %s of %s: %w", path, n.name, err)
	}
	return nil
}
