package rabbitmq

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"qaudit/internal/collect"
	"qaudit/internal/collect/live"
	"qaudit/internal/collect/live/recorded"
)

// large answers as a cluster of 10,000 queues and 2,000 connections, zipped as brokers do.
func large(t testing.TB) *fake {
	f := newFake(t, "4.0")
	list := func(n int, item string) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = strings.ReplaceAll(item, "NUMBER", fmt.Sprint(i))
		}
		return out
	}
	item := func(path, mark string) string {
		for _, line := range strings.Split(f.answers[path].body, "\n") {
			if strings.Contains(line, mark) {
				return strings.Replace(strings.Trim(line, ",]"), mark, strings.Replace(mark, "1", "-NUMBER", 1), 1)
			}
		}
		t.Fatalf("no %s in %s", mark, path)
		return ""
	}
	queues := list(10_000, item("queues", `"name":"classic1"`))
	connections := list(2000, item("connections", `"name":"127.0.0.1:50000`))
	channels := list(2000, item("channels", `"name":"127.0.0.1:50000 -> 127.0.0.1:5672 (1)`))
	bindings := list(10_000, item("bindings", `"destination":"classic1"`))
	f.set("overview", says(200, strings.NewReplacer(`"queues":5`, `"queues":10000`, `"connections":1,`, `"connections":2000,`).Replace(f.answers["overview"].body)))
	f.set("vhosts", says(200, `[{"name":"/"}]`))
	for path, items := range map[string][]string{"queues": queues, "connections": connections, "channels": channels, "bindings": bindings} {
		f.set(path, pages(items))
	}
	return f
}

func pages(items []string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body := "[" + strings.Join(items, ",") + "]"
		if p := r.URL.Query().Get("page"); p != "" {
			n := 0
			_, _ = fmt.Sscan(p, &n)
			part := items[(n-1)*pageSize : min(len(items), n*pageSize)]
			body = fmt.Sprintf(`{"items":[%s],"page":%d,"page_count":%d,"total_count":%d}`, strings.Join(part, ","), n,
				(len(items)+pageSize-1)/pageSize, len(items))
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write([]byte(body))
		_ = z.Close()
	}
}

// TestLargeClusterFitsInMemory: two looks at 10,000 queues keep less than 64 MB; an audit
// has 300.
func TestLargeClusterFitsInMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: reads 40,000 objects twice")
	}
	f := large(t)
	var said []string
	o := options()
	o.Timeout, o.Say = 2*time.Minute, func(s string) { said = append(said, s) }
	before := heap()
	s := f.look(t, o, f.target(t), live.Full, live.Volatile)
	r := s.Result()
	kept := heap() - before
	if snap := snapshot(t, s); len(snap.Topology.Queues) != 10_000 || len(snap.Last().Connections.Or(nil)) != 2000 {
		t.Fatalf("read %d queues, %d connections", len(snap.Topology.Queues), len(snap.Last().Connections.Or(nil)))
	}
	if kept > 64<<20 {
		t.Errorf("two looks keep %d MB", kept>>20)
	}
	if len(said) != 2 || !strings.HasPrefix(said[0], "10,000 queues: 20 pages, about ") {
		t.Errorf("said %q", said)
	}
	t.Logf("%d MB kept, %d requests, %d kB", kept>>20, r.Input.Requests, r.Input.Bytes>>10)
	var file bytes.Buffer
	if err := recorded.Write(&file, []collect.Result{r}, []recorded.Codec{Codec{}}, "test", at); err != nil {
		t.Fatal(err)
	}
	t.Logf("recorded in %d kB", file.Len()>>10)
	back, err := recorded.Read(&file, "x", []recorded.Codec{Codec{}})
	if err != nil {
		t.Fatal(err)
	}
	runtime.KeepAlive(r)
	runtime.KeepAlive(back)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
