package testbed

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// API writes to a broker through its management API as an administrator. The
// testbed plants with it; an audit never writes.
type API struct {
	base string
	user User
	http *http.Client
}

// apiTimeout bounds one request; declaring on a cluster that elects takes
// seconds.
const apiTimeout = 30 * time.Second

// API is a client of the first running node.
func (b *Broker) API() *API {
	for i := range b.nodes {
		if b.Running(i) {
			return b.NodeAPI(i)
		}
	}
	return b.NodeAPI(0)
}

// NodeAPI is a client of one node.
func (b *Broker) NodeAPI(i int) *API {
	return &API{b.Management(i), b.Admin, &http.Client{Timeout: apiTimeout}}
}

// Do sends one request to a path below /api; each segment is escaped, so that
// any name can be one. A body of nil sends none; into, unless nil, receives
// the answer's JSON.
func (a *API) Do(ctx context.Context, method string, segments []string, body, into any) error {
	escaped := make([]string, len(segments))
	for i, segment := range segments {
		escaped[i] = url.PathEscape(segment)
	}
	path := "/api/" + strings.Join(escaped, "/")
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("encode the body of %s %s: %w", method, path, err)
		}
		sent = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.base+path, sent)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	req.SetBasicAuth(a.user.Name, a.user.Password)
	req.Header.Set("Content-Type", "application/json")
	resp, err := a.http.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read the answer to %s %s: %w", method, path, err)
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, text)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read the answer to %s %s: %w", method, path, err)
	}
	return nil
}

func (a *API) put(ctx context.Context, body any, segments ...string) error {
	return a.Do(ctx, http.MethodPut, segments, body, nil)
}

// Args are the optional arguments of a queue, an exchange or a policy.
type Args = map[string]any

// VHosts lists the names of all vhosts.
func (a *API) VHosts(ctx context.Context) ([]string, error) {
	var all []struct{ Name string }
	if err := a.Do(ctx, http.MethodGet, []string{"vhosts"}, nil, &all); err != nil {
		return nil, err
	}
	names := make([]string, len(all))
	for i, vhost := range all {
		names[i] = vhost.Name
	}
	return names, nil
}

// PutVHost makes a vhost.
func (a *API) PutVHost(ctx context.Context, vhost string) error {
	return a.put(ctx, Args{}, "vhosts", vhost)
}

// DeleteVHost deletes a vhost with everything in it.
func (a *API) DeleteVHost(ctx context.Context, vhost string) error {
	return a.Do(ctx, http.MethodDelete, []string{"vhosts", vhost}, nil, nil)
}

// PutUser makes a user, or gives it a new password and tags.
func (a *API) PutUser(ctx context.Context, user User, tags string) error {
	return a.put(ctx, Args{"password": user.Password, "tags": tags}, "users", user.Name)
}

// DeleteUser deletes a user.
func (a *API) DeleteUser(ctx context.Context, name string) error {
	return a.Do(ctx, http.MethodDelete, []string{"users", name}, nil, nil)
}

// Permit sets a user's permissions in a vhost.
func (a *API) Permit(ctx context.Context, vhost, user, configure, write, read string) error {
	return a.put(ctx, Args{"configure": configure, "write": write, "read": read}, "permissions", vhost, user)
}

// PutQueue declares a durable queue.
func (a *API) PutQueue(ctx context.Context, vhost, queue string, arguments Args) error {
	if arguments == nil {
		arguments = Args{} // the broker answers null with a 500
	}
	return a.put(ctx, Args{"durable": true, "arguments": arguments}, "queues", vhost, queue)
}

// PutExchange declares a durable exchange.
func (a *API) PutExchange(ctx context.Context, vhost, exchange, kind string) error {
	return a.put(ctx, Args{"durable": true, "type": kind}, "exchanges", vhost, exchange)
}

// Bind binds a queue to an exchange.
func (a *API) Bind(ctx context.Context, vhost, exchange, queue, key string) error {
	return a.Do(ctx, http.MethodPost, []string{"bindings", vhost, "e", exchange, "q", queue}, Args{"routing_key": key}, nil)
}

// Policy is a policy of a vhost.
type Policy struct {
	Pattern    string `json:"pattern"`
	ApplyTo    string `json:"apply-to"`
	Priority   int    `json:"priority"`
	Definition Args   `json:"definition"`
}

// PutPolicy sets a policy.
func (a *API) PutPolicy(ctx context.Context, vhost, name string, policy Policy) error {
	return a.put(ctx, policy, "policies", vhost, name)
}

// DeletePolicy deletes a policy.
func (a *API) DeletePolicy(ctx context.Context, vhost, name string) error {
	return a.Do(ctx, http.MethodDelete, []string{"policies", vhost, name}, nil, nil)
}
