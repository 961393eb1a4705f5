//go:build cgo

package treesitter

import (
	"context"
	"flag"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the wanted shapes")

// TestShapes pins what the grammars make of modern syntax: a tree without an error node
// is no proof of a right one. A grammar that is replaced must give the same shapes, or
// the lowerings change with it.
func TestShapes(t *testing.T) {
	const name = "testdata/shapes.txtar"
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	grammars := map[string]Grammar{".py": Python, ".js": JavaScript, ".ts": TypeScript, ".tsx": TSX}
	want := map[string]string{}
	for _, f := range a.Files {
		want[f.Name] = string(f.Data)
	}
	var out []txtar.File
	for _, f := range a.Files {
		g, ok := grammars[path.Ext(f.Name)]
		if !ok {
			continue
		}
		tree, err := Parse(context.Background(), g, f.Data)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for n := tree.Root.First; n != nil; n = n.Next {
			b.WriteString(n.Shape() + "\n")
		}
		got := b.String()
		if diff := cmp.Diff(want[f.Name+".want"], got); diff != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
		if strings.Contains(got, Error) || strings.Contains(got, "MISSING") {
			t.Errorf("%s does not parse whole:\n%s", f.Name, got)
		}
		out = append(out, f, txtar.File{Name: f.Name + ".want", Data: []byte(got)})
	}
	if *update {
		a.Files = out
		if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSpanAndText(t *testing.T) {
	src := []byte("a\r\n  b(\"é\")\n")
	tree, err := Parse(context.Background(), JavaScript, src)
	if err != nil {
		t.Fatal(err)
	}
	call := tree.Root.First.Next.FirstNamed()
	if got := tree.Text(call); got != `b("é")` {
		t.Fatalf("text is %q", got)
	}
	s := tree.Span(call)
	if s.Line != 2 || s.Column != 3 || s.EndLine != 2 || s.EndColumn != 10 || s.Start != 5 || s.End != 12 {
		t.Errorf("span is %+v", s)
	}
}
