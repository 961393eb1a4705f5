// Package rabbitmq reads a running RabbitMQ, 3.8 to 4.3, through its management API. It
// sends GET requests and nothing else, and opens no AMQP connection.
package rabbitmq

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"qaudit/internal/collect/live"
	"qaudit/internal/model"
	"qaudit/internal/target"
)

// Driver reads RabbitMQ.
type Driver struct{}

// Open finds the management API and asks who the login is. The error is a *live.Failure.
func (Driver) Open(ctx context.Context, t *target.Target, o live.Options) (live.Session, error) {
	s, err := Open(ctx, t, o)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Open is Driver.Open with the session's own type.
func Open(ctx context.Context, t *target.Target, o live.Options) (*Session, error) {
	o = o.WithDefaults()
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	var failures []*live.Failure
	for _, e := range t.Endpoints {
		s, err := connect(t, e, o)
		if err != nil {
			return nil, err
		}
		failure := s.enter(ctx)
		if failure == nil {
			return s, nil
		}
		s.Close()
		failures = append(failures, failure)
	}
	return nil, notFound(t, failures)
}

// notFound is the failure of the only place, or of all places where management could be.
func notFound(t *target.Target, failures []*live.Failure) *live.Failure {
	if len(failures) == 1 {
		return failures[0]
	}
	f := &live.Failure{Attempt: "cannot find management of " + t.Shown, Kind: model.GapUnreachable,
		Advice: "name its URL: " + t.Shown + "?management=https://HOST:PORT"}
	var came []string
	for i, one := range failures {
		came = append(came, fmt.Sprintf("%s: %s", t.Endpoints[i], one.Came))
	}
	f.Came = strings.Join(came, "; ")
	return f
}

// connect makes a session of an endpoint; nothing is sent yet.
func connect(t *target.Target, e target.Endpoint, o live.Options) (*Session, error) {
	tr, err := t.NewTransport(e, target.Options{Budget: o.Budget, Allow: allow(e.URL), Trace: o.Trace, Now: o.Now})
	if err != nil {
		return nil, &live.Failure{Attempt: "cannot reach " + e.String(), Came: err.Error(), Kind: model.GapUnreachable, Err: err}
	}
	return &Session{target: t, opts: o, transport: tr, client: &client{e.URL, tr.Client()}, input: t.ID()}, nil
}

// enter makes sure that the endpoint is RabbitMQ's management API and that the login is
// right. One that was not typed is told the password only after it has said who it is.
func (s *Session) enter(ctx context.Context) *live.Failure {
	if s.transport.Endpoint().Derived {
		if failure := s.recognise(ctx); failure != nil {
			return failure
		}
	}
	resp, err := s.client.get(ctx, "whoami", "")
	if r, ok := asRefusal(err); ok && r.Code != http.StatusUnauthorized && !r.HTML {
		return nil // a proxy lets it not through; other requests will tell
	}
	if err != nil {
		return s.failure(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	var who struct {
		Tags field[tags] `json:"tags"`
	}
	if err := readObject(resp.Body, &who); err != nil {
		return s.failure(ctx, err)
	}
	s.tags, s.tagsKnown = who.Tags.get()
	return nil
}

// realm is what the management API calls itself when it asks for a password.
const realm = "RabbitMQ Management"

// recognise asks without credentials and looks who asks for them.
func (s *Session) recognise(ctx context.Context) *live.Failure {
	_, err := s.client.get(target.Anonymous(ctx), "whoami", "")
	if r, ok := asRefusal(err); ok && r.Code == http.StatusUnauthorized && strings.Contains(r.Realm, realm) {
		return nil
	}
	if err == nil || target.Explain(err).Reason == target.Other {
		return &live.Failure{Attempt: "cannot read " + s.url(), Came: "it does not answer as RabbitMQ's management API",
			Kind: model.GapUnreachable, Advice: "name the URL of management: " + s.target.Shown + "?management=https://HOST:PORT"}
	}
	return s.failure(ctx, err)
}

// tagged says that the login has one of the tags. Where the tags are not known it is
// taken to have those of the published read-only user.
func (s *Session) tagged(any ...string) bool {
	if !s.tagsKnown {
		return slices.Contains(any, "monitoring")
	}
	return slices.ContainsFunc(any, func(t string) bool { return slices.Contains(s.tags, t) })
}

// Rights that tags give (RabbitMQ documentation, "Management Plugin", permissions).
func (s *Session) mayMonitor() bool    { return s.tagged("monitoring", "administrator") }
func (s *Session) mayAdminister() bool { return s.tagged("administrator") }
