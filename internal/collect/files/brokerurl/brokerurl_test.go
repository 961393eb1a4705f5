package brokerurl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"qaudit/internal/model/config"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]config.URL{
		"amqp://h":            {Scheme: "amqp", Host: "h", VHost: "/", DefaultLogin: true},
		"amqp://h/":           {Scheme: "amqp", Host: "h", VHost: "/", DefaultLogin: true},
		"amqp://h//":          {Scheme: "amqp", Host: "h", VHost: "/", DefaultLogin: true},
		"amqp://h/%2F":        {Scheme: "amqp", Host: "h", VHost: "/", DefaultLogin: true},
		"AMQPS://h:5671/a%2f": {Scheme: "amqps", Host: "h", Port: 5671, VHost: "a/", DefaultLogin: true},
		"amqp://bob:pw@h:5672/billing?heartbeat=3": {Scheme: "amqp", Host: "h", Port: 5672, User: "bob", VHost: "billing", HasPassword: true},
		"pyamqp://guest:guest@[::1]:5672//":        {Scheme: "pyamqp", Host: "::1", Port: 5672, User: "guest", VHost: "/", HasPassword: true, DefaultLogin: true},
		"amqp://bob:p/w@h/x":                       {Scheme: "amqp", Host: "h", User: "bob", VHost: "x", HasPassword: true},
		"amqp://b%40b:pw@h/x":                      {Scheme: "amqp", Host: "h", User: "b@b", VHost: "x", HasPassword: true},
		"redis://:pw@r:6379/0":                     {Scheme: "redis", Host: "r", Port: 6379, VHost: "0", HasPassword: true},
		"redis://r":                                {Scheme: "redis", Host: "r"},
		"amqp://a//;amqp://b//":                    {Scheme: "amqp", Host: "a", VHost: "/", DefaultLogin: true},
		"amqp://${U}:${P}@${H}:${PORT}/${V}":       {Scheme: "amqp", HasPassword: true, Unresolved: []string{"password", "user", "port", "host", "vhost"}},
		"amqp://${U:-guest}:${P:-guest}@h/":        {Scheme: "amqp", Host: "h", User: "guest", VHost: "/", HasPassword: true, DefaultLogin: true, Unresolved: []string{"password", "user"}},
		"${URL:-amqp://h/v}":                       {Scheme: "amqp", Host: "h", VHost: "v", DefaultLogin: true, Unresolved: []string{"scheme", "host", "vhost"}},
		"amqp://h:port/":                           {Scheme: "amqp", Host: "h", VHost: "/", DefaultLogin: true},
		"amqp://u:p@h/v%zz":                        {Scheme: "amqp", Host: "h", User: "u", VHost: "v%zz", HasPassword: true},
	} {
		got, ok := Parse(in)
		if !ok {
			t.Errorf("%s: not a broker URL", in)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s:\n%s", in, d)
		}
	}
	for _, in := range []string{"", "h:5672", "http://h", "://", "${S}://h", "postgres://a:b@h/db"} {
		if u, ok := Parse(in); ok {
			t.Errorf("%s: %+v", in, u)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("amqp://a:b@c:1/d?e")
	f.Add("redis://:${P:-x}@[::1]")
	f.Fuzz(func(t *testing.T, s string) {
		const hidden = "Zq7Xw9Kp"
		Parse(s)
		u, _ := Parse("amqp://bob:" + hidden + "@" + s)
		if !strings.Contains(s, "@") && strings.Contains(fmt.Sprintf("%+v", u), hidden) {
			t.Errorf("the password is kept: %+v", u)
		}
	})
}
