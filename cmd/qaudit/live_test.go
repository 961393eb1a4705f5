package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"qaudit/internal/report"
	"qaudit/internal/rule"
	"qaudit/testbed"
	"qaudit/testbed/plant"
)

// besides are findings of medium or above that a planted fault brings with it: the bare
// queue of most faults has no dead-letter exchange and no limit, nobody reads it.
var besides = map[string][]string{
	"f10": {"rabbitmq/dead-letter-queue-unwatched"},
	"f15": {"rabbitmq/dead-letter-queue-unbounded", "rabbitmq/delivery-limit-absent"},
	"f16": {"rabbitmq/delivery-limit-absent"},
	"f17": {"rabbitmq/delivery-limit-without-dlx", "rabbitmq/delivery-limit-absent"},
	"f43": {"rabbitmq/dead-letter-queue-unbounded"},
}

// everywhere are findings that any planted queue brings with it, and that are right.
var everywhere = []string{"rabbitmq/no-dead-letter", "rabbitmq/no-max-length", "rabbitmq/no-consumers"}

// aboutTheBroker are rules on versions and support, and on the testbed's own plain-text,
// single-node setting: they hold for every broker of the testbed.
var aboutTheBroker = []string{"rabbitmq/eol-version", "rabbitmq/erlang-unsupported"}

// generations are those that the run covers: QAUDIT_GENERATIONS=4.3,3.10, or all.
func generations() []testbed.Generation {
	names := os.Getenv("QAUDIT_GENERATIONS")
	if names == "" {
		return testbed.Generations()
	}
	var out []testbed.Generation
	for _, n := range strings.Split(names, ",") {
		if g, err := testbed.ParseGeneration(n); err == nil {
			out = append(out, g)
		}
	}
	return out
}

// auditLive audits as a user would and returns the document.
func auditLive(t *testing.T, args []string, user testbed.User) *report.Document {
	t.Helper()
	t.Chdir(t.TempDir())
	var out, errs bytes.Buffer
	a := app()
	a.Stdout, a.Stderr = &out, &errs
	a.Terminal = func(any) (int, bool) { return 0, false }
	a.Env = func(name string) (string, bool) {
		if name == "QAUDIT_PASSWORD" {
			return user.Password, true
		}
		return "", false
	}
	code := a.Run(append(append([]string{"audit"}, args...), "--format", "json", "--fail-on", "never"))
	if code == 2 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	var d report.Document
	if err := json.Unmarshal(out.Bytes(), &d); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	return &d
}

func withUser(url string, u testbed.User) string {
	return strings.Replace(url, "://", "://"+u.Name+"@", 1)
}

// TestLivePlanted plants the faults that fit into vhosts of their own together, audits
// once, and asks that each is found and nothing else of medium or above.
func TestLivePlanted(t *testing.T) {
	for _, g := range generations() {
		t.Run(string(g), func(t *testing.T) {
			b := testbed.ForTest(t, plant.GoodSpec(g, 1))
			var planted []plant.Fault
			for _, f := range plant.Faults() {
				if f.Phase != plant.InVHost || f.Why(g, 1) != "" {
					continue
				}
				stop, err := f.Plant(t.Context(), b, f.Name)
				if err != nil {
					t.Fatalf("%s: %v", f.Name, err)
				}
				t.Cleanup(func() { stop() })
				planted = append(planted, f)
			}
			time.Sleep(25 * time.Second) // statistics of quorum queues take 10 s, rates 11 s more
			d := auditLive(t, []string{withUser(b.Management(0), b.Admin), "--sample", "61s"}, b.Admin)
			byVHost := findingsByVHost(d)
			for _, f := range planted {
				found := byVHost[f.Name]
				for _, x := range d.Findings { // users belong to no vhost
					if x.Subject.Kind == "user" && slices.ContainsFunc(f.Expectations(g), func(e plant.Expected) bool { return e.Subject == x.Subject.Name }) {
						found = append(found, x)
					}
				}
				t.Run(f.Name, func(t *testing.T) {
					if len(f.Files) > 0 { // names in code join one vhost only where it is the one that is read
						d := auditLive(t, []string{write(t, f.Files), withUser(b.Management(0), b.Admin), "--vhost", f.Name, "--sample", "0"}, b.Admin)
						found = append(found, findingsByVHost(d)[f.Name]...)
					}
					judgeFault(t, f, g, found)
				})
			}
		})
	}
}

// write makes a source tree of files.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		p := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func findingsByVHost(d *report.Document) map[string][]report.Finding {
	out := map[string][]report.Finding{}
	for _, f := range d.Findings {
		scope := strings.Fields(f.Subject.Scope)
		vhost := ""
		if len(scope) > 0 {
			vhost = scope[len(scope)-1]
		}
		out[vhost] = append(out[vhost], f)
	}
	return out
}

func judgeFault(t *testing.T, f plant.Fault, g testbed.Generation, found []report.Finding) {
	var want []string
	for _, e := range f.Expectations(g) {
		want = append(want, e.Rule)
		if !slices.ContainsFunc(found, func(x report.Finding) bool {
			return x.Rule == e.Rule && (e.Subject == "" || x.Subject.Name == e.Subject)
		}) {
			t.Errorf("%s: %s on %q was not found", f.Title, e.Rule, e.Subject)
		}
	}
	for _, x := range found {
		switch {
		case x.Severity < rule.Medium, slices.Contains(want, x.Rule), slices.Contains(everywhere, x.Rule), slices.Contains(besides[f.Name], x.Rule):
		default:
			t.Errorf("%s: unexpected %v %s on %s: %s", f.Title, x.Severity, x.Rule, x.Subject.Name, x.Message)
		}
	}
	for _, n := range f.Never {
		for _, x := range found {
			if x.Rule == n.Rule && (n.Subject == "" || n.Subject == x.Subject.Name) {
				t.Errorf("%s: %s on %s is wrong", f.Title, x.Rule, x.Subject.Name)
			}
		}
	}
}

// TestLiveGood audits the topology in which nothing is wrong, under traffic.
func TestLiveGood(t *testing.T) {
	for _, g := range generations() {
		t.Run(string(g), func(t *testing.T) {
			b := testbed.ForTest(t, plant.GoodSpec(g, 1))
			stop, err := plant.Good(t.Context(), b)
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			time.Sleep(25 * time.Second)
			least, err := b.LeastUser(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for name, u := range map[string]testbed.User{"administrator": b.Admin, "least": least} {
				d := auditLive(t, []string{withUser(b.Management(0), u), "--sample", "20s"}, u)
				for _, x := range d.Findings {
					if x.Severity >= rule.Medium && !slices.Contains(aboutTheBroker, x.Rule) {
						t.Errorf("%s: %v %s on %s: %s", name, x.Severity, x.Rule, x.Subject.Display, x.Message)
					}
				}
				if !d.Complete {
					t.Errorf("%s: not complete: %+v", name, d.NotChecked)
				}
			}
		})
	}
}

// TestLiveHarmless compares a quiet broker before and after.
func TestLiveHarmless(t *testing.T) {
	b := testbed.ForTest(t, plant.GoodSpec(testbed.RabbitMQ43, 1))
	ctx := t.Context()
	for i := range 5 {
		if err := b.API().PutQueue(ctx, "/", fmt.Sprintf("quiet.%d", i), nil); err != nil {
			t.Fatal(err)
		}
	}
	least, err := b.LeastUser(ctx)
	if err != nil {
		t.Fatal(err)
	}
	before := state(ctx, t, b)
	auditLive(t, []string{withUser(b.Management(0), least), "--sample", "2s"}, least)
	if after := state(ctx, t, b); before != after {
		t.Errorf("the broker changed:\n%s\n%s", before, after)
	}
}

// state is the definitions and depths of a broker, in a stable order.
func state(ctx context.Context, t *testing.T, b *testbed.Broker) string {
	t.Helper()
	var defs map[string]any
	if err := b.API().Do(ctx, "GET", []string{"definitions"}, nil, &defs); err != nil {
		t.Fatal(err)
	}
	var queues []struct {
		Name, VHost string
		Messages    int
		Consumers   int
	}
	if err := b.API().Do(ctx, "GET", []string{"queues"}, nil, &queues); err != nil {
		t.Fatal(err)
	}
	sort.Slice(queues, func(i, j int) bool { return queues[i].VHost+queues[i].Name < queues[j].VHost+queues[j].Name })
	out, err := json.Marshal([]any{defs, queues})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
