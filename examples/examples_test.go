// Package examples holds two shops with queues: one with the usual mistakes,
// one without. Here an audit has to tell them apart.
package examples

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

type finding struct {
	Rule     string
	Severity string
	Subject  struct{ Display string }
	Evidence []struct {
		Kind, File string
		Line       int
	}
}

func (f finding) String() string { return f.Severity + " " + f.Rule + " " + f.Subject.Display }

func TestShops(t *testing.T) {
	qaudit := filepath.Join(t.TempDir(), "qaudit")
	if out, err := exec.Command("go", "build", "-o", qaudit, "qaudit/cmd/qaudit").CombinedOutput(); err != nil {
		t.Fatalf("build qaudit: %v\n%s", err, out)
	}
	found := audit(t, qaudit, "shop")
	t.Run("the mistakes of shop are found", func(t *testing.T) { mistakesAreFound(t, found) })
	t.Run("the tour is true", func(t *testing.T) { tourIsTrue(t, found) })
	t.Run("shop-right is right", func(t *testing.T) { nothingIsWrong(t, audit(t, qaudit, "shop-right")) })
}

// audit runs qaudit on a shop and its recording. Rules that are only shown
// with --preview are asked for as well.
func audit(t *testing.T, qaudit, shop string) []finding {
	t.Helper()
	cmd := exec.Command(qaudit, "audit", shop, filepath.Join(shop, shop+".qaudit"),
		"--preview", "--no-baseline", "--fail-on", "never", "--format", "json")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatalf("run qaudit: %v", err)
	}
	var report struct {
		Findings []finding
		Inputs   []struct {
			Name  string
			Files int
		}
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("read the report: %v\n%s", err, said.String())
	}
	if len(report.Inputs) != 2 {
		t.Fatalf("%d inputs were read, want the shop and its recording: %+v", len(report.Inputs), report.Inputs)
	}
	return report.Findings
}

// planted are mistakes of shop that an audit finds: at file the text is, "" for
// what only the broker shows.
var planted = []struct{ rule, subject, file, text string }{
	{"rabbitmq/requeue-loop", "orders.new", "stock/index.ts", "channel.nack(msg!);"},
	{"rabbitmq/prefetch-unlimited", "orders.new", "stock/index.ts", "channel.consume("},
	{"rabbitmq/no-error-listener", "", "stock/index.ts", "connect(url)"},
	{"rabbitmq/declare-mismatch", "notifications.push", "notifications/index.ts", "messageTtl"},
	{"rabbitmq/ack-before-work", "notifications.push", "notifications/index.ts", "channel.ack(msg);"},
	{"rabbitmq/no-consumers", "notifications.push", "", ""},
	{"rabbitmq/no-consumers", "analytics.events", "", ""},
	{"rabbitmq/no-consumers", "mail.bulk", "", ""},
	{"rabbitmq/unroutable-dropped", "", "", ""},
	{"rabbitmq/auto-ack", "payments.charge", "payments/worker.py", "auto_ack=True"},
	{"rabbitmq/ack-in-finally", "payments.refund", "payments/refunds.py", "channel.basic_ack("},
	{"rabbitmq/connection-per-message", "", "orders/events.py", "pika.BlockingConnection("},
	{"rabbitmq/publish-unconfirmed", "", "orders/app.py", `events.emit("order.placed"`},
	{"rabbitmq/transient-messages", "", "orders/app.py", `events.emit("order.placed"`},
	{"rabbitmq/dead-letter-exchange-missing", "orders.paid", "", ""},
	{"rabbitmq/dead-letter-queue-unwatched", "shop.dead", "", ""},
	{"rabbitmq/dead-letter-queue-unbounded", "shop.dead", "", ""},
	{"rabbitmq/policy-overlap", "dead-letters", "", ""},
	{"rabbitmq/policy-matches-nothing", "analytics-limits", "", ""},
	{"rabbitmq/no-dead-letter", "payments.charge", "", ""},
	{"rabbitmq/loopback-users-none", "", "rabbitmq/rabbitmq.conf", "loopback_users"},
	{"rabbitmq/plain-password-in-definitions", "", "rabbitmq/definitions.json", `"wq8Lr2vN"`},
	{"rabbitmq/broker-without-volume", "", "compose.yaml", "image: rabbitmq"},
	{"rabbitmq/image-unpinned", "", "compose.yaml", "image: rabbitmq"},
	{"celery/rabbitmq-consumer-timeout", "mail.tasks.remind_payment", "orders/app.py", "countdown="},
	{"celery/no-time-limit", "mail", "mail/app.py", "app = Celery("},
	{"celery/io-no-timeout", "mail.tasks.send_receipt", "mail/tasks.py", "requests.post("},
	{"celery/retry-infinite", "mail.tasks.render_invoice", "mail/tasks.py", "max_retries=None"},
	{"celery/autoretry-no-backoff", "mail.tasks.render_invoice", "mail/tasks.py", "autoretry_for"},
	{"celery/late-ack-worker-lost", "mail", "mail/app.py", "app = Celery("},
	{"celery/rabbitmq-no-publish-confirm", "mail", "mail/app.py", "app = Celery("},
	{"celery/shell-eats-sigterm", "mail", "compose.yaml", "celery -A mail.app"},
}

func mistakesAreFound(t *testing.T, found []finding) {
	for _, p := range planted {
		lines := linesWith(t, filepath.Join("shop", p.file), p.text)
		shown := func(f finding) bool {
			if f.Rule != p.rule || p.subject != "" && f.Subject.Display != p.subject {
				return false
			}
			if p.file == "" {
				return true
			}
			for _, e := range f.Evidence {
				if filepath.ToSlash(e.File) == "shop/"+p.file && slices.Contains(lines, e.Line) {
					return true
				}
			}
			return false
		}
		if !slices.ContainsFunc(found, shown) {
			t.Errorf("not found: %s of %q at %q in %s", p.rule, p.subject, p.text, p.file)
		}
	}
}

// linesWith gives the numbers of the lines that hold a text.
func linesWith(t *testing.T, file, text string) []int {
	t.Helper()
	if text == "" {
		return nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []int
	n := 0
	for line := range strings.Lines(string(content)) {
		n++
		if strings.Contains(line, text) {
			lines = append(lines, n)
		}
	}
	if lines == nil {
		t.Fatalf("%s has no %q", file, text)
	}
	return lines
}

// tolerated are findings of shop-right that are no mistake of the shop.
var tolerated = map[string]string{
	"rabbitmq/erlang-unsupported": "the recorded broker is Debian's, with Debian's Erlang",
	"rabbitmq/heartbeat-off":      "Celery gives the connections that it only publishes on no heartbeat",
}

// nothingIsWrong allows low findings, and those that are tolerated.
func nothingIsWrong(t *testing.T, found []finding) {
	for _, f := range found {
		if _, ok := tolerated[f.Rule]; !ok && slices.Contains([]string{"critical", "high", "medium"}, f.Severity) {
			t.Errorf("found in shop-right: %s %+v", f, f.Evidence)
		}
	}
}

// tourIsTrue holds the tour to the report: what it walks through is found,
// and the lines that it quotes stand where it says.
func tourIsTrue(t *testing.T, found []finding) {
	tour, err := os.ReadFile(filepath.Join("..", "docs", "tour.md"))
	if err != nil {
		t.Fatal(err)
	}
	rules := regexp.MustCompile("`((?:rabbitmq|celery)/[a-z-]+)`").FindAllSubmatch(tour, -1)
	if len(rules) < 20 {
		t.Fatalf("the tour names %d rules, want at least 20", len(rules))
	}
	for _, m := range rules {
		named := func(f finding) bool { return f.Rule == string(m[1]) }
		if !slices.ContainsFunc(found, named) {
			t.Errorf("the tour shows %s, which is not found", m[1])
		}
	}
	quote := regexp.MustCompile("(?m)^ {4,6}(shop(?:-right)?/[^ :]+):([0-9]+)  +(.+)$")
	quotes := quote.FindAllSubmatch(tour, -1)
	if len(quotes) < 15 {
		t.Fatalf("the tour quotes %d lines, want at least 15", len(quotes))
	}
	for _, m := range quotes {
		file, line, text := string(m[1]), string(m[2]), string(m[3])
		if got := lineOf(t, file, line); !strings.Contains(got, text) {
			t.Errorf("%s:%s is %q, the tour says %q", file, line, got, text)
		}
	}
}

func lineOf(t *testing.T, file, line string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(content), "\n")
	if n < 1 || n > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[n-1])
}
