package definitions

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

// guest is the hash of "guest" with the salt 1234.
func guest() string {
	d := sha256.Sum256([]byte("1234guest"))
	return base64.StdEncoding.EncodeToString(append([]byte("1234"), d[:]...))
}

var export = `{
  "rabbit_version": "3.10.8",
  "rabbitmq_version": "3.10.8",
  "users": [
    {"name": "guest", "password_hash": "` + guest() + `", "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": ["administrator"], "limits": {}},
    {"name": "app", "password": "s3cret", "tags": "management,policymaker"},
    {"name": "cert", "password_hash": "", "tags": ""}
  ],
  "vhosts": [{"name": "/"}, {"name": "billing", "metadata": {"default_queue_type": "quorum"}}],
  "permissions": [{"user": "app", "vhost": "/", "configure": ".*", "write": ".*", "read": "^orders"}],
  "topic_permissions": [{"user": "app", "vhost": "/", "exchange": "amq.topic", "write": "a", "read": "b"}],
  "parameters": [
    {"vhost": "/", "component": "operator_policy", "name": "cap", "value": {"pattern": ".*", "apply-to": "queues", "priority": 2, "definition": {"max-length": 10}}},
    {"vhost": "/", "component": "shovel", "name": "s", "value": {"src-uri": "amqp://u:s3cret@h", "dest-uri": ["amqp://v:s3cret@h"], "src-queue": "q"}},
    {"vhost": "/", "component": "vhost-limits", "name": "limits", "value": {"max-queues": 5}}
  ],
  "global_parameters": [{"name": "cluster_name", "value": "rabbit@a"}],
  "policies": [{"vhost": "/", "name": "ha", "pattern": "^", "apply-to": "all", "priority": -1, "definition": {"ha-mode": "all", "x": [1, {"y": null}]}}],
  "queues": [
    {"name": "orders", "vhost": "/", "durable": true, "auto_delete": false, "arguments": {"x-queue-type": "quorum", "x-delivery-limit": 3, "x-single-active-consumer": true}},
    {"name": "plain", "vhost": "/", "durable": false, "arguments": {}},
    {"name": "bill", "vhost": "billing", "durable": true, "auto_delete": false, "arguments": {}}
  ],
  "exchanges": [{"name": "events", "vhost": "/", "type": "topic", "durable": true, "auto_delete": false, "internal": false, "arguments": {}}],
  "bindings": [{"source": "events", "vhost": "/", "destination": "orders", "destination_type": "queue", "routing_key": "order.*", "arguments": {}}]
}`

func TestParse(t *testing.T) {
	f, problems := Parse("rabbit/definitions.json", []byte(export))
	if len(problems) != 0 || !f.Recognised() || f.Version != "3.10.8" {
		t.Fatal(problems, f.Version)
	}
	if all := fmt.Sprintf("%+v", f); strings.Contains(all, "s3cret") || strings.Contains(all, guest()) {
		t.Error("a secret is kept")
	}
	var users []string
	for _, u := range f.Users {
		users = append(users, fmt.Sprintf("%d:%d %s %v plain=%v hashed=%v default=%v", u.Span.Line, u.Span.Column, u.Name, u.Tags, u.Plain, u.Hashed, u.Default))
	}
	if got, want := strings.Join(users, "\n"), `5:5 guest [administrator] plain=false hashed=true default=true
6:5 app [management policymaker] plain=true hashed=false default=false
7:5 cert [] plain=false hashed=false default=false`; got != want {
		t.Errorf("users\n%s\nwant\n%s", got, want)
	}
	if q := f.Queues[0]; q.Type != "quorum" || !q.Durable.Value || !q.AutoDelete.Set || q.Span.Line != 20 || q.Args[1].Span.Column != 117 {
		t.Errorf("%+v", q)
	}
	if q := f.Queues[1]; q.AutoDelete.Set || !q.Durable.Set || q.Durable.Value {
		t.Errorf("%+v", q)
	}
	if len(f.Parameters) != 2 || len(f.Policies) != 2 || !f.Policies[1].Operator || f.Policies[1].Priority != 2 || f.Policies[0].Priority != -1 {
		t.Errorf("%+v %+v", f.Parameters, f.Policies)
	}
	if p := f.Permissions[0]; p.Read != "^orders" || p.IsTopic || !f.Permissions[1].IsTopic {
		t.Errorf("%+v", p)
	}
	if b := f.Bindings[0]; b.Source != "events" || b.ToExchange || b.Key != "order.*" {
		t.Errorf("%+v", b)
	}
}

func TestTopology(t *testing.T) {
	f, _ := Parse("d.json", []byte(export))
	top := f.Topology("tree", "", false)
	q := top.Queues[0]
	args, _ := q.Args.Get()
	if !model.Is(q.Type, "quorum") || !model.Is(q.Durable, true) || !model.Is(q.AutoDelete, false) || args["x-delivery-limit"].Int != 3 || !args["x-single-active-consumer"].Bool {
		t.Errorf("%+v", q)
	}
	if o := q.Durable.Origin(); o.Kind != model.FromConfig || o.Input != "tree" || o.Place.Line != 20 || !strings.HasPrefix(o.Place.Excerpt, `{"name": "orders"`) {
		t.Errorf("%+v", o)
	}
	if !top.Queues[1].AutoDelete.Absent() || top.Queues[1].Type.Origin().Assumed == "" {
		t.Error("what the file leaves out is not present")
	}
	if !top.Queues[2].Type.Unknown() {
		t.Error("the type of a queue in a vhost with a default queue type is not known")
	}
	if s := top.Seen["/"]; s.Queues == "" || top.Seen["billing"].Policies == "" {
		t.Errorf("a file in a tree proves no absence: %+v", s)
	}
	if top.VHosts[0].Limits["max-queues"].Int != 5 || !top.VHosts[0].DefaultQueueType.Absent() || !model.Is(top.VHosts[1].DefaultQueueType, "quorum") {
		t.Errorf("%+v", top.VHosts)
	}
	if d := top.Policies[0].Definition; d["ha-mode"].Text != "all" || d["x"].Text != `[1,{"y":null}]` || d["x"].Kind != rabbitmq.ArgOther {
		t.Errorf("%+v", d)
	}
	if s := f.Topology("d.json", "orders", true).Seen["/"]; s != (rabbitmq.Seen{}) {
		t.Errorf("a file named as a look is whole: %+v", s)
	}
}

func TestOneVHost(t *testing.T) {
	f, _ := Parse("d.json", []byte(`{"original_vhost_name":"billing","queues":[{"name":"a","durable":true,"auto_delete":false,"arguments":{},"type":"rabbit_stream_queue"}]}`))
	q := f.Topology("x", "", true).Queues[0]
	if q.VHost != "billing" || !model.Is(q.Type, "stream") {
		t.Errorf("%+v %v", q.Name, q.Type)
	}
}

func TestBroken(t *testing.T) {
	at := strings.Index(export, `"name": "bill"`)
	f, problems := Parse("d.json", []byte(export[:at]))
	if len(f.Queues) != 2 || f.Sections["queues"] || len(problems) != 1 || problems[0].Key != "queues" || problems[0].Line != 22 {
		t.Errorf("%d queues, %v", len(f.Queues), problems)
	}
	if s := f.Topology("x", "", true).Seen["/"]; s.Queues == "" || s.Bindings == "" || s.Policies != "" {
		t.Errorf("%+v", s)
	}
	for src, want := range map[string]string{
		`[]`:                     "d.json:1:1: it is not a JSON object",
		`{"queues":[3,{"x":1}]}`: "d.json:1:12: queues: an element is not an object",
		`{"policies":[{"name":"p","priority":1.5}]}`: "d.json:1:37: p: its priority is not a whole number",
		"\xff\xfe{\x00": "d.json:1:1: it is in UTF-16, which is not read",
	} {
		_, problems := Parse("d.json", []byte(src))
		if len(problems) == 0 || problems[0].Error() != want {
			t.Errorf("%s: %v", src, problems)
		}
	}
	for _, src := range []string{`{"definitions":{"a":1},"queues":{}}`, `{"users":[]}`, `{}`} {
		if f, _ := Parse("d.json", []byte(src)); f.Recognised() {
			t.Errorf("%s is taken for definitions", src)
		}
	}
	if !Head([]byte(`{"rabbit_version":"3`)) || Head([]byte(`{"queues":3}`)) {
		t.Error("head")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(export))
	f.Add([]byte(`{"users":[{"name":"a","password_hash":"AAAA","tags":3}],"parameters":[{"component":"operator_policy","value":{"priority":"x"}}]}`))
	f.Add([]byte(`{"queues":[[{` + strings.Repeat(`{"a":[`, 600)))
	f.Fuzz(func(t *testing.T, src []byte) {
		d, problems := Parse("f", src)
		d.Topology("x", "", true)
		if len(problems) > len(src)+1 {
			t.Errorf("%d problems", len(problems))
		}
	})
}
