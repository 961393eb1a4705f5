package rabbitmq

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"qaudit/internal/target"
)

// client reads the management API. It can get and nothing else.
type client struct {
	base url.URL
	http *http.Client
}

// readable are the paths below /api/ that an audit asks for, still escaped. What is not
// here is not sent: among the GETs of the API, aliveness-test declares a queue and
// publishes, and auth/hash_password puts a secret into a URL.
var readable = regexp.MustCompile(`^(whoami|overview|nodes|vhosts|feature-flags|deprecated-features(/used)?` +
	`|(queues|exchanges|bindings|policies|operator-policies|consumers)(/[^/]+)?|connections|channels` +
	`|vhosts/[^/]+/(connections|channels)|vhost-limits|users|permissions|parameters` +
	`|health/checks/(alarms|virtual-hosts|node-is-quorum-critical|certificate-expiration/1/months))$`)

// allow refuses every request that an audit does not make.
func allow(base url.URL) func(*http.Request) error {
	prefix := base.EscapedPath() + "/api/"
	return func(req *http.Request) error {
		if err := target.OnlyGET(req); err != nil {
			return err
		}
		if path, ok := strings.CutPrefix(req.URL.EscapedPath(), prefix); !ok || !readable.MatchString(path) {
			return errors.New("an audit does not ask for " + req.URL.EscapedPath())
		}
		return nil
	}
}

// get asks for a path below /api/, its segments escaped. The caller closes the body.
// Answers other than 200 are a *refusal.
func (c *client) get(ctx context.Context, path, query string) (*http.Response, error) {
	resp, err := c.ask(ctx, path, query)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		defer func() { _ = resp.Body.Close() }()
		return nil, refused(resp)
	}
	if html(resp) {
		_ = resp.Body.Close()
		return nil, errHTML
	}
	return resp, nil
}

// ask is get for any status.
func (c *client) ask(ctx context.Context, path, query string) (*http.Response, error) {
	u := c.base
	u.RawPath = c.base.EscapedPath() + "/api/" + path
	var err error
	if u.Path, err = url.PathUnescape(u.RawPath); err != nil {
		return nil, fmt.Errorf("ask for %s: %w", path, err)
	}
	u.RawQuery = query
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("ask for %s: %w", path, err)
	}
	req.Header.Set("Accept", "application/json")
	return c.http.Do(req)
}

// errHTML says that a web page came, of a login or a proxy.
var errHTML = errors.New("it answers with a web page, not with the management API")

func html(resp *http.Response) bool {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return kind == "text/html"
}

// refusal is an answer that is not 200.
type refusal struct {
	Code   int
	Err    string // "error" of the body, as "not_authorised"
	Reason string // "reason" of the body
	HTML   bool
	Realm  string // of a 401: who asks for a password
}

// maxRefusal bounds what is read of the body of a refusal.
const maxRefusal = 16 << 10

func refused(resp *http.Response) *refusal {
	r := &refusal{Code: resp.StatusCode, HTML: html(resp), Realm: resp.Header.Get("WWW-Authenticate")}
	var body struct {
		Error  field[string] `json:"error"`
		Reason field[string] `json:"reason"`
	}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal)) // a refusal stands without its body
	if json.Unmarshal(text, &body) == nil {
		r.Err, r.Reason = body.Error.v, printable(body.Reason.v)
	}
	return r
}

// maxReason bounds a text of the broker in a message, in bytes.
const maxReason = 120

// printable makes a text of the broker fit for a message.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	if len(s) > maxReason {
		s = strings.ToValidUTF8(s[:maxReason], "") + "…"
	}
	return s
}

// Error is the status in words, as "500 Internal Server Error".
func (r *refusal) Error() string {
	text := fmt.Sprintf("%d %s", r.Code, http.StatusText(r.Code))
	if r.Reason != "" {
		text += fmt.Sprintf(" (%s)", r.Reason)
	}
	return strings.TrimSpace(text)
}

// The two spellings tell a wrong password ("z") from a right one without the right ("s");
// measured on 3.8.9, 3.10.8, 4.0.5 and 4.3.6.
func (r *refusal) wrongPassword() bool { return r.Code == 401 && r.Err == "not_authorized" }

// hidden says that the user may not see what was asked for. From 4.3 on a vhost without
// permission answers 404 with another body than what does not exist.
func (r *refusal) hidden() bool {
	return r.Code == 401 && r.Err == "not_authorised" || r.Code == 404 && r.Err == "not_found" || r.Code == 403
}

// absent says that there is no such thing, or no such endpoint in this version.
func (r *refusal) absent() bool { return r.Code == 404 && r.Err != "not_found" || r.Code == 405 }

// statsOff says that the broker keeps no statistics to answer from.
func (r *refusal) statsOff() bool {
	return r.Code == 400 && strings.Contains(strings.ToLower(r.Err+" "+r.Reason), "disabled")
}

// pastEnd says that the page asked for is behind the last one: queues vanished meanwhile.
func (r *refusal) pastEnd() bool { return r.Code == 400 && r.Err == "page_out_of_range" }

func asRefusal(err error) (*refusal, bool) {
	r := (*refusal)(nil)
	return r, errors.As(err, &r)
}
