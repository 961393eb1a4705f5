//go:build cgo

package resolve

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/collect/code/syntax/javascript"
	"qaudit/internal/collect/code/syntax/python"
	"qaudit/internal/model/code"
)

func parse(t *testing.T, archive string) (*Project, []*syntax.File) {
	t.Helper()
	var files []*syntax.File
	for _, a := range txtar.Parse([]byte(archive)).Files {
		var fe syntax.Frontend = python.Frontend{}
		lang := syntax.Python
		switch path.Ext(a.Name) {
		case ".js":
			fe, lang = javascript.Frontend{}, syntax.JavaScript
		case ".ts":
			fe, lang = javascript.Frontend{}, syntax.TypeScript
		}
		f, err := fe.Parse(context.Background(), lang, a.Name, a.Data)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return New("test", files, nil), files
}

// show writes a value in short.
func show(v code.Value) string {
	list := func(vs []code.Value) string {
		var out []string
		for _, x := range vs {
			out = append(out, show(x))
		}
		return strings.Join(out, " ")
	}
	switch v.Kind {
	case code.String:
		return fmt.Sprintf("%q", v.Text)
	case code.Int:
		return fmt.Sprint(v.Int)
	case code.Float:
		return fmt.Sprint(v.Float)
	case code.Bool:
		return fmt.Sprint(v.Bool)
	case code.Nil:
		return "nil"
	case code.Env:
		if v.Default != nil {
			return "env(" + v.Text + ", " + show(*v.Default) + ")"
		}
		return "env(" + v.Text + ")"
	case code.Symbol:
		return "symbol " + v.Text
	case code.List:
		return "[" + list(v.Items) + "]"
	case code.Template:
		return "template(" + list(v.Items) + ")"
	case code.Choice:
		return "choice(" + list(v.Items) + ")"
	case code.Map:
		var out []string
		for _, f := range v.Fields {
			out = append(out, f.Key+"="+show(f.Value))
		}
		if v.Open {
			out = append(out, "…")
		}
		return "{" + strings.Join(out, " ") + "}"
	}
	return "?"
}

// probes are the arguments of calls of probe(), in order.
func probes(p *Project, files []*syntax.File) []string {
	var out []string
	for _, f := range files {
		look := func(scope *syntax.Def, body []syntax.Stmt) {
			syntax.Inspect(body, nil, func(e *syntax.Expr) bool {
				if e.Kind == syntax.Call && e.X.Path() == "probe" {
					out = append(out, show(p.Value(f, scope, e.Args[0].Value)))
				}
				return true
			})
		}
		look(nil, f.Body)
		for _, d := range f.Defs {
			look(d, d.Body)
		}
	}
	return out
}

func TestValue(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"module constant", "-- a.py --\nQ = 'orders'\ndef f():\n    probe(Q)\n", `"orders"`},
		{"constant of another module", "-- shop/names.py --\nQ = 'orders'\n-- shop/a.py --\nfrom shop.names import Q\nprobe(Q)\n", `"orders"`},
		{"relative import", "-- s/shop/names.py --\nQ = 'orders'\n-- s/shop/a.py --\nfrom .names import Q as N\nprobe(N)\n", `"orders"`},
		{"attribute of a module", "-- shop/names.py --\nQ = 'orders'\n-- shop/a.py --\nfrom shop import names\nprobe(names.Q)\n", `"orders"`},
		{"class attribute", "-- a.py --\nclass C:\n    Q = 'orders'\n    def f(self):\n        probe(self.Q)\nprobe(C.Q)\n", `"orders" "orders"`},
		{"set in the constructor", "-- a.py --\nclass C:\n    def __init__(self, q='x'):\n        self.q = q\n        self.n = 'mail'\n    def f(self):\n        probe(self.n)\n        probe(self.q)\n", `"mail" ?`},
		{"enumeration", "-- a.py --\nfrom enum import Enum\nclass Q(Enum):\n    ORDERS = 'orders'\nprobe(Q.ORDERS.value)\n", `"orders"`},
		{"environment", "-- a.py --\nimport os\nprobe(os.environ['Q'])\nprobe(os.getenv('Q', 'd'))\nprobe(os.environ.get('Q') or 'd')\nprobe(int(os.getenv('N', '5')))\n", `env(Q) env(Q, "d") env(Q, "d") env(N, 5)`},
		{"environ by name", "-- a.py --\nfrom os import environ, getenv\nprobe(environ['Q'])\nprobe(getenv('Q'))\n", `env(Q) env(Q)`},
		{"django-environ", "-- a.py --\nimport environ\nenv = environ.Env()\nprobe(env('Q', default='d'))\nprobe(env.str('R'))\n", `env(Q, "d") env(R)`},
		{"django settings", "-- shop/settings.py --\nHOST = 'mq'\n-- shop/a.py --\nfrom django.conf import settings\nprobe(settings.HOST)\n", `"mq"`},
		{"two values", "-- a.py --\nimport sys\nif len(sys.argv) > 1:\n    q = 'a'\nelse:\n    q = 'b'\nprobe(q)\n", `choice("a" "b")`},
		{"f-string", "-- a.py --\nP = 'shop'\nprobe(f'{P}.orders')\ndef f(x):\n    probe(f'{x}.orders')\n", `"shop.orders" template(? ".orders")`},
		{"dict", "-- a.py --\nA = {'x-max-length': 10 * 1000}\nprobe(A)\nprobe({**A, 'b': True})\nprobe(dict(A, c=None))\ndef f(**k):\n    probe({**k, 'a': 1})\n", `{x-max-length=10000} {x-max-length=10000 b=true} {x-max-length=10000 c=nil} {a=1 …}`},
		{"parameter", "-- a.py --\ndef f(q):\n    probe(q)\n", `?`},
		{"cycle", "-- a.py --\na = b\nb = a\nprobe(a)\n", `?`},
		{"node environment", "-- a.ts --\nconst q = process.env.Q ?? 'd';\nprobe(q);\nconst {U} = process.env;\nprobe(U);\nprobe(process.env['V']);\nprobe(Number(process.env.N || 5));\n", `env(Q, "d") env(U) env(V) env(N, 5)`},
		{"node imports", "-- src/names.ts --\nexport const Q = 'orders';\nexport enum E { A = 'a' }\nexport default { mail: 'm' };\n-- src/a.ts --\nimport d, { Q, E } from './names';\nprobe(Q);\nprobe(E.A);\nprobe(d.mail);\n", `"orders" "a" "m"`},
		{"node require", "-- names.js --\nmodule.exports = { Q: 'orders' };\n-- a.js --\nconst { Q } = require('./names');\nconst n = require('./names');\nprobe(Q);\nprobe(n.Q);\n", `"orders" "orders"`},
		{"template literal", "-- a.js --\nconst p = 'shop';\nprobe(`${p}.orders`);\nprobe('a' + p);\n", `"shop.orders" "ashop"`},
		{"ternary", "-- a.js --\nprobe(x ? 'a' : 'b');\n", `choice("a" "b")`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, files := parse(t, c.src)
			if got := strings.Join(probes(p, files), " "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestCallees(t *testing.T) {
	p, files := parse(t, `
-- lib.py --
import pika
class Base:
    def send(self, q): pass
class Client(Base):
    def go(self):
        self.send('a')
-- a.py --
from pika import BlockingConnection as BC
import pika as pk
from lib import Client
c = Client()
def f():
    BC()
    pk.ConnectionParameters()
    c.send('orders')
    c.go()
`)
	var got []string
	for _, f := range files {
		for _, d := range f.Defs {
			syntax.Inspect(d.Body, nil, func(e *syntax.Expr) bool {
				if e.Kind == syntax.Call {
					if x := p.Def(f, d, e.X); x != nil {
						got = append(got, x.Qualified)
					} else {
						got = append(got, p.Path(f, d, e.X))
					}
				}
				return true
			})
		}
	}
	want := "Base.send pika.BlockingConnection pika.ConnectionParameters Base.send Client.go"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	for _, d := range files[0].Defs {
		if d.Qualified == "Base.send" {
			sites := p.CallSites(d)
			if len(sites) != 2 {
				t.Fatalf("%d call sites, want 2", len(sites))
			}
			e, _, ok := p.Argument(d, sites[1].Call, 1)
			if !ok || e.Text != "orders" {
				t.Errorf("argument %v %v", e, ok)
			}
		}
	}
}

// TestNamesThatLeadBack: a field that is set from a method of itself, and names that are
// set from one another, end.
func TestNamesThatLeadBack(t *testing.T) {
	const src = "class A:\n    def open(self):\n        self.conn = self.conn.again()\n        return self.conn.open()\n\na = b.x\nb = a.y\nc = a.z()\n"
	f, err := python.Frontend{}.Parse(t.Context(), syntax.Python, "m.py", []byte(src))
	if errors.Is(err, syntax.ErrNotBuilt) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	p := New("t", []*syntax.File{f}, nil)
	look := func(d *syntax.Def) func(*syntax.Expr) bool {
		return func(e *syntax.Expr) bool {
			p.Def(f, d, e)
			p.Path(f, d, e)
			p.Value(f, d, e)
			return true
		}
	}
	syntax.Inspect(f.Body, nil, look(nil))
	for _, d := range f.Defs {
		syntax.Inspect(d.Body, nil, look(d))
	}
}
