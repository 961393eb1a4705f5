package rabbitmq

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"qaudit/internal/collect/live"
	"qaudit/internal/model"
	"qaudit/internal/target"
)

// TestMain fails when a session leaves goroutines behind: all connections are closed by
// then.
func TestMain(m *testing.M) {
	code := m.Run()
	if left := leaked(); code == 0 && left != "" {
		fmt.Println("goroutines are left:\n" + left)
		code = 1
	}
	os.Exit(code)
}

// leaked waits for connections to end and returns the stacks of those that do not.
func leaked() string {
	stacks := make([]byte, 1<<20)
	for range 100 {
		all := strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n")
		left := slices.DeleteFunc(all, func(s string) bool {
			return !strings.Contains(s, "net/http.(*persistConn)") && !strings.Contains(s, "qaudit/internal/collect/live/rabbitmq.(*")
		})
		if len(left) == 0 {
			return ""
		}
		if time.Sleep(20 * time.Millisecond); left == nil {
			break
		}
	}
	return string(stacks[:runtime.Stack(stacks, true)])
}

// failure opens a target that cannot be read.
func failure(t *testing.T, x *target.Target, o live.Options) *live.Failure {
	t.Helper()
	s, err := Open(t.Context(), x, o)
	if err == nil {
		defer s.Close()
		err = s.Look(t.Context(), live.Full)
	}
	f := (*live.Failure)(nil)
	if !errors.As(err, &f) {
		t.Fatalf("got %v, want a failure", err)
	}
	if strings.Contains(f.Error(), password) {
		t.Errorf("the password is in %q", f)
	}
	return f
}

func webPage(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
	}
}

// everywhere answers all paths alike.
func everywhere(t *testing.T, h http.HandlerFunc) *target.Target {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	f := &fake{Server: s}
	return f.target(t)
}

func TestNothingCanBeRead(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s was contacted", r.URL) }))
	defer elsewhere.Close()
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		want   string
		kind   model.GapKind
	}{
		{"wrong password", says(401, `{"error":"not_authorized","reason":"Not_Authorized"}`),
			"cannot read URL: 401 Unauthorized, wrong password for user \"monitor\"\n  check QAUDIT_PASSWORD, or make a read-only user: qaudit explain rabbitmq", model.GapPermission},
		{"no tag", says(401, `{"error":"not_authorised","reason":"Not management user"}`),
			"cannot read URL: 401 Unauthorized, user \"monitor\" may not use management\n  rabbitmqctl set_user_tags monitor monitoring", model.GapPermission},
		{"guest from elsewhere", says(401, `{"error":"not_authorised","reason":"User can only log in via localhost"}`),
			"cannot read URL: 401, user \"monitor\" may log in only from the broker's own machine\n  make a read-only user: qaudit explain rabbitmq", model.GapPermission},
		{"a proxy's password", webPage(401, "text/plain", "who are you"),
			"cannot read URL: 401 Unauthorized, and not from RabbitMQ: a proxy in front asks for a password", model.GapPermission},
		{"login page", webPage(200, "text/html; charset=utf-8", "<html><title>Sign in</title>"),
			"cannot read URL: it answers with a web page, not with the management API\n  is this the URL of RabbitMQ's management? Name what stands before /#/ in the browser", model.GapUnreadable},
		{"another service", says(200, `{"hello":"world"}`),
			"cannot read URL: it answers, but not as RabbitMQ's management API\n  is this the URL of RabbitMQ's management? Name what stands before /#/ in the browser", model.GapUnreadable},
		{"not there", webPage(404, "text/html", "<html>nginx"),
			"cannot read URL: 404 Not Found\n  is this the URL of RabbitMQ's management? It answers at URL/api/overview", model.GapUnreadable},
		{"garbage", says(200, "\x00\xff{{{"),
			"cannot read URL: the answer is not JSON\n  is this the URL of RabbitMQ's management? Name what stands before /#/ in the browser", model.GapUnreadable},
		{"redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/login?token=x", http.StatusFound)
		}, "cannot reach URL: redirects to ELSEWHERE, which was not named\n  name that URL if it is the right one", model.GapUnreachable},
		{"cut", func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
			"cannot reach URL: the connection was closed in the middle", model.GapUnreachable},
		{"list", says(200, `[1,2]`),
			"cannot read URL: the answer is not JSON\n  is this the URL of RabbitMQ's management? Name what stands before /#/ in the browser", model.GapUnreadable},
		{"deep", says(200, strings.Repeat(`{"a":`, 20_000)),
			"cannot read URL: the answer is not JSON\n  is this the URL of RabbitMQ's management? Name what stands before /#/ in the browser", model.GapUnreadable},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := everywhere(t, c.answer)
			f := failure(t, x, options())
			want := strings.NewReplacer("URL/", x.Shown+"/", "read URL", "read "+x.Shown, "reach URL", "reach "+x.Shown, "ELSEWHERE", elsewhere.URL).Replace(c.want)
			if f.Error() != want || f.Kind != c.kind {
				t.Errorf("got  %s (%s)\nwant %s (%s)", f, f.Kind, want, c.kind)
			}
			if g := f.Gap("in", "RabbitMQ"); !g.Incomplete || g.Why == "" {
				t.Errorf("gap %+v", g)
			}
		})
	}
}

// amqp listens and answers a header that is no protocol as a broker does.
func amqp(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 64))
			_, _ = c.Write([]byte("AMQP\x00\x00\x09\x01"))
			_ = c.Close()
		}
	}()
	return l.Addr().String()
}

func TestNobodyListens(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	f := &fake{Server: closed}
	x := f.target(t)
	x.AMQP = amqp(t)
	_, port, _ := net.SplitHostPort(x.AMQP)
	got := failure(t, x, options())
	want := "cannot reach " + closed.URL + ": connection refused; port " + port + " answers as AMQP\n" +
		`  management is off or not published: image rabbitmq:4-management, ports: ["15672:15672"]`
	if got.Error() != want || got.Kind != model.GapUnreachable {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	x.AMQP = strings.TrimPrefix(closed.URL, "http://")
	if got := failure(t, x, options()); got.Error() != "cannot reach "+closed.URL+": connection refused\n  does the broker run there, with the plugin rabbitmq_management?" {
		t.Errorf("got %s", got)
	}
}

// TestDerivedPlaces: of amqps://host nobody said where management is; the password goes
// only to what shows that it is RabbitMQ's.
func TestDerivedPlaces(t *testing.T) {
	asked := func(_ http.ResponseWriter, r *http.Request) {
		if _, _, ok := r.BasicAuth(); ok {
			t.Error("a web site was told the password")
		}
	}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked(w, r)
		webPage(200, "text/html", "<html>")(w, r)
	}))
	defer site.Close()
	private := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked(w, r)
		w.Header().Set("WWW-Authenticate", `Basic realm="intranet"`)
		w.WriteHeader(401)
	}))
	defer private.Close()
	broker := newFake(t, "4.0")
	places := func(servers ...*httptest.Server) *target.Target {
		x := broker.target(t)
		x.Shown, x.Endpoints = "amqps://mq.example", nil
		for _, s := range servers {
			y, err := target.Parse(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			x.Endpoints = append(x.Endpoints, target.Endpoint{URL: y.Endpoints[0].URL, Derived: true})
		}
		return x
	}
	s := broker.look(t, options(), places(site, private, broker.Server), live.Full)
	if notes := s.Result().Notes; len(notes) != 1 || notes[0] != "amqps://mq.example was read through "+broker.URL {
		t.Errorf("notes %q", notes)
	}
	want := fmt.Sprintf("cannot find management of amqps://mq.example: %s: it does not answer as RabbitMQ's management API; "+
		"%s: it does not answer as RabbitMQ's management API\n  name its URL: amqps://mq.example?management=https://HOST:PORT", site.URL, private.URL)
	if got := failure(t, places(site, private), options()); got.Error() != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestPartsThatFail: what a broken or hostile part costs is that part.
func TestPartsThatFail(t *testing.T) {
	endless := func(item string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprint(w, "[")
			for r.Context().Err() == nil {
				if _, err := fmt.Fprint(w, item); err != nil {
					return
				}
			}
		}
	}
	stall := func(start string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprint(w, start)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
	}
	const first = `[{"name":"first","vhost":"/","type":"classic","messages_ready":1}`
	for _, c := range []struct {
		name    string
		answer  http.HandlerFunc
		timeout time.Duration
		gap     string
		queues  int
	}{
		{"server error", says(500, `{"error":"Internal Server Error","reason":"`+strings.Repeat("x\\u0007", 500)+`"}`), 0, "", 0},
		{"html", webPage(200, "text/html", "<html>"), 0, "!unreadable queues: it answers with a web page, not with the management API", 0},
		{"garbage after a queue", says(200, first+`,@`), 0, "!unreadable queues (1 of 5 read): the answer is not JSON", 1},
		{"cut after a queue", says(200, first), 0, "!unreadable queues (1 of 5 read): the connection was closed in the middle", 1},
		{"no list", says(200, `"queues"`), 0, "!unreadable queues: the answer is no list", 0},
		{"a page without items", says(200, `{"page":1}`), 0, "!unreadable queues: the answer is no list", 0},
		{"deep nesting", says(200, first+`,{"arguments":`+strings.Repeat("[", 100_000)), 0, "!unreadable queues (1 of 5 read): the answer is not JSON", 1},
		{"one endless item", func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprint(w, first, `,{"name":"`)
			for r.Context().Err() == nil {
				if _, err := fmt.Fprint(w, strings.Repeat("x", 1<<16)); err != nil {
					return
				}
			}
		}, 0, "!unreadable queues (1 of 5 read): one item of the answer is longer than 4 MB", 1},
		{"endless list", endless(`{"name":"first","vhost":"/"},`), 0, "!unreadable queues (1 of 5 read): the budget of 200 requests and 5 MB of answers is spent", 1},
		{"endless spaces", endless("          "), 0, "!unreadable queues: the budget of 200 requests and 5 MB of answers is spent", 0},
		{"stall", stall(first), time.Second, "!timeout queues (1 of 5 read): no answer within 1 s -> more time: --timeout", 1},
		{"stall before the answer", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, time.Second,
			"!timeout queues: no answer within 1 s -> more time: --timeout", 0},
		{"hidden", says(403, ""), 0, `!permission queues: hidden from "monitor": 403 Forbidden -> a read-only user that may see it: qaudit explain rabbitmq`, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t, "4.0")
			f.set("queues", c.answer)
			o := options()
			o.Budget = target.Budget{Requests: 200, Bytes: 5 << 20}
			if c.timeout > 0 {
				o.Timeout = c.timeout
			}
			s := f.look(t, o, f.target(t), live.Full)
			lines := gapLines(s)
			i := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, " queues") && !strings.Contains(l, "vhost") })
			if i < 0 || c.gap != "" && lines[i] != c.gap {
				t.Fatalf("gaps %q, want %q", lines, c.gap)
			}
			if len(lines[i]) > 250 || strings.ContainsAny(lines[i], "\x07\n") {
				t.Errorf("the gap is %q", lines[i])
			}
			if c.queues == 0 && (s.Brief() != "queues could not be read" || s.Result().Input.Summary != "1 node") {
				t.Errorf("brief %q, summary %q", s.Brief(), s.Result().Input.Summary)
			}
			snap := snapshot(t, s)
			if n := len(snap.Last().Queues); n != c.queues {
				t.Errorf("%d queues, want %d", n, c.queues)
			}
			if seen := snap.Topology.Seen["/"]; seen.Queues == "" || seen.Exchanges != "" {
				t.Errorf("seen %+v: absence of a queue would be believed", seen)
			}
			if len(snap.Topology.Exchanges) != 8 || !snap.Last().Channels.Present() {
				t.Error("a broken part took others with it")
			}
		})
	}
}

func TestTimeoutOfSeveralParts(t *testing.T) {
	f := newFake(t, "4.0")
	for _, path := range []string{"bindings", "policies", "consumers"} {
		f.set(path, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	}
	o := options()
	o.Timeout = 500 * time.Millisecond
	s := f.look(t, o, f.target(t), live.Full)
	lines := gapLines(s)
	i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "!timeout") })
	if i < 0 || !strings.HasPrefix(lines[i], "!timeout bindings, ") || !strings.HasSuffix(lines[i], ": no answer within 0.5 s -> more time: --timeout") {
		t.Errorf("gaps %q", lines)
	}
	if snap := snapshot(t, s); snap.Last().Consumers.Why() != "no answer within 0.5 s" {
		t.Errorf("consumers: %q: rules are not tied to the gap", snap.Last().Consumers.Why())
	}
}

func TestStoppedByThePerson(t *testing.T) {
	f := newFake(t, "4.0")
	ctx, stop := context.WithCancel(t.Context())
	f.set("queues", func(_ http.ResponseWriter, r *http.Request) {
		stop()
		<-r.Context().Done()
	})
	s, err := Open(t.Context(), f.target(t), options())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Look(ctx, live.Full); err != nil {
		t.Fatal(err)
	}
	if lines := gapLines(s); !strings.Contains(lines[0], "stopped") {
		t.Errorf("gaps %q", lines)
	}
}

// TestOnlyReadableRequests: no way leads around the list of what an audit asks for.
func TestOnlyReadableRequests(t *testing.T) {
	var arrived []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { arrived = append(arrived, r.Method+" "+r.URL.String()) }))
	defer server.Close()
	f := &fake{Server: server}
	x := f.target(t)
	s, err := connect(x, x.Endpoints[0], options().WithDefaults())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, path := range []string{"aliveness-test/%2F", "healthchecks/node", "queues/%2F/q/get", "queues/%2F/q", "rebalance/queues", "reset",
		"auth/hash_password/x", "definitions", "users/guest", "overview/..", "queues/%2F/..", "../x", "whoami/x", "exchanges/%2F/e/publish", "health/checks/alarms/../../x"} {
		if resp, err := s.client.ask(t.Context(), path, ""); err == nil {
			_ = resp.Body.Close()
			t.Errorf("%s was asked for", path)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/api/overview", nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := s.client.http.Do(req); err == nil {
			_ = resp.Body.Close()
			t.Errorf("%s was sent", method)
		}
	}
	if len(arrived) > 0 {
		t.Errorf("arrived: %q", arrived)
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{"orders": "orders", "/": "/", "a b": "'a b'", "it's": `'it'\''s'`, "": "''", "$x": "'$x'",
		"a\nb'\\": `$'a\x0ab\'\\'`, "юз": "'юз'"} {
		if got := quote(in); got != want {
			t.Errorf("quote(%q) = %s, want %s", in, got, want)
		}
	}
}
