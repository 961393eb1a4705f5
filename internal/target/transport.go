package target

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Options are what a Transport needs besides its target.
type Options struct {
	Budget Budget
	// Allow is asked before each request and refuses it with an error; nil allows GET.
	Allow func(*http.Request) error
	Trace func(Exchange) // nil: nobody looks
	Now   func() time.Time
	// Proxy chooses a proxy; nil takes HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
	Proxy func(*http.Request) (*url.URL, error)
}

// Transport sends requests to one endpoint within a budget. It alone knows the
// credentials, and adds them to requests to that endpoint's scheme, host and port;
// it sends nothing anywhere else.
type Transport struct {
	endpoint Endpoint
	login    Login
	opts     Options
	ledger   ledger
	base     *http.Transport
}

// Bounds of a connection.
const (
	dialTimeout    = 10 * time.Second
	tlsTimeout     = 10 * time.Second
	idleTimeout    = 30 * time.Second
	maxHeaderBytes = 64 << 10
	maxConns       = 4 // an audit is a guest
)

// NewTransport makes the transport for one of t's endpoints.
func (t *Target) NewTransport(e Endpoint, o Options) (*Transport, error) {
	conf, err := t.TLS.Config()
	if err != nil {
		return nil, err
	}
	if o.Allow == nil {
		o.Allow = OnlyGET
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Proxy == nil {
		o.Proxy = http.ProxyFromEnvironment
	}
	dialer := &net.Dialer{Timeout: dialTimeout}
	tr := &Transport{endpoint: e, login: t.Login, opts: o, ledger: ledger{budget: o.Budget}}
	tr.base = &http.Transport{
		Proxy: tr.proxy, DialContext: dialer.DialContext, TLSClientConfig: conf,
		TLSHandshakeTimeout: tlsTimeout, MaxIdleConnsPerHost: maxConns, MaxConnsPerHost: maxConns,
		IdleConnTimeout: idleTimeout, MaxResponseHeaderBytes: maxHeaderBytes,
		DisableCompression: true, // decompressed here, where it is counted
	}
	return tr, nil
}

// OnlyGET refuses every other method.
func OnlyGET(req *http.Request) error {
	if req.Method != http.MethodGet {
		return fmt.Errorf("an audit sends no %s", req.Method)
	}
	return nil
}

// proxy hides the proxy's URL, which may hold a password, from the errors of a bad one.
func (t *Transport) proxy(req *http.Request) (*url.URL, error) {
	u, err := t.opts.Proxy(req)
	if err != nil {
		return nil, errors.New("the proxy that the environment names is not a URL (HTTP_PROXY, HTTPS_PROXY)")
	}
	return u, nil
}

// Endpoint is where the requests go.
func (t *Transport) Endpoint() Endpoint { return t.endpoint }

// Used is what was spent since the transport was made.
func (t *Transport) Used() Usage { return t.ledger.used() }

// Refill begins a new look: its budget is whole again.
func (t *Transport) Refill() { t.ledger.refill() }

// Close closes the idle connections.
func (t *Transport) Close() { t.base.CloseIdleConnections() }

type anonymous struct{}

// Anonymous is a context whose requests carry no credentials.
func Anonymous(ctx context.Context) context.Context {
	return context.WithValue(ctx, anonymous{}, true)
}

// RoundTrip sends one request, if it is allowed.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.send(req)
	if err != nil && req.Body != nil {
		_ = req.Body.Close()
	}
	return resp, err
}

func (t *Transport) send(req *http.Request) (*http.Response, error) {
	if !t.same(req.URL) {
		return nil, &Redirect{req.URL.Scheme + "://" + req.URL.Host}
	}
	if err := t.opts.Allow(req); err != nil {
		return nil, err
	}
	if err := t.ledger.request(); err != nil {
		return nil, err
	}
	out := req.Clone(req.Context())
	out.Header.Del("Authorization")
	out.Header.Set("Accept-Encoding", "gzip")
	if req.Context().Value(anonymous{}) == nil && t.login.User != "" {
		out.SetBasicAuth(t.login.User, t.login.Password.Reveal())
	}
	seen := Exchange{Method: req.Method, URL: shown(req.URL)}
	begun := t.opts.Now()
	resp, err := t.base.RoundTrip(out)
	if err != nil {
		seen.Took, seen.Err = t.opts.Now().Sub(begun), errors.New(Explain(err).Words)
		t.trace(seen)
		return nil, err
	}
	seen.Status = resp.StatusCode
	t.wrap(req.Context(), resp, seen, begun)
	resp.Request = req // never the copy that has the credentials
	return resp, nil
}

// maxQuery is how much of a query is shown; a list of columns has hundreds of characters.
const maxQuery = 40

// shown is the URL without user and password, its query shortened.
func shown(u *url.URL) string {
	short := *u
	short.User, short.RawQuery, short.ForceQuery = nil, "", false
	text := short.String()
	switch {
	case u.RawQuery == "":
		return text
	case len(u.RawQuery) > maxQuery:
		return text + "?" + u.RawQuery[:maxQuery] + "…"
	}
	return text + "?" + u.RawQuery
}

// same says that u is on the endpoint's scheme, host and port.
func (t *Transport) same(u *url.URL) bool { return sameOrigin(u, &t.endpoint.URL) }

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && a.Hostname() == b.Hostname() && portOf(a) == portOf(b)
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

func (t *Transport) trace(e Exchange) {
	if t.opts.Trace != nil {
		t.opts.Trace(e)
	}
}

// maxRedirects bounds redirects within the endpoint, as of a proxy that adds a slash.
const maxRedirects = 3

// Client is an HTTP client over the transport. It follows redirects within the endpoint
// only; one that leads elsewhere is a *Redirect error.
func (t *Transport) Client() *http.Client {
	return &http.Client{Transport: t, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if !t.same(req.URL) || len(via) > maxRedirects {
			return &Redirect{req.URL.Scheme + "://" + req.URL.Host}
		}
		return nil
	}}
}

// Redirect says that an endpoint answered with a redirect that is not followed.
type Redirect struct {
	To string // scheme and host; path and query may hold a secret
}

func (e *Redirect) Error() string { return "redirects to " + e.To + ", which was not named" }
