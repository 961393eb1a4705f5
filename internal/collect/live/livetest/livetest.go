// Package livetest is what every driver has to pass against the real system: it reads and
// changes nothing, keeps to its budget and its time, and says what it could not see.
package livetest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"qaudit/internal/collect"
	"qaudit/internal/collect/live"
	"qaudit/internal/model"
	"qaudit/internal/target"
)

// Env is a real system that speaks HTTP, with something in it.
type Env struct {
	URL     string
	Version string       // how the version that it reports begins
	Least   target.Login // the published read-only user
	// Admin is a user that may do everything: even so, nothing is changed.
	Admin target.Login
	// State is all that an audit must leave as it is.
	State func(context.Context) (string, error)
	// Hide makes something that Least may not see, and tells the name that a gap has to
	// give it.
	Hide func(context.Context) (what string, err error)
}

// suite is one run.
type suite struct {
	driver live.Driver
	env    Env
	proxy  *httptest.Server

	mu       sync.Mutex
	requests []string // that came to the proxy: method and path
}

// Run runs the suite.
func Run(t *testing.T, d live.Driver, env Env) {
	s := &suite{driver: d, env: env}
	to, err := url.Parse(env.URL)
	if err != nil {
		t.Fatal(err)
	}
	reverse := httputil.NewSingleHostReverseProxy(to)
	s.proxy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
		s.mu.Unlock()
		reverse.ServeHTTP(w, r)
	}))
	t.Cleanup(s.proxy.Close)
	t.Run("ReadsWithLeastUser", s.readsWithLeastUser)
	t.Run("ChangesNothing", s.changesNothing)
	t.Run("SecondLookIsSmaller", s.secondLookIsSmaller)
	t.Run("KeepsToBudget", s.keepsToBudget)
	t.Run("KeepsToTime", s.keepsToTime)
	t.Run("WrongPassword", s.wrongPassword)
	t.Run("Recognises", s.recognises)
	t.Run("SaysWhatIsHidden", s.saysWhatIsHidden)
}

// since returns the requests that came since it was last called.
func (s *suite) since() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.requests
	s.requests = nil
	return out
}

func (s *suite) target(t *testing.T, l target.Login) *target.Target {
	t.Helper()
	x, err := target.Parse("conformance=" + s.proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	x.Login = l
	return x
}

// look opens a session and looks once.
func (s *suite) look(t *testing.T, l target.Login, o live.Options) live.Session {
	t.Helper()
	session, err := s.driver.Open(t.Context(), s.target(t, l), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	if err := session.Look(t.Context(), live.Full); err != nil {
		t.Fatal(err)
	}
	return session
}

func incomplete(r collect.Result) (out []string) {
	for _, g := range r.Gaps {
		if g.Incomplete {
			out = append(out, fmt.Sprintf("%s %s: %s", g.Kind, g.What, g.Why))
		}
	}
	return out
}

func (s *suite) readsWithLeastUser(t *testing.T) {
	s.since()
	traced := 0
	var mu sync.Mutex
	r := s.look(t, s.env.Least, live.Options{Trace: func(e target.Exchange) {
		mu.Lock()
		defer mu.Unlock()
		traced++
		if strings.Contains(e.String(), s.env.Least.Password.Reveal()) {
			t.Errorf("the password is in %s", e)
		}
	}}).Result()
	sent := s.since()
	if !strings.HasPrefix(r.Input.Version, s.env.Version) || r.Input.ID != "conformance" || r.Input.Kind != model.InputLive || r.Input.Summary == "" {
		t.Errorf("input %+v, want version %s", r.Input, s.env.Version)
	}
	if len(r.Parts) == 0 {
		t.Error("nothing was read")
	}
	for _, p := range r.Parts {
		if p.InputID() != r.Input.ID {
			t.Errorf("a part is of input %q", p.InputID())
		}
	}
	if gaps := incomplete(r); len(gaps) > 0 {
		t.Errorf("the read-only user does not see all: %q", gaps)
	}
	if r.Input.Requests != len(sent) || traced != len(sent) || r.Input.Bytes == 0 {
		t.Errorf("%d requests arrived, %d were counted, %d traced", len(sent), r.Input.Requests, traced)
	}
}

func (s *suite) changesNothing(t *testing.T) {
	before, err := s.env.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.since()
	for _, l := range []target.Login{s.env.Least, s.env.Admin} {
		session := s.look(t, l, live.Options{})
		if err := session.Look(t.Context(), live.Volatile); err != nil {
			t.Error(err)
		}
	}
	for _, r := range s.since() {
		if !strings.HasPrefix(r, "GET ") {
			t.Errorf("%s was sent", r)
		}
	}
	after, err := s.env.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if before != after {
		t.Errorf("the system was changed:\n%s\n%s", before, after)
	}
}

func (s *suite) secondLookIsSmaller(t *testing.T) {
	session := s.look(t, s.env.Least, live.Options{})
	first := session.Result().Input.Requests
	if err := session.Look(t.Context(), live.Volatile); err != nil {
		t.Fatal(err)
	}
	if second := session.Result().Input.Requests - first; second == 0 || second >= first {
		t.Errorf("the second look took %d requests, the first %d", second, first)
	}
	if session.Brief() == "" {
		t.Error("no words for what was seen")
	}
}

func (s *suite) keepsToBudget(t *testing.T) {
	const most = 5
	s.since()
	r := s.look(t, s.env.Least, live.Options{Budget: target.Budget{Requests: most, Bytes: 1 << 20}}).Result()
	if sent := s.since(); len(sent) > most+1 { // one to open
		t.Errorf("%d requests were sent", len(sent))
	}
	if len(r.Parts) == 0 || len(incomplete(r)) == 0 {
		t.Errorf("%d parts, gaps %q: what was got, and the gap, are wanted", len(r.Parts), incomplete(r))
	}
}

func (s *suite) keepsToTime(t *testing.T) {
	session, err := s.driver.Open(t.Context(), s.target(t, s.env.Least), live.Options{Timeout: time.Nanosecond})
	if err == nil {
		defer session.Close()
		err = session.Look(t.Context(), live.Full)
	}
	f := (*live.Failure)(nil)
	if !errors.As(err, &f) || f.Kind != model.GapTimeout {
		t.Errorf("without time: %v", err)
	}
}

func (s *suite) wrongPassword(t *testing.T) {
	const wrong = "not-the-password"
	s.since()
	_, err := s.driver.Open(t.Context(), s.target(t, target.Login{User: s.env.Least.User, Password: target.NewSecret(wrong)}), live.Options{})
	f := (*live.Failure)(nil)
	if !errors.As(err, &f) || f.Kind != model.GapPermission || f.Advice == "" {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(f.Error(), s.env.Least.User) || strings.Contains(f.Error(), wrong) {
		t.Errorf("the user is not named, or the password is: %s", f)
	}
	if sent := s.since(); len(sent) != 1 {
		t.Errorf("a wrong password was sent %d times", len(sent))
	}
}

// recognises: where the place was not typed, no password goes out before the system has
// shown who it is, and the system is recognised.
func (s *suite) recognises(t *testing.T) {
	x := s.target(t, s.env.Least)
	x.Endpoints[0].Derived = true
	session, err := s.driver.Open(t.Context(), x, live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	session.Close()
}

func (s *suite) saysWhatIsHidden(t *testing.T) {
	what, err := s.env.Hide(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := s.look(t, s.env.Least, live.Options{}).Result()
	for _, g := range r.Gaps {
		if g.Kind == model.GapPermission && g.Incomplete && strings.Contains(g.What, what) && g.Needs != "" && g.Input == r.Input.ID {
			return
		}
	}
	t.Errorf("no gap names %q: %q", what, incomplete(r))
}
