//go:build cgo

package syntax_test

import (
	"context"
	"path"
	"strings"
	"testing"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/collect/code/syntax/javascript"
	"qaudit/internal/collect/code/syntax/python"
)

func lower(t *testing.T, name, src string) *syntax.File {
	t.Helper()
	var fe syntax.Frontend = python.Frontend{}
	if path.Ext(name) != ".py" {
		fe = javascript.Frontend{}
	}
	l, _ := syntax.LangOf(name)
	f, err := fe.Parse(context.Background(), l, name, []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestNoSecretIsShown plants the same password everywhere and looks at every excerpt that
// can be made of the file.
func TestNoSecretIsShown(t *testing.T) {
	for _, c := range []struct{ name, src, keeps string }{
		{"a.py", `password = "hunter2"`, "password ="},
		{"a.py", `PASSWORD: str = 'hunter2'`, "PASSWORD"},
		{"a.py", `connect(host="mq", password="hunter2", heartbeat=0)`, `heartbeat=0`},
		{"a.py", "connect(\n    host='mq',\n    password=(\n        'hunter2'\n    ),\n    heartbeat=0)", "heartbeat=0"},
		{"a.py", "pika.PlainCredentials(\n  'user',\n  'hunter2',\n)", "pika.PlainCredentials"},
		{"a.py", `url = "amqp://user:hunter2@mq/vhost"`, "@mq/vhost"},
		{"a.py", `url = "amqp://user:p@hunter2@mq"`, "amqp://"},
		{"a.py", `url = f"amqp://{user}:hunter2@{host}"`, "{host}"},
		{"a.py", `url = "amqp://user:" + "hunter2" + "@mq/"`, "@mq/"},
		{"a.py", `url = "amqp://" + user + ":hunter2@mq"`, ""},
		{"a.py", `p = os.environ.get("RABBITMQ_PASSWORD", "hunter2")`, "RABBITMQ_PASSWORD"},
		{"a.py", `p = os.environ["RABBITMQ_PASSWORD"] or "hunter2"`, "RABBITMQ_PASSWORD"},
		{"a.py", `password = os.environ.get("X_PASSWORD") or "hunter2"`, "X_PASSWORD"},
		{"a.py", `password = os.environ["X_PASSWORD"]`, "X_PASSWORD"},
		{"a.py", `cfg = {"user": "u", "password": "hunter2", "durable": True}`, "durable"},
		{"a.py", "cfg = {\n  'password':\n    'hunter2',\n}", "password"},
		{"a.py", `cfg["password"] = "hunter2"`, "cfg"},
		{"a.py", `user, password = "u", "hunter2"`, "user"},
		{"a.py", "def f(host, password='hunter2', n=5): pass", "n=5"},
		{"a.py", "def f(host, password): pass\nf('mq',\n  'hunter2')", "mq"},
		{"a.py", "class C:\n  def __init__(self, host, password): pass\nC('mq',\n  'hunter2')", "mq"},
		{"a.py", `if password == "hunter2": pass`, "password"},
		{"a.py", "x = 1  # the password is hunter2", "x = 1"},
		{"a.py", `api_key = "hunter2"; access_key = 'hunter2'; token = "hunter2"`, "api_key"},
		{"a.py", `connect(password="hunter2"`, "password"},
		{"a.py", `set_password("hunter2")`, "set_password"},
		{"a.py", "password = \"\"\"\nhunter2\n\"\"\"", "password"},
		{"a.js", `const o = { user: 'u', password: 'hunter2' , noAck: true}`, "noAck"},
		{"a.js", "const o = {\n  password:\n  `hunter2`\n}", "password"},
		{"a.js", "const p = process.env.RABBIT_PASSWORD || 'hunter2'", "RABBIT_PASSWORD"},
		{"a.js", "const u = `amqp://user:hunter2@${host}`", "${host}"},
		{"a.js", "const u = 'amqp://user:' + 'hunter2' + '@' + host", "host"},
		{"a.js", "amqp.credentials.plain('user',\n 'hunter2')", "amqp.credentials.plain"},
		{"a.js", "const { password = 'hunter2' } = cfg", "password"},
		{"a.ts", "class C { private password: string = 'hunter2'; constructor(private token = 'hunter2') {} }", "password"},
		{"a.ts", "f(x ? process.env.PASSWORD : 'hunter2')", "PASSWORD"},
	} {
		f := lower(t, c.name, c.src)
		all := ""
		for start := range c.src {
			for _, end := range []int{start + 1, strings.IndexByte(c.src[start:]+"\n", '\n') + start, len(c.src)} {
				got := syntax.Excerpt(f.Shown, start, end)
				all += got + "\n"
				if strings.Contains(got, "hunter2") {
					t.Errorf("%s\nshows %q", c.src, got)
				}
			}
		}
		if !strings.Contains(all, c.keeps) {
			t.Errorf("%s\nno longer shows %q:\n%s", c.src, c.keeps, syntax.Excerpt(f.Shown, 0, len(c.src)))
		}
	}
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("a, ", 60)
	for _, c := range []struct {
		src        string
		start, end int
		want       string
	}{
		{"if x:\n    ch.basic_ack(1, multiple=True)\n", 13, 20, "ch.basic_ack(1, multiple=True)"},
		{"f(\n    1,\r\n\t2)\n", 0, 14, "f( 1, 2)"},
		{long + "g(1)", 180, 184, "g(1)"},
		{"g(" + long + ")", 0, 2, "g(" + long[:118] + "…"},
		{"f('\x1b[31m\u202e\xff\x85')", 0, 1, `f('\x1b[31m\u202e\xff\x85')`},
		{"", 0, 0, ""},
		{"f()", 10, 99, "f()"},
		{`publish("orders.password_changed", "x")`, 0, 5, `publish("orders.password_changed", "***")`}, // could be a fallback
		{`queue_declare("token.refresh", durable=True)`, 0, 5, `queue_declare("token.refresh", durable=True)`},
		{`password = ENV["PASSWORD"]`, 0, 5, `password = ENV["PASSWORD"]`},
		{`password: "hunter2", x`, 0, 5, `password: "***", x`},
		{`Bunny.new("amqp://u:p@h")`, 0, 5, `Bunny.new("amqp://***@h")`},
	} {
		if got := syntax.Excerpt([]byte(c.src), c.start, c.end); got != c.want {
			t.Errorf("%q [%d:%d]\ngot  %q\nwant %q", c.src, c.start, c.end, got, c.want)
		}
	}
}
