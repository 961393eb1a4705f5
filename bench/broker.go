package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"qaudit/testbed"
)

// Limits that a run is held to.
const (
	maxRatio = 1.3       // wall time of an audit, against the bare client
	maxRSS   = 300 << 20 // bytes resident
)

func broker(ctx context.Context, generation string, queues, connections, pairs int) error {
	dir, err := os.MkdirTemp("", "qaudit-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	bin, err := build(ctx, dir)
	if err != nil {
		return err
	}
	g, err := testbed.ParseGeneration(generation)
	if err != nil {
		return err
	}
	fmt.Printf("starting RabbitMQ %s with %d queues\n", generation, queues)
	b, err := testbed.Start(ctx, testbed.Spec{Generation: g, Definitions: definitions(queues), KeepGuest: true, Log: os.Stderr})
	if err != nil {
		return err
	}
	defer b.Stop()
	closeAll, err := connect(b, connections)
	if err != nil {
		return err
	}
	defer closeAll()
	fmt.Println("waiting for the statistics of all connections")
	if err := settled(ctx, b, queues, connections); err != nil {
		return err
	}
	user, err := b.LeastUser(ctx)
	if err != nil {
		return err
	}
	return compare(ctx, b, bin, user, pairs)
}

// definitions has queues of which half carry two arguments.
func definitions(n int) []byte {
	type queue struct {
		Name       string         `json:"name"`
		VHost      string         `json:"vhost"`
		Durable    bool           `json:"durable"`
		AutoDelete bool           `json:"auto_delete"`
		Arguments  map[string]any `json:"arguments"`
	}
	var qs []queue
	for i := range n {
		args := map[string]any{}
		if i%2 == 0 {
			args = map[string]any{"x-message-ttl": 600_000, "x-max-length": 10_000}
		}
		qs = append(qs, queue{Name: fmt.Sprintf("tenant.%05d.work", i), VHost: "/", Durable: true, Arguments: args})
	}
	out, err := json.Marshal(map[string]any{"vhosts": []map[string]string{{"name": "/"}}, "queues": qs})
	if err != nil {
		panic(err) // plain data
	}
	return out
}

// connect opens connections with a channel each.
func connect(b *testbed.Broker, n int) (closeAll func(), err error) {
	var open []*amqp.Connection
	closeAll = func() {
		for _, c := range open {
			c.Close()
		}
	}
	for i := range n {
		c, err := amqp.DialConfig(b.AMQP(0, b.Admin, "/"), amqp.Config{Heartbeat: time.Minute,
			Properties: amqp.Table{"connection_name": fmt.Sprintf("worker-%d", i)}})
		if err != nil {
			closeAll()
			return nil, fmt.Errorf("connection %d: %w", i, err)
		}
		open = append(open, c)
		if _, err := c.Channel(); err != nil {
			closeAll()
			return nil, fmt.Errorf("channel %d: %w", i, err)
		}
	}
	return closeAll, nil
}

// settled waits until the statistics know everything, two minutes at most.
func settled(ctx context.Context, b *testbed.Broker, queues, connections int) error {
	for range 60 {
		var totals struct {
			Objects struct{ Queues, Connections, Channels int } `json:"object_totals"`
		}
		if err := b.API().Do(ctx, http.MethodGet, []string{"overview"}, nil, &totals); err != nil {
			return err
		}
		if totals.Objects.Queues >= queues && totals.Objects.Connections >= connections && totals.Objects.Channels >= connections {
			time.Sleep(10 * time.Second) // one more interval of statistics
			return nil
		}
		time.Sleep(2 * time.Second)
	}
	return fmt.Errorf("the statistics did not settle within two minutes")
}

// recorder passes requests on and keeps their URLs.
type recorder struct {
	proxy *httputil.ReverseProxy
	base  string
	mu    sync.Mutex
	urls  []string
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	r.urls = append(r.urls, r.base+req.URL.RequestURI())
	r.mu.Unlock()
	r.proxy.ServeHTTP(w, req)
}

// compare learns what an audit asks for, then times it against a bare client.
func compare(ctx context.Context, b *testbed.Broker, bin string, user testbed.User, pairs int) error {
	base := b.Management(0)
	audit := func(at string) *exec.Cmd {
		named, _ := url.Parse(at)
		named.User = url.User(user.Name)
		cmd := exec.CommandContext(ctx, bin, "audit", named.String(), "--sample", "0", "-f", "json")
		cmd.Env = append(os.Environ(), "QAUDIT_PASSWORD="+user.Password)
		cmd.Dir = os.TempDir()
		return cmd
	}
	to, err := url.Parse(base)
	if err != nil {
		return err
	}
	rec := &recorder{proxy: httputil.NewSingleHostReverseProxy(to), base: base}
	server := httptest.NewServer(rec)
	defer server.Close()
	learn := audit(server.URL)
	var report, stderr bytes.Buffer
	learn.Stdout, learn.Stderr = &report, &stderr
	if _, err := timed(learn, 1); err != nil {
		return fmt.Errorf("%w\n%s", err, stderr.String())
	}
	urls := rec.urls
	var doc struct {
		Inputs []struct {
			Requests int
			Bytes    int64
		}
	}
	if err := json.Unmarshal(report.Bytes(), &doc); err != nil || len(doc.Inputs) == 0 {
		return fmt.Errorf("cannot read the report: %w", err)
	}
	fmt.Printf("an audit makes %d requests and reads %.1f MB\n", doc.Inputs[0].Requests, float64(doc.Inputs[0].Bytes)/(1<<20))

	self, err := os.Executable()
	if err != nil {
		return err
	}
	bare := func() *exec.Cmd {
		cmd := exec.CommandContext(ctx, self, "fetch")
		cmd.Stdin = strings.NewReader(strings.Join(urls, "\n"))
		cmd.Env = append(os.Environ(), "BENCH_USER="+user.Name, "BENCH_PASSWORD="+user.Password)
		return cmd
	}
	var ratios []float64
	var rss int64
	for i := range pairs {
		before := cpu(ctx, b)
		c, err := timed(bare(), 0)
		if err != nil {
			return err
		}
		between := cpu(ctx, b)
		a, err := timed(audit(base), 1)
		if err != nil {
			return err
		}
		after := cpu(ctx, b)
		ratios = append(ratios, a.wall.Seconds()/c.wall.Seconds())
		rss = max(rss, a.rss)
		fmt.Printf("pair %d: bare %.2f s (broker %.2f s CPU), audit %.2f s (broker %.2f s CPU), ratio %.2f, %d MB resident\n",
			i+1, c.wall.Seconds(), between-before, a.wall.Seconds(), after-between, a.wall.Seconds()/c.wall.Seconds(), a.rss>>20)
	}
	fmt.Printf("median ratio %.2f (at most %.1f), at most %d MB resident (limit %d)\n", median(ratios), maxRatio, rss>>20, maxRSS>>20)
	if median(ratios) > maxRatio || rss > maxRSS {
		return fmt.Errorf("over the limit")
	}
	return nil
}

// cpu is the CPU time that the broker's VM has used, in seconds.
func cpu(ctx context.Context, b *testbed.Broker) float64 {
	out, err := b.Ctl(ctx, "eval", "element(1, erlang:statistics(runtime)).")
	if err != nil {
		return 0
	}
	ms, _ := strconv.ParseFloat(strings.TrimSpace(out), 64)
	return ms / 1000
}

// concurrency is how many requests the driver has under way at most.
const concurrency = 4

// fetch asks for the URLs of in as the driver does, and discards the bodies.
func fetch(ctx context.Context, in io.Reader) error {
	urls := make(chan string)
	errs := make(chan error, 1)
	var wg sync.WaitGroup
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: concurrency, MaxConnsPerHost: concurrency}}
	for range concurrency {
		wg.Go(func() {
			for u := range urls {
				if err := get(ctx, client, u); err != nil {
					select {
					case errs <- err:
					default:
					}
				}
			}
		})
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		urls <- lines.Text()
	}
	close(urls)
	wg.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return lines.Err()
	}
}

// get reads one answer; net/http asks for gzip and unpacks it by itself.
func get(ctx context.Context, client *http.Client, u string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth(os.Getenv("BENCH_USER"), os.Getenv("BENCH_PASSWORD"))
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
