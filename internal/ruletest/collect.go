package ruletest

import (
	"context"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"qaudit/internal/collect"
	"qaudit/internal/collect/files/definitions"
	"qaudit/internal/collect/live"
	"qaudit/internal/collect/live/rabbitmq"
	"qaudit/internal/model"
	"qaudit/internal/target"
)

// collect reads the inputs of a case as an audit would.
func (c *Case) collect(t *testing.T) ([]collect.Result, error) {
	t.Helper()
	var out []collect.Result
	if c.Tree != nil {
		r, err := c.collectTree(t)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	for _, name := range sorted(c.Args) {
		out = append(out, argument(name, c.Args[name]))
	}
	if c.Live != nil {
		r, err := c.collectLive(t)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func sorted(m map[string][]byte) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// argument reads a definitions export that was named.
func argument(name string, data []byte) collect.Result {
	f, problems := definitions.Parse(name, data)
	r := collect.Result{Input: model.Input{ID: name, Kind: model.InputSnapshot, Name: name, System: "RabbitMQ"}}
	for _, p := range problems {
		r.Gaps = append(r.Gaps, model.Gap{Input: name, Kind: model.GapUnreadable, What: name, Why: p.Error()})
	}
	if f != nil {
		r.Parts = append(r.Parts, f.Topology(name, name, true))
	}
	return r
}

// collectLive serves the broker and reads it with the real driver. The clock of the
// driver is the case's; it jumps between the looks.
func (c *Case) collectLive(t *testing.T) (collect.Result, error) {
	t.Helper()
	b, err := newBroker(c.Live)
	if err != nil {
		return collect.Result{}, err
	}
	s := &server{broker: b}
	http := httptest.NewServer(s)
	defer http.Close()
	tg, err := target.Parse("shop=" + http.URL)
	if err != nil {
		return collect.Result{}, err
	}
	tg.Login = target.Login{User: "qaudit", Password: target.NewSecret("secret")}
	now := c.Now
	source := live.Source{Driver: rabbitmq.Driver{}, Target: tg,
		Options: live.Options{Now: func() time.Time { return now }},
		Wait: func(_ context.Context, d time.Duration) bool {
			now = now.Add(d)
			s.next()
			return true
		}}
	if len(b.looks) > 1 {
		source.Sample = c.Live.between
	}
	return source.Collect(t.Context()), nil
}
