package text

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"qaudit/internal/report"
	"qaudit/internal/rule"
)

var update = flag.Bool("update", false, "write the golden files anew")

func document() *report.Document {
	share := 0.81
	auto := report.Finding{Rule: "rabbitmq/auto-ack", Title: "A crash loses every message the worker holds", Status: "new",
		Severity: rule.Critical, Confidence: rule.Sure, Message: "payments.charge is consumed without acknowledgement: the broker forgets a message as it sends it",
		Subject: report.Subject{Kind: "queue", Name: "payments.charge", Display: "payments.charge", Count: 1},
		Evidence: []report.Evidence{
			{Kind: "code", File: "examples/shop/payments/worker.py", Line: 38, Column: 5, Excerpt: `channel.basic_consume("payments.charge", charge, auto_ack=True)`},
			{Kind: "live", Input: "shop.qaudit", Value: "615 delivered in 15 s, none acknowledged"}},
		Advice: "Acknowledge after the charge is stored, with auto_ack=False.", Docs: "qaudit explain rabbitmq/auto-ack"}
	d := &report.Document{Schema: report.Schema, Complete: true, DurationMS: 412, CheckedShare: &share,
		Inputs: []report.Input{
			{Kind: "source", Name: "examples/shop", Files: 61, FilesRead: 22, Languages: []string{"Python", "TypeScript"}},
			{Kind: "snapshot", Name: "shop.qaudit", System: "RabbitMQ", Version: "4.3.6", Summary: "1 node, 9 queues", RecordedAt: "2026-11-20T14:02:00Z"}},
		Grades:   map[string]report.Grade{"delivery": {Grade: "F"}, "failures": {Grade: "D"}, "capacity": {Grade: "B"}, "durability": {Grade: "C"}, "security": {Grade: "A"}, "operations": {Grade: "—"}},
		Findings: []report.Finding{auto},
		NotChecked: []report.NotChecked{
			{What: "Kafka", Why: "qaudit does not read Kafka yet", Place: "examples/shop/ledger/consumer.go:22"},
			{What: "vhost billing", Why: "12 of 21 queues hidden from \"monitor\"", Needs: "rabbitmqctl set_permissions -p billing monitor '^$' '^$' '^$'"}},
		Summary: report.Summary{Critical: 1, High: 1, Medium: 1, Low: 1, New: 10, Ignored: 4, Known: 2}}
	for i, n := range []string{"orders.new", "orders.paid", "mail.send", "a", "b", "c"} {
		f := report.Finding{Rule: "rabbitmq/no-dead-letter", Title: "Failed messages have nowhere to go", Severity: rule.High, Confidence: rule.Likely,
			Doubt: "only code was seen: a policy on the broker may add it", Status: "new", Message: "rejected and expired messages of " + n + " are dropped",
			Subject: report.Subject{Kind: "queue", Name: n, Display: n, Count: 1}, Advice: "Name a dead-letter exchange in a policy.", Docs: "qaudit explain rabbitmq/no-dead-letter",
			Evidence: []report.Evidence{{Kind: "code", File: "a.py", Line: i + 1, Column: 1, Excerpt: "ch.queue_declare(" + n + ")"}}, Now: i == 0}
		d.Findings = append(d.Findings, f)
	}
	d.Findings = append(d.Findings, report.Finding{Rule: "rabbitmq/no-max-length", Title: "A queue can fill the broker", Severity: rule.Medium, Confidence: rule.Sure, Status: "new",
		Message: "user.{uuid}.inbox has no limit", Subject: report.Subject{Kind: "queue", Name: "user.{uuid}.inbox", Display: "user.{uuid}.inbox", Count: 40, Examples: []string{"user.1.inbox", "user.2.inbox", "user.3.inbox"}},
		Evidence: []report.Evidence{{Kind: "live", Input: "shop.qaudit", Value: "no max-length"}}, Advice: "Set a limit.", Docs: "qaudit explain rabbitmq/no-max-length"},
		report.Finding{Rule: "rabbitmq/hostile", Title: "A name that attacks the terminal", Severity: rule.Low, Confidence: rule.Sure, Status: "new",
			Subject: report.Subject{Kind: "queue", Name: "x", Display: "q\x1b[31m\u202e\r\n", Count: 1}, Evidence: []report.Evidence{{Kind: "live", Input: "x"}}})
	return d
}

func TestGolden(t *testing.T) {
	for name, o := range map[string]Options{
		"report": {Width: 100, Severity: rule.Info, Confidence: rule.Possible},
		"narrow": {Width: 80, Severity: rule.High, Confidence: rule.Possible},
		"all":    {Width: 100, All: true, Severity: rule.Info, Confidence: rule.Possible},
	} {
		t.Run(name, func(t *testing.T) {
			o.Now = time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)
			var b strings.Builder
			if err := Write(&b, document(), o); err != nil {
				t.Fatal(err)
			}
			file := "testdata/" + name + ".golden"
			if *update {
				if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Error(diff)
			}
			if strings.ContainsAny(b.String(), "\x1b\r\u202e") {
				t.Error("control characters reach the terminal")
			}
		})
	}
}

func TestColourNeverSaysWhatNoWordSays(t *testing.T) {
	var plain, coloured strings.Builder
	o := Options{Width: 100, Severity: rule.Info, Confidence: rule.Possible}
	if err := Write(&plain, document(), o); err != nil {
		t.Fatal(err)
	}
	o.Color = true
	if err := Write(&coloured, document(), o); err != nil {
		t.Fatal(err)
	}
	stripped := strings.NewReplacer().Replace(coloured.String())
	for {
		i := strings.Index(stripped, "\x1b[")
		if i < 0 {
			break
		}
		j := strings.IndexByte(stripped[i:], 'm')
		stripped = stripped[:i] + stripped[i+j+1:]
	}
	if diff := cmp.Diff(plain.String(), stripped); diff != "" {
		t.Error(diff)
	}
}
