package rabbitmq

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"qaudit/internal/collect/live"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/target"
)

// fake answers as the broker whose answers an archive holds, to the user monitor with the
// password hunter2.
type fake struct {
	*httptest.Server
	answers map[string]answer
	want    string

	mu sync.Mutex
	// instead answers a path in place of the archive.
	instead map[string]http.HandlerFunc
	asked   []string // paths with their queries, in order
}

type answer struct {
	status int
	body   string
}

const (
	user     = "monitor"
	password = "hunter2"
)

func newFake(t testing.TB, archive string) *fake {
	t.Helper()
	file, err := txtar.ParseFile(filepath.Join("testdata", archive+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{answers: map[string]answer{}, instead: map[string]http.HandlerFunc{}}
	for _, part := range file.Files {
		path, status, ok := strings.Cut(part.Name, " ")
		if !ok {
			f.want = string(part.Data)
			continue
		}
		n, err := strconv.Atoi(status)
		if err != nil {
			t.Fatal(err)
		}
		f.answers[path] = answer{n, string(part.Data)}
	}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/api/")
	f.mu.Lock()
	f.asked = append(f.asked, strings.TrimSuffix(path+"?"+r.URL.RawQuery, "?"))
	instead := f.instead[path]
	f.mu.Unlock()
	name, pass, given := r.BasicAuth()
	switch a, ok := f.answers[path]; {
	case instead != nil:
		instead(w, r)
	case !given:
		w.Header().Set("WWW-Authenticate", `Basic realm="RabbitMQ Management"`)
		w.WriteHeader(http.StatusUnauthorized)
	case name != user || pass != password:
		says(401, `{"error":"not_authorized","reason":"Not_Authorized"}`)(w, r)
	case !ok:
		says(404, `{"error":"Object Not Found","reason":"Not Found"}`)(w, r)
	default:
		says(a.status, a.body)(w, r)
	}
}

// says answers with a status and JSON.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
	}
}

// set answers a path differently from now on.
func (f *fake) set(path string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.instead[path] = h
}

// requests are the paths asked for since it was last called.
func (f *fake) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.asked
	f.asked = nil
	return out
}

// at is the time of all looks.
var at = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func options() live.Options {
	return live.Options{Timeout: 20 * time.Second, Now: func() time.Time { return at }}
}

// target is the fake as a target, narrowed to vhosts.
func (f *fake) target(t testing.TB, vhosts ...string) *target.Target {
	t.Helper()
	x, err := target.Parse(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	x.Login = target.Login{User: user, Password: target.NewSecret(password)}
	x.AMQP = "" // nobody else's broker
	x.Narrow(vhosts...)
	return x
}

// look opens the fake and looks once for each depth.
func (f *fake) look(t testing.TB, o live.Options, x *target.Target, depths ...live.Depth) *Session {
	t.Helper()
	s, err := Open(t.Context(), x, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	for _, d := range depths {
		if err := s.Look(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// snapshot is the part that a session read.
func snapshot(t testing.TB, s *Session) *rabbitmq.Snapshot {
	t.Helper()
	r := s.Result()
	if len(r.Parts) != 1 {
		t.Fatalf("%d parts", len(r.Parts))
	}
	return r.Parts[0].(*rabbitmq.Snapshot)
}

// gapLines are the gaps, a line each; "!" marks those that make a run incomplete.
func gapLines(s *Session) (out []string) {
	for _, g := range s.Result().Gaps {
		mark := ""
		if g.Incomplete {
			mark = "!"
		}
		line := fmt.Sprintf("%s%s %s: %s", mark, g.Kind, g.What, g.Why)
		if g.Needs != "" {
			line += " -> " + g.Needs
		}
		out = append(out, line)
	}
	return out
}
