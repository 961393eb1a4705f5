//go:build cgo

package resolve

import (
	"strings"
	"testing"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/collect/code/syntax/javascript"
	"qaudit/internal/collect/code/syntax/python"
	"qaudit/internal/model/code"
)

// TestWhereValuesComeFrom: each source probes values; what they must resolve to stands
// beside them, "?" for what the source does not show.
func TestWhereValuesComeFrom(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"format", `-- a.py --
P = 'shop'
probe('{}.{}'.format(P, 'x'), "shop.x")
probe('{p}.{{x}}'.format(p=P), "shop.{x}")
probe('{0}{0}'.format(P), "shopshop")
probe('{:>5}'.format(P), template(?))
probe('{}.x'.format(zz), template(? ".x"))
probe('%s.%s.%%' % (P, 'x'), "shop.x.%")
probe('%(a)s' % {'a': P}, "shop")
probe('%05d' % 3, template(?))
probe(f'{P:>5}.x', template(? ".x"))
probe(f'{P!r}', template(?))
probe(f'{True}', template(true))
`, ``},
		{"pydantic", `-- a.py --
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic import Field
class Base(BaseSettings):
    host: str = 'mq'
class S(Base):
    model_config = SettingsConfigDict(env_prefix='rb_')
    url: str = 'amqp://x'
    q: str
    z: int = Field(5, env='ZED')
    w: str = Field(default='d', validation_alias='WW')
    e: str = Field(...)
s = S()
def make():
    return S()
class Old(BaseSettings):
    url: str = 'u'
    class Config:
        env_prefix = 'P_'
class Plain:
    url = 'u'
probe(s.url, env(RB_URL, "amqp://x"))
probe(s.q, env(RB_Q))
probe(s.z, env(ZED, 5))
probe(s.w, env(WW, "d"))
probe(s.e, env(RB_E))
probe(s.host, env(HOST, "mq"))
probe(make().url, env(RB_URL, "amqp://x"))
probe(Old().url, env(P_URL, "u"))
probe(Plain().url, "u")
`, ``},
		{"constructor default, never given", `-- a.py --
class C:
    def __init__(self, n=10, m=1):
        self.n = n
        self.m = m
    def f(self):
        probe(self.n, 10)
        probe(self.m, ?)
class D(C):
    pass
C()
D(m=2)
`, ``},
		{"default of a function stays a parameter", `-- a.py --
def f(n=10):
    probe(n, ?)
f()
`, ``},
		{"scopes", `-- a.py --
Q = 'm'
class C:
    Q = 'c'
    R = Q + '.x'
    def f(self):
        probe(Q, "m")
        probe(self.R, "c.x")
def g():
    Q = 'l'
    probe(Q, "l")
def h(Q):
    probe(Q, ?)
ch = None
def i():
    global ch
    ch = 'x'
def j():
    probe(ch, choice(nil "x"))
def k():
    n = 'a'
    def inner():
        nonlocal n
        n = 'b'
    probe(n, choice("a" "b"))
`, ``},
		{"scopes of JavaScript", `-- a.js --
let ch;
let never = 'n';
function open() { ch = 'x'; const never = 'o'; local = 'g'; probe(never, "o") }
function use() { probe(ch, "x"); probe(never, "n"); probe(local, "g") }
`, ``},
		{"set on self elsewhere", `-- a.py --
class C:
    def __init__(self):
        self.q = 'a'
    def set(self, q):
        self.q = q
    def f(self):
        probe(self.q, choice("a" ?))
`, ``},
		{"inherited", `-- a.py --
class A:
    Q = 'a'
class B(A):
    Q = 'b'
class D(A):
    def f(self):
        probe(self.Q, "a")
probe(B.Q, "b")
probe(B().Q, "b")
`, ``},
		{"enumerations", `-- a.py --
from enum import Enum
class F(str, Enum):
    A = 'a'
probe(F.A, "a")
probe(F.A.value, "a")
probe(F.A.name, "A")
probe(F['A'].value, "a")
-- b.ts --
enum E { A, B = 'b', C = 7, D }
namespace N { export const X = 'x' }
class K { static readonly Q = 'q'; n = 5; f() { probe(this.n, 5) } }
probe(E.A, 0)
probe(E['B'], "b")
probe(E.D, 8)
probe(N.X, "x")
probe(K.Q, "q")
`, ``},
		{"readers of the environment", `-- a.py --
import os
from os import environ as e
from decouple import config
env = os.environ
NAME = 'N'
probe(env['Q'], env(Q))
probe(env.get('Q', 'd'), env(Q, "d"))
probe(e.get('A'), env(A))
probe(os.getenv(NAME), env(N))
probe(os.getenv(zz), ?)
probe(os.environ.get('A', os.environ.get('B', 'c')), env(A, env(B, "c")))
probe(config('X', default='5', cast=int), env(X, 5))
probe(config('Y'), env(Y))
probe(os.environ.get('A') if x else 'b', choice(env(A) "b"))
probe(os.getenv('D', 'False') == 'True', ?)
`, ``},
		{"Nest", `-- a.ts --
class S {
  constructor(private readonly configService: ConfigService, private cfg: ConfigService<Env>, private other: Map) {}
  f() {
    probe(this.configService.get<string>('Q'), env(Q))
    probe(this.configService.get('Q', 'd'), env(Q, "d"))
    probe(this.cfg.getOrThrow('R'), env(R))
    probe(this.other.get('R'), ?)
  }
}
const x = { useFactory: (c: ConfigService) => { probe(c.get('Z'), env(Z)) } }
`, ``},
		{"patterns", `-- a.js --
const { Q = 'd', R: { s }, ...rest } = { R: { s: 1 } };
const [a, , b] = ['x', 'y', 'z'];
probe(Q, choice(? "d"))
probe(s, 1)
probe(rest, ?)
probe(b, "z")
function f({ queue = 'q' }) { probe(queue, ?) }
`, ``},
		{"exports of JavaScript", `-- src/names/q.ts --
export const Q = 'q';
-- src/names/index.ts --
export * from './q';
export { Q as Z } from './q';
-- src/app/a.ts --
import { Q, Z } from '../names';
import * as all from '../names';
import { Q as R } from '@/names';
probe(Q, "q")
probe(Z, "q")
probe(all.Q, "q")
probe(R, "q")
`, ``},
		{"objects", `-- a.ts --
export const Q = { mail: { name: 'm', opts: { durable: true } } } as const;
const k = 'mail';
probe(Q.mail.name, "m")
probe(Q['mail'].opts, {durable=true})
probe(Q[k].name, "m")
probe(Q[zz], ?)
probe(Object.freeze({ a: 1 }).a, 1)
`, ``},
		{"loops", `-- a.py --
for q in ['a', 'b']:
    probe(q, choice("a" "b"))
for q2 in ('a', *more):
    probe(q2, ?)
for k in {'x': 1}:
    probe(k, "x")
for i, v in {'x': 1}.items():
    probe(v, ?)
if (m := 'x'):
    probe(m, "x")
with open('x') as f:
    probe(f, ?)
-- b.js --
for (const q of ['a', 'b']) probe(q, choice("a" "b"))
for (const k in ['a', 'b']) probe(k, ?)
`, ``},
		{"functions and properties", `-- a.py --
def url(): return 'amqp://x'
class C:
    @property
    def q(self): return 'p'
    def f(self):
        probe(self.q, "p")
probe(url(), "amqp://x")
probe(getattr(C(), 'q', 'd'), "p")
probe(getattr(zz, 'q', 'd'), choice(? "d"))
`, ``},
		{"casts", `-- a.py --
probe(str(5), "5")
probe(int('7'), 7)
probe(int(1.9), 1)
probe(float('1.5'), 1.5)
probe(int('x'), "x")
probe(str(True), true)
-- b.js --
probe(Number('7'), 7)
probe(parseInt('7', 10), 7)
probe(Number('1.5'), 1.5)
probe(String(5), "5")
`, ``},
		{"Django", `-- proj/settings/base.py --
HOST = 'a'
ONE = 1
-- proj/settings/prod.py --
from .base import *
HOST = 'b'
-- proj/x.py --
from django.conf import settings
probe(settings.HOST, choice("a" "b"))
probe(settings.ONE, 1)
probe(settings.NOPE, symbol django.conf.settings.NOPE)
`, ``},
		{"symbols and what is left alone", `-- a.py --
from datetime import timedelta
import pika
probe(timedelta(minutes=5), ?)
probe(pika.DeliveryMode.Persistent, symbol pika.DeliveryMode.Persistent)
`, ``},
		{"what is put into maps", `-- a.py --
args = {'a': 1}
probe(args, {a=1})
args['b'] = 2
if z:
    args['c'] = 3
    args['a'] = 9
probe(args, {a=1 b=2 c=choice(3 ?) a=choice(9 1) …})
more = dict(a=1)
more.update(b=2)
more.update({'c': 3}, **zz)
more.setdefault('a', 7)
more.setdefault('d', 4)
probe(more, {a=1 b=2 c=3 d=4 …})
l = []
l.append('x')
probe(l, ["x"])
gone = {'a': 1}
gone.pop('a')
probe(gone, {a=1 …})
deep = {'a': {}}
deep['a']['b'] = 1
probe(deep, {a={} …})
class C:
    def __init__(self):
        self.args = {'a': 1}
        self.args['b'] = 2
    def add(self):
        self.args['c'] = 3
    def f(self):
        probe(self.args, {a=1 b=2 c=choice(3 ?) …})
TOP = {}
TOP['a'] = 1
def later():
    TOP['b'] = 1
def use():
    probe(TOP, {a=1 b=choice(1 ?) …})
-- b.js --
const o = { a: 1 };
o.b = 2;
Object.assign(o, { c: 3 });
const q = [1];
q.push(2);
probe(o, {a=1 b=2 c=3})
probe(q, [1 2])
`, ``},
		{"rings", `-- a.py --
from b import X
Y = X
x = x + 'a'
d = {}
d['d'] = d
probe(Y, ?)
probe(x, template(? "a"))
probe(d, {d={d=?}})
-- b.py --
from a import Y
X = Y
`, ``},
	} {
		t.Run(c.name, func(t *testing.T) { checkProbes(t, c.src) })
	}
}

// checkProbes compares each probe(value, want) of the sources: what is wanted stands
// behind the comma as it is shown.
func checkProbes(t *testing.T, archive string) {
	plain, wants := "", map[string][]string{}
	file := ""
	for line := range strings.Lines(archive) {
		if name, ok := strings.CutPrefix(line, "-- "); ok {
			file = strings.TrimSuffix(name, " --\n")
			plain += line
			continue
		}
		for {
			before, rest, ok := strings.Cut(line, "probe(")
			if !ok {
				plain += line
				break
			}
			inner, after := untilClosed(rest)
			expr, want := splitWant(inner)
			wants[file] = append(wants[file], want)
			plain += before + "probe(" + expr + ")"
			line = after
		}
	}
	p, files := parse(t, plain)
	n := 0
	for _, f := range files {
		got := probes(p, []*syntax.File{f})
		if len(got) != len(wants[f.Path]) {
			t.Fatalf("%s: %d probes, %d wanted", f.Path, len(got), len(wants[f.Path]))
		}
		// Probes come scope by scope; wants are in the order of the source.
		for i, want := range inOrder(f, wants[f.Path]) {
			n++
			if got[i] != want {
				t.Errorf("%s, probe %d:\ngot  %s\nwant %s", f.Path, i+1, got[i], want)
			}
		}
	}
	if n == 0 {
		t.Fatal("no probe")
	}
}

// inOrder sorts what is wanted as probes finds it: the module first, then each definition.
func inOrder(f *syntax.File, wants []string) []string {
	var starts []int
	collect := func(body []syntax.Stmt) {
		syntax.Inspect(body, nil, func(e *syntax.Expr) bool {
			if e.Kind == syntax.Call && e.X.Path() == "probe" {
				starts = append(starts, e.Span.Start)
			}
			return true
		})
	}
	collect(f.Body)
	for _, d := range f.Defs {
		collect(d.Body)
	}
	out := make([]string, len(wants))
	for i, s := range starts {
		rank := 0
		for _, other := range starts {
			if other < s {
				rank++
			}
		}
		out[i] = wants[rank]
	}
	return out
}

func untilClosed(s string) (inner, after string) {
	depth := 1
	for i, c := range s {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s[:i], s[i+1:]
			}
		}
	}
	return s, ""
}

// splitWant cuts at the last comma that stands outside of brackets and quotes.
func splitWant(s string) (expr, want string) {
	depth, at, quote := 0, -1, rune(0)
	for i, c := range s {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case strings.ContainsRune("([{", c):
			depth++
		case strings.ContainsRune(")]}", c):
			depth--
		case c == ',' && depth == 0:
			at = i
		}
	}
	return s[:at], strings.TrimSpace(s[at+1:])
}

func TestNodeConfig(t *testing.T) {
	p, files := parse(t, "-- svc/src/a.js --\nconst config = require('config');\nprobe(config.get('rabbit.url'));\nprobe(config.get('rabbit.n'));\nprobe(config.get('no'));\n")
	p.AddConfig("svc/config/default.json", []byte(`{"rabbit": {"url": "amqp://mq", "n": 5}}`))
	p.AddConfig("other/config/default.json", []byte(`{"no": 1}`))
	p.AddConfig("broken/config/default.json", []byte(`{`))
	if got := strings.Join(probes(p, files), " "); got != `"amqp://mq" 5 ?` {
		t.Errorf("got %s", got)
	}
	var v code.Value
	syntax.Inspect(files[0].Body, nil, func(e *syntax.Expr) bool {
		if e.Kind == syntax.Call && e.X.Path() == "config.get" && v.Kind == code.Unresolved {
			v = p.Value(files[0], nil, e)
		}
		return true
	})
	if v.Origin.Place.File != "svc/config/default.json" || v.Origin.Assumed == "" {
		t.Errorf("origin %+v", v.Origin)
	}
}

func TestUnresolvedNamesItsParameter(t *testing.T) {
	p, files := parse(t, "-- a.py --\ndef send(host, q):\n    probe(q)\n")
	d := files[0].Defs[0]
	e := d.Body[0].Value.Args[0].Value
	v := p.Value(files[0], d, e)
	if v.Kind != code.Unresolved || v.Text != "the parameter q" || v.Origin.Place.Line != 2 || v.Origin.Place.Symbol != "send" {
		t.Errorf("%+v %+v", v, v.Origin)
	}
	if x, ok := p.Parameter(files[0], d, e); !ok || x.Def != d || x.Index != 1 {
		t.Errorf("%+v %v", x, ok)
	}
}

// FuzzResolve resolves every expression of arbitrary source.
func FuzzResolve(f *testing.F) {
	f.Add("class A(B):\n  def __init__(self, x=1): self.x = x\nclass B(A): pass\na = A(); b = a.x; a.x['k'] = b", "const a = {...b}; b.c = a; export * from './m'; export {a as b}; module.exports = a")
	f.Add("from a import *\nx: int = f'{x}' % x\nfor x in x: x += x", "class A extends A { x = this.x; constructor(y = this) { super(y) } } let {a = a, ...c} = a; a = a?.b ?? a")
	f.Add("from . import m\nsettings = m.settings\ng = lambda g: g(g)", "const m = require('./m'); exports.m = m.m; for (const m of m) m()")
	f.Fuzz(func(t *testing.T, py, js string) {
		a, err := python.Frontend{}.Parse(t.Context(), syntax.Python, "p/a.py", []byte(py))
		if err != nil {
			t.Skip(err)
		}
		b, err := javascript.Frontend{}.Parse(t.Context(), syntax.JavaScript, "p/m.js", []byte(js))
		if err != nil {
			t.Skip(err)
		}
		p := New("fuzz", []*syntax.File{a, b}, syntax.Excerpt)
		for _, file := range []*syntax.File{a, b} {
			for _, d := range append([]*syntax.Def{nil}, file.Defs...) {
				body := file.Body
				if d != nil {
					body = d.Body
					p.CallSites(d)
				}
				syntax.Inspect(body, nil, func(e *syntax.Expr) bool {
					if v := p.Value(file, d, e); v.Origin == nil {
						t.Errorf("no origin for %q", file.Src[e.Span.Start:e.Span.End])
					}
					p.Path(file, d, e)
					p.Def(file, d, e)
					p.ClassOf(file, d, e)
					return true
				})
			}
		}
	})
}
