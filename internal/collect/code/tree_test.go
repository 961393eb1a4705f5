package code_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"qaudit/internal/collect"
	"qaudit/internal/collect/code"
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/amqp"
	mcode "qaudit/internal/model/code"
)

// tree reads the files of an archive as a source tree.
func tree(t *testing.T, archive string) (*mcode.Facts, collect.Result, code.Stats) {
	t.Helper()
	root := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		p := filepath.Join(root, f.Name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	res, stats := code.Tree(context.Background(), root, code.Options{Input: "tree", Extractors: []library.Extractor{amqp.Extractor{}}})
	for _, p := range res.Parts {
		if f, ok := p.(*mcode.Facts); ok {
			return f, res, stats
		}
	}
	t.Fatal("no facts")
	return nil, res, stats
}

const shop = `
-- app/bus.py --
import pika
from app.names import EXCHANGE
from app.config import PASSWORD

credentials = pika.PlainCredentials("app", PASSWORD)
connection = pika.BlockingConnection(pika.ConnectionParameters("mq", credentials=credentials))
other = pika.BlockingConnection(pika.ConnectionParameters("mq2", 5672, "/", pika.PlainCredentials("app", "Zq7Xw9Kp")))
third = pika.BlockingConnection(pika.URLParameters("amqp://app:Zq7Xw9Kp@mq3/shop"))
channel = connection.channel()


def publish_event(key, body):
    channel.basic_publish(EXCHANGE, key, body)
-- app/names.py --
EXCHANGE = "shop.events"
-- app/config.py --
PASSWORD = "Zq7Xw9Kp"
-- app/orders.py --
from app.bus import publish_event


def paid(order):
    publish_event("order.paid", order)  # qaudit:ignore rabbitmq/publish-no-confirm -- metrics only until=2030-01-01
-- app/unrelated.py --
x = "nothing about it"
-- tests/test_bus.py --
import pika
pika.BlockingConnection().channel().queue_declare("only.in.tests")
-- ledger/consumer.go --
package ledger

import "github.com/segmentio/kafka-go"
-- requirements.txt --
pika==1.3.2
`

// TestTree: a file without a token is read for the names that lead to a library, and the
// modules that the others import; the rest is not parsed.
func TestTree(t *testing.T) {
	f, res, stats := tree(t, shop)
	if stats.Parsed != 4 {
		t.Errorf("%d files parsed, want bus, names, config and orders", stats.Parsed)
	}
	if len(f.Publishes) != 1 {
		t.Fatalf("%d publishes", len(f.Publishes))
	}
	p := f.Publishes[0]
	if x, _ := p.Exchange.Get(); x != "shop.events" || p.At.Place.File != "app/orders.py" || p.Wrapped != "publish_event" {
		t.Errorf("publish to %q at %s through %q", x, p.At.Place.File, p.Wrapped)
	}
	if k, _ := p.Key.Get(); k != "order.paid" {
		t.Errorf("key %q", k)
	}
	if v, ok := p.Version.Get(); !ok || v.String() != "1.3.2" {
		t.Errorf("version %v", p.Version)
	}
	for _, q := range f.Queues {
		if n, _ := q.Name.Get(); n == "only.in.tests" {
			t.Error("the test's queue is taken for the application's")
		}
	}
	if len(res.Suppressions) != 1 || res.Suppressions[0].Bad != "" || res.Suppressions[0].Until.Year() != 2030 || res.Suppressions[0].Reason != "metrics only" {
		t.Errorf("suppressions %+v", res.Suppressions)
	}
	kafka := false
	for _, g := range res.Gaps {
		kafka = kafka || strings.Contains(g.What, "Kafka")
	}
	if !kafka {
		t.Errorf("Kafka in Go is not told as not read: %+v", res.Gaps)
	}
	if res.Input.Files == 0 || res.Input.FilesRead == 0 || len(res.Input.Languages) == 0 {
		t.Errorf("input %+v", res.Input)
	}
}

// TestNoSecrets: a password written in the source is in no fact, excerpt or gap.
func TestNoSecrets(t *testing.T) {
	f, res, _ := tree(t, shop)
	if len(f.Connections) != 3 {
		t.Fatalf("%d connections", len(f.Connections))
	}
	const hidden = "Zq7Xw9Kp"
	var look func(v reflect.Value, path string)
	seen := map[uintptr]bool{}
	look = func(v reflect.Value, path string) {
		switch v.Kind() {
		case reflect.String:
			if strings.Contains(v.String(), hidden) {
				t.Errorf("%s shows the password: %q", path, v.String())
			}
		case reflect.Pointer, reflect.Interface:
			if v.IsNil() || v.Kind() == reflect.Pointer && seen[v.Pointer()] {
				return
			}
			if v.Kind() == reflect.Pointer {
				seen[v.Pointer()] = true
			}
			look(v.Elem(), path)
		case reflect.Struct:
			for i := range v.NumField() {
				look(v.Field(i), path+"."+v.Type().Field(i).Name)
			}
		case reflect.Slice, reflect.Array:
			for i := range v.Len() {
				look(v.Index(i), path+"[]")
			}
		case reflect.Map:
			for _, k := range v.MapKeys() {
				look(v.MapIndex(k), path+"["+k.String()+"]")
			}
		}
	}
	look(reflect.ValueOf(f), "facts")
	look(reflect.ValueOf(res.Gaps), "gaps")
}

// TestDeterministic: two readings of a tree say the same in the same order.
func TestDeterministic(t *testing.T) {
	a, _, _ := tree(t, shop)
	b, _, _ := tree(t, shop)
	for i := range a.Names {
		if i >= len(b.Names) || a.Names[i].Value.Text != b.Names[i].Value.Text || a.Names[i].At.Place != b.Names[i].At.Place {
			t.Fatalf("name %d differs", i)
		}
	}
}
