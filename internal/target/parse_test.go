package target

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		arg, name, shown string
		endpoints        string
		vhosts           []string
		user, password   string
		amqp             string
	}{
		{arg: "http://localhost:15672", shown: "http://localhost:15672", endpoints: "http://localhost:15672", amqp: "localhost:5672"},
		{arg: "HTTP://LocalHost:15672/", shown: "http://localhost:15672", endpoints: "http://localhost:15672", amqp: "localhost:5672"},
		{arg: "http://localhost:15672/#/queues", shown: "http://localhost:15672", endpoints: "http://localhost:15672", amqp: "localhost:5672"},
		{arg: "http://localhost:15672/#/nodes/rabbit@b", shown: "http://localhost:15672", endpoints: "http://localhost:15672", amqp: "localhost:5672"},
		{arg: "http://h:15672/api/nodes/rabbit@b", shown: "http://h:15672", endpoints: "http://h:15672", amqp: "h:5672"},
		{arg: "http://h/api/queues/%2F?page=1", shown: "http://h", endpoints: "http://h", amqp: "h:5672"},
		{arg: "https://h/rabbit/api", shown: "https://h/rabbit", endpoints: "https://h/rabbit", amqp: "h:5672"},
		{arg: "https://h/rabbit/api/", shown: "https://h/rabbit", endpoints: "https://h/rabbit", amqp: "h:5672"},
		{arg: "https://h/api/rabbit/#/", shown: "https://h/api/rabbit", endpoints: "https://h/api/rabbit", amqp: "h:5672"},
		{arg: "https://h/a%2Fb/#/queues", shown: "https://h/a%2Fb", endpoints: "https://h/a%2Fb", amqp: "h:5672"},
		{arg: "https://h/api/overview/api/queues", shown: "https://h/api/overview", endpoints: "https://h/api/overview", amqp: "h:5672"},
		{arg: "orders=http://monitor:s3%23cret@rabbit.internal:15672", name: "orders", shown: "http://rabbit.internal:15672",
			endpoints: "http://rabbit.internal:15672", user: "monitor", password: "s3#cret", amqp: "rabbit.internal:5672"},
		{arg: "amqp://u:p@h/orders", shown: "amqp://h/orders", endpoints: "http://h:15672?", vhosts: []string{"orders"}, user: "u", password: "p", amqp: "h:5672"},
		{arg: "amqp://h:5673/%2F", shown: "amqp://h:5673/%2F", endpoints: "http://h:15672?", vhosts: []string{"/"}, amqp: "h:5673"},
		{arg: "amqp://h", shown: "amqp://h", endpoints: "http://h:15672?", amqp: "h:5672"},
		{arg: "amqp://h/", shown: "amqp://h", endpoints: "http://h:15672?", amqp: "h:5672"},
		{arg: "amqps://h/?heartbeat=30", shown: "amqps://h", endpoints: "https://h? https://h:15671?"},
		{arg: "amqps://[::1]:5671", shown: "amqps://[::1]:5671", endpoints: "https://[::1]? https://[::1]:15671?"},
		{arg: "amqp://u:p@h/v?management=https://m.example:8443/rmq/", shown: "amqp://h/v", endpoints: "https://m.example:8443/rmq",
			vhosts: []string{"v"}, user: "u", password: "p", amqp: "h:5672"},
		{arg: "amqp://h?management=https://m:q@m.example", shown: "amqp://h", endpoints: "https://m.example", user: "m", password: "q", amqp: "h:5672"},
	} {
		t.Run(c.arg, func(t *testing.T) {
			got, err := Parse(c.arg)
			if err != nil {
				t.Fatal(err)
			}
			var ends []string
			for _, e := range got.Endpoints {
				if e.Derived {
					ends = append(ends, e.String()+"?")
					continue
				}
				ends = append(ends, e.String())
			}
			type want struct {
				Name, Shown, Ends, User, Password, AMQP string
				VHosts                                  []string
			}
			if diff := cmp.Diff(want{c.name, c.shown, c.endpoints, c.user, c.password, c.amqp, c.vhosts},
				want{got.Name, got.Shown, strings.Join(ends, " "), got.fromURL.User, got.fromURL.Password.Reveal(), got.AMQP, got.VHosts}); diff != "" {
				t.Error(diff)
			}
			if c.password != "" && strings.Contains(fmt.Sprintf("%v %+v %#v", got, got, *got), c.password) && len(c.password) > 1 {
				t.Errorf("the password prints: %+v", got)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for arg, want := range map[string]string{
		".":                                  "not a URL",
		"services/orders":                    "not a URL",
		"localhost:15672":                    "not a URL",
		"shop.qaudit":                        "not a URL",
		"kafka://u:hunter2@h:9092,h2:9092":   "qaudit does not read Kafka yet: kafka://h:9092,h2:9092",
		"jobs=redis+cluster://:hunter2@h/0":  "qaudit does not read Redis yet: jobs=redis+cluster://h",
		"sqs://prod@eu-west-1":               "qaudit does not read Amazon SQS yet: sqs://eu-west-1",
		"nats://u:hunter2@h":                 "nats://h: qaudit knows http(s):// and amqp(s):// for RabbitMQ, not nats://",
		"http://u:hunter2#x@h:15672":         "http://…@h:15672: a special character before the @ must be escaped: # as %23, / as %2F, ? as %3F",
		"http://u:12/hunter2@h":              "http://…@h: a special character before the @ must be escaped: # as %23, / as %2F, ? as %3F",
		"amqp://u:hunter2?x@h/v":             "amqp://…@h: a special character before the @ must be escaped: # as %23, / as %2F, ? as %3F",
		"http://u:hunter2%zz@h":              "http://h is not a URL; a special character in user or password must be escaped: % as %25, : as %3A",
		"http://u:hunter2@h:port":            "http://h:port is not a URL; a special character in user or password must be escaped: % as %25, : as %3A",
		"http://":                            "http:// names no host",
		"amqp://h/a/b":                       "amqp://h: the vhost must be one path segment, / as %2F",
		"amqp://h?management=ftp://x":        "management of amqp://h: management=ftp://…: must be an http or https URL",
		"amqp://h?management=hunter2@x:9999": "management of amqp://h: must be an http or https URL",
	} {
		_, err := Parse(arg)
		if err == nil || err.Error() != want {
			t.Errorf("Parse(%q):\n got %v\nwant %s", arg, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Parse(%q) shows the password: %v", arg, err)
		}
	}
	not := (*NotRead)(nil)
	if _, err := Parse("kafka://h:9092"); !errors.As(err, &not) || not.System != Kafka {
		t.Errorf("kafka is not recognised as not read: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"http://u:pw@h:15672/p/api/queues", "a=amqps://u:pw@[::1]/%2F?management=https://x", "kafka://u:pw@h", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		got, err := Parse(arg)
		if err != nil {
			return
		}
		again, err := Parse(got.Shown)
		if err != nil || again.Shown != got.Shown {
			t.Fatalf("%q is shown as %q, which reads as %+v, %v", arg, got.Shown, again, err)
		}
		if p := got.fromURL.Password.Reveal(); len(p) > 8 && !strings.Contains(got.fromURL.User, p) &&
			!strings.Contains(fmt.Sprint(got.Endpoints, got.VHosts, got.AMQP), p) && strings.Contains(fmt.Sprintf("%+v", got), p) {
			t.Fatalf("the password of %q prints", arg)
		}
	})
}
