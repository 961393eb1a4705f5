package amqp

import (
	"context"
	"errors"
	"flag"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/collect/code/syntax/javascript"
	"qaudit/internal/collect/code/syntax/python"
	"qaudit/internal/model"
	"qaudit/internal/model/config"
)

var update = flag.Bool("update", false, "write what the facts are as what is wanted")

// versions are the versions that a case pins: "pika 0.13.1" a line.
type versions map[string]model.Version

func (v versions) For(_, name string) (config.Package, bool) {
	n, ok := v[name]
	if !ok {
		return config.Package{}, false
	}
	return config.Package{Name: name, Version: model.Present(n, &model.Origin{}), Exact: true}, true
}

// parse lowers the files of a case.
func parse(t testing.TB, files map[string]string) *library.Tree {
	t.Helper()
	var parsed []*library.File
	v := versions{}
	for name, src := range files {
		if name == "versions" {
			for _, l := range strings.Split(src, "\n") {
				if lib, num, ok := strings.Cut(l, " "); ok {
					v[lib], _ = model.ParseVersion(num)
				}
			}
			continue
		}
		var fe syntax.Frontend = javascript.Frontend{}
		lang, ok := syntax.LangOf(name)
		if !ok {
			continue
		}
		if lang == syntax.Python {
			fe = python.Frontend{}
		}
		f, err := fe.Parse(context.Background(), lang, path.Clean(name), []byte(src))
		if errors.Is(err, syntax.ErrNotBuilt) {
			t.Skip(err)
		} else if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, &library.File{File: f})
	}
	sort.Slice(parsed, func(i, j int) bool { return parsed[i].Path < parsed[j].Path })
	tree := library.NewTree("test", ".", parsed)
	tree.Packages = v
	return tree
}

func facts(t testing.TB, files map[string]string) string {
	t.Helper()
	tree := parse(t, files)
	if err := (Extractor{}).Extract(context.Background(), tree); err != nil {
		t.Fatal(err)
	}
	return dump(tree.Facts)
}

// TestFacts holds each case to the facts below its "want".
func TestFacts(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases: ", err)
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			want := -1
			for i, f := range a.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				files[f.Name] = string(f.Data)
			}
			got := facts(t, files)
			if *update {
				if want < 0 {
					a.Files = append(a.Files, txtar.File{Name: "want"})
					want = len(a.Files) - 1
				}
				a.Files[want].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want < 0 {
				t.Fatal("the case wants nothing")
			}
			if d := cmp.Diff(string(a.Files[want].Data), got); d != "" {
				t.Errorf("facts differ (-want +got):\n%s", d)
			}
		})
	}
}

// TestSame: what is read does not depend on the order of maps.
func TestSame(t *testing.T) {
	cases, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range cases {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		for _, f := range a.Files {
			if f.Name != "want" {
				files[f.Name] = string(f.Data)
			}
		}
		first := facts(t, files)
		for range 3 {
			if d := cmp.Diff(first, facts(t, files)); d != "" {
				t.Errorf("%s differs from one reading to the next:\n%s", file, d)
				break
			}
		}
	}
}

// TestCircles: modules, classes and functions that lead back to themselves end.
func TestCircles(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"imports": {"a.py": "import pika\nfrom b import x, y\nx()\nch = y\n", "b.py": "from a import x, ch as y\nfrom a import *\n"},
		"star":    {"a.py": "import pika\nfrom b import *\nz()\n", "b.py": "from a import *\nz()\n"},
		"exports": {"a.js": "const amqp = require('amqplib');\nexport * from './b';\nexport { q } from './b';\nimport { q, r } from './b'; q(r);",
			"b.js": "export * from './a';\nexport { q } from './a';\nimport { r } from './a'; r();"},
		"classes":   {"a.py": "import pika\nclass A(B):\n    pass\nclass B(A):\n    def f(self):\n        return self.f().g\nA().f()\n"},
		"functions": {"a.py": "import pika\ndef f(x=None): return g(f, x)\ndef g(a, b): return a(b)(f)\nch = f(pika.BlockingConnection().channel())\nch.basic_consume('q', f(g))\n"},
		"fields":    {"a.py": "import pika\nclass A:\n    def __init__(self, q): self.q = self.p; self.p = self.q\n    def go(self): pika.BlockingConnection().channel().queue_declare(self.q)\nA(A(1).q).go()\n"},
		"handler":   {"a.py": "import pika\nch = pika.BlockingConnection().channel()\ndef on(c, m, p, b):\n    on(c, m, p, b)\n    other(c, m)\ndef other(c, m):\n    on(c, m, 1, 2)\n    c.basic_ack(m.delivery_tag)\nch.basic_consume('q', on)\n"},
	} {
		t.Run(name, func(t *testing.T) {
			facts(t, files)
			(Extractor{}).Exports(context.Background(), parse(t, files))
		})
	}
}
