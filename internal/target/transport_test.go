package target

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// client makes a client of the server at arg, with the password "hunter2".
func client(t *testing.T, arg string, o Options, options TLS) (*http.Client, *Transport) {
	t.Helper()
	x, err := Parse(arg)
	if err != nil {
		t.Fatal(err)
	}
	x.Login = Login{"monitor", NewSecret("hunter2")}
	x.TLS = options
	tr, err := x.NewTransport(x.Endpoints[0], o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tr.Close)
	return tr.Client(), tr
}

// get reads an answer whole.
func get(ctx context.Context, c *http.Client, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}

func server(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func TestCredentialsStayAtTheEndpoint(t *testing.T) {
	var mu sync.Mutex
	var leaked []string
	other := server(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		leaked = append(leaked, fmt.Sprint(r.URL, r.Header))
	})
	var home *httptest.Server
	home = server(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, other.URL+"/?token=hunter3", http.StatusFound)
		case "/slash":
			http.Redirect(w, r, home.URL+"/slash/", http.StatusMovedPermanently)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		default:
			fmt.Fprintf(w, "%s:%s", user, password)
		}
	})
	c, tr := client(t, home.URL, Options{}, TLS{})
	if got, err := get(t.Context(), c, home.URL+"/slash"); err != nil || got != "monitor:hunter2" {
		t.Errorf("a redirect within the endpoint: %q, %v", got, err)
	}
	if got, err := get(Anonymous(t.Context()), c, home.URL+"/x"); err != nil || got != ":" {
		t.Errorf("an anonymous request carries %q, %v", got, err)
	}
	_, err := get(t.Context(), c, home.URL+"/away")
	if e := Explain(err); e.Reason != Elsewhere || e.Words != "redirects to "+other.URL+", which was not named" {
		t.Errorf("a redirect away: %+v", e)
	}
	if _, err := get(t.Context(), c, home.URL+"/loop"); Explain(err).Reason != Elsewhere {
		t.Errorf("a loop of redirects: %v", err)
	}
	if _, err := get(t.Context(), c, other.URL); Explain(err).Reason != Elsewhere {
		t.Errorf("a request to another host: %v", err)
	}
	if mu.Lock(); len(leaked) > 0 {
		t.Errorf("another host was contacted: %s", leaked)
	}
	mu.Unlock()
	if used := tr.Used(); used.Requests != 2+1+1+1+maxRedirects {
		t.Errorf("%d requests counted", used.Requests)
	}
}

func TestOnlyGET(t *testing.T) {
	s := server(t, func(http.ResponseWriter, *http.Request) { t.Error("the request arrived") })
	c, tr := client(t, s.URL, Options{}, TLS{})
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"} {
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := c.Do(req); err == nil {
			_ = resp.Body.Close()
			t.Errorf("%s was sent", method)
		}
	}
	if tr.Used().Requests != 0 {
		t.Error("a refused request was counted")
	}
}

func zipped(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.Bytes()
}

func TestBudget(t *testing.T) {
	bomb := zipped(strings.Repeat("0", 4<<20))
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb)
		case "/not-gzip":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write([]byte("plain text"))
		case "/gzip":
			if r.Header.Get("Accept-Encoding") != "gzip" {
				t.Error("gzip was not asked for")
			}
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zipped("hello"))
		case "/endless":
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}
	})
	var lines []string
	c, tr := client(t, s.URL, Options{Budget: Budget{Requests: 5, Bytes: 1 << 20}, Trace: func(e Exchange) { lines = append(lines, e.String()) }}, TLS{})
	if got, err := get(t.Context(), c, s.URL+"/gzip"); err != nil || got != "hello" {
		t.Errorf("gzip: %q, %v", got, err)
	}
	if used := tr.Used().Bytes; used != int64(len(zipped("hello"))) {
		t.Errorf("%d bytes counted for a zipped answer", used)
	}
	if _, err := get(t.Context(), c, s.URL+"/not-gzip"); err == nil || !strings.Contains(err.Error(), "gzip") {
		t.Errorf("an answer that is not gzip: %v", err)
	}
	for _, path := range []string{"/bomb", "/endless"} {
		tr.Refill()
		over := (*BudgetError)(nil)
		if _, err := get(t.Context(), c, s.URL+path); !errors.As(err, &over) {
			t.Errorf("%s: %v", path, err)
		}
	}
	tr.Refill()
	for range 5 {
		if _, err := get(t.Context(), c, s.URL+"/"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := get(t.Context(), c, s.URL+"/"); Explain(err).Words != "the budget of 5 requests and 1 MB of answers is spent" {
		t.Errorf("a sixth request: %v", err)
	}
	if len(lines) != 9 {
		t.Errorf("%d exchanges traced: %q", len(lines), lines)
	}
	if !strings.HasPrefix(lines[0], "GET "+s.URL+"/gzip: 200, ") || !strings.HasSuffix(lines[3], ": the budget of 5 requests and 1 MB of answers is spent") {
		t.Errorf("traced as %q", lines)
	}
}

func TestExplain(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	speak := func(text string) string {
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
				_, _ = c.Read(make([]byte, 4096))
				_, _ = c.Write([]byte(text))
				_ = c.Close()
			}
		}()
		return l.Addr().String()
	}
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("ok")) }))
	t.Cleanup(secure.Close)
	secure.Config.ErrorLog = nil
	plain := server(t, func(http.ResponseWriter, *http.Request) {})
	stall := server(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, c := range []struct {
		name, url string
		ctx       context.Context
		want      Reason
		words     string
	}{
		{"closed port", closed.URL, t.Context(), Refused, "connection refused"},
		{"no host", "http://nosuchhost.invalid", t.Context(), NoHost, ""},
		{"AMQP", "http://" + speak("AMQP\x00\x00\x09\x01"), t.Context(), NotHTTP, "it answers as AMQP, not as HTTP"},
		{"garbage", "http://" + speak("hello\r\n\r\n"), t.Context(), NotHTTP, "it does not answer HTTP"},
		{"TLS alert", "http://" + speak("\x15\x03\x03\x00\x02\x02\x46"), t.Context(), NotHTTP, "it answers TLS, not plain HTTP"},
		{"closed at once", "http://" + speak(""), t.Context(), Cut, "the connection was closed in the middle"},
		{"cut body", "http://" + speak("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), t.Context(), Cut, "the connection was closed in the middle"},
		{"unknown authority", secure.URL, t.Context(), Untrusted, "its certificate is signed by an unknown authority"},
		{"plain where TLS", strings.Replace(plain.URL, "http:", "https:", 1), t.Context(), NotHTTP, "it does not answer TLS"},
		{"late", stall.URL, short, Late, "no answer in time"},
		{"stopped", plain.URL, stopped, Stopped, "stopped"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, _ := client(t, strings.Replace(c.url, "://", "://u:hunter2@", 1), Options{}, TLS{})
			_, err := get(c.ctx, h, c.url)
			if err == nil {
				t.Fatal("no error")
			}
			e := Explain(err)
			if e.Reason != c.want || c.words != "" && e.Words != c.words || strings.Contains(e.Words, "http:/") || strings.Contains(fmt.Sprintf("%+v", err), "hunter2") {
				t.Errorf("%+v of %v", e, err)
			}
		})
	}
}

func TestTLSOptions(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("ok")) }))
	t.Cleanup(s.Close)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ca := write("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})))
	for name, o := range map[string]TLS{"CA file": {CAFile: ca}, "insecure": {Insecure: true}} {
		c, _ := client(t, s.URL, Options{}, o)
		if got, err := get(t.Context(), c, s.URL); err != nil || got != "ok" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	none := filepath.Join(dir, "none")
	for want, o := range map[string]TLS{
		"read the CA file " + none + ": no such file or directory":                               {CAFile: none},
		"the CA file " + write("bad.pem", "x") + " holds no PEM certificate":                     {CAFile: filepath.Join(dir, "bad.pem")},
		"a key file without a certificate file: name --cert-file too":                            {KeyFile: none},
		"read the certificate " + none + " with its key " + none + ": no such file or directory": {CertFile: none},
	} {
		if _, err := o.Config(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if c, err := (TLS{}).Config(); err != nil || c.InsecureSkipVerify || c.MinVersion < tls.VersionTLS12 {
		t.Errorf("without options: %+v, %v", c, err)
	}
}

func TestProxy(t *testing.T) {
	var seen []string
	proxy := server(t, func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.URL.String())
		_, _ = w.Write([]byte("by proxy"))
	})
	through, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := client(t, "http://rabbit.invalid:15672", Options{Proxy: http.ProxyURL(through)}, TLS{})
	if got, err := get(t.Context(), c, "http://rabbit.invalid:15672/x"); err != nil || got != "by proxy" || fmt.Sprint(seen) != "[GET http://rabbit.invalid:15672/x]" {
		t.Errorf("%q, %v, the proxy saw %q", got, err, seen)
	}
	bad := func(*http.Request) (*url.URL, error) { return url.Parse("http://u:hunter2@h:port") }
	c, _ = client(t, "http://rabbit.invalid:15672", Options{Proxy: bad}, TLS{})
	if _, err := get(t.Context(), c, "http://rabbit.invalid:15672/x"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a bad proxy: %v", err)
	}
}
