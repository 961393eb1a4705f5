package rabbitmq

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"qaudit/internal/collect"
	"qaudit/internal/collect/live"
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/target"
)

// Session is one cluster being read. It is used by one goroutine.
type Session struct {
	target    *target.Target
	opts      live.Options
	transport *target.Transport
	client    *client
	input     string
	tags      tags
	tagsKnown bool
	version   model.Known[model.Version]

	snapshot rabbitmq.Snapshot // all but its looks
	looks    []rabbitmq.Look
	problems []problem // of all looks
	counts   []count   // how many queues each look saw and should have seen
}

func (s *Session) url() string { return s.transport.Endpoint().String() }

// Close closes the connections.
func (s *Session) Close() { s.transport.Close() }

// Look looks once. The error is a *live.Failure: nothing was seen.
func (s *Session) Look(ctx context.Context, d live.Depth) error {
	if len(s.looks) == 0 {
		d = live.Full
	}
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	s.transport.Refill()
	l := newLook(s, d)
	if err := l.overview(ctx); err != nil {
		return s.failure(ctx, err)
	}
	l.run(ctx)
	l.finish()
	s.looks = append(s.looks, l.out)
	s.counts = append(s.counts, l.count)
	s.problems = append(s.problems, l.problems...)
	return nil
}

// Result is what all looks so far saw.
func (s *Session) Result() collect.Result {
	used := s.transport.Used()
	r := collect.Result{Input: model.Input{ID: s.input, Kind: model.InputLive, Name: s.input, System: s.target.System.Title(),
		Bytes: used.Bytes, Requests: used.Requests}, Notes: s.notes()}
	if len(s.looks) == 0 {
		return r
	}
	snap := s.snapshot
	snap.Looks = slices.Clone(s.looks)
	snap.Health = maps.Clone(s.snapshot.Health)
	if v, ok := snap.Version.Get(); ok {
		r.Input.Version = v.String()
	}
	r.Input.Summary = s.summary()
	r.Parts = []model.Part{&snap}
	r.Gaps = gaps(s.input, append(slices.Clone(s.problems), s.hiddenQueues()...))
	return r
}

// notes are what the report says about how the cluster was reached.
func (s *Session) notes() []string {
	out := slices.Clone(s.target.Notes)
	if s.transport.Endpoint().Derived {
		out = append(out, s.target.Shown+" was read through "+s.url())
	}
	if s.target.TLS.Insecure && s.transport.Endpoint().URL.Scheme == "https" {
		out = append(out, "the server's certificate was not checked (--insecure)")
	}
	return out
}

// summary is "1 node, 9 queues".
func (s *Session) summary() string {
	last := &s.looks[len(s.looks)-1]
	var parts []string
	if n := len(last.Nodes); n > 0 {
		parts = append(parts, number(int64(n), "node"))
	}
	if !s.counts[len(s.counts)-1].failed {
		parts = append(parts, number(int64(len(last.Queues)), "queue"))
	}
	return strings.Join(parts, ", ")
}

// Brief says what the last look saw: "9 queues, 41,320 waiting, memory alarm on rabbit@b".
func (s *Session) Brief() string {
	if len(s.looks) == 0 {
		return "nothing seen"
	}
	last := &s.looks[len(s.looks)-1]
	waiting := int64(0)
	for _, q := range last.Queues {
		waiting += q.Ready.Or(0)
	}
	parts := []string{number(int64(len(last.Queues)), "queue"), thousands(waiting) + " waiting"}
	if s.counts[len(s.counts)-1].failed {
		parts = []string{"queues could not be read"}
	}
	lists := len(parts)
	for i := range last.Nodes {
		n := &last.Nodes[i]
		for what, alarm := range map[string]model.Known[bool]{"memory": n.MemAlarm, "disk": n.DiskAlarm} {
			if model.Is(alarm, true) {
				parts = append(parts, fmt.Sprintf("%s alarm on %s", what, n.Name))
			}
		}
		if model.Is(n.Running, false) {
			parts = append(parts, n.Name+" is down")
		}
	}
	slices.Sort(parts[lists:])
	return strings.Join(parts, ", ")
}

// number is "1 queue", "30,112 queues".
func number(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return thousands(n) + " " + what + "s"
}

// thousands writes a number with commas.
func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
