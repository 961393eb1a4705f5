package syntaxtest

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"qaudit/internal/collect/code/syntax"
)

var update = flag.Bool("update", false, "rewrite the wanted trees of golden files")

// Golden lowers each source in testdata/*.txtar and compares its dump with the file of
// the same name and ".want". -update writes them.
func Golden(t *testing.T, fe syntax.Frontend) {
	t.Helper()
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no testdata/*.txtar: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) { golden(t, fe, name) })
	}
}

func golden(t *testing.T, fe syntax.Frontend, name string) {
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	var out []txtar.File
	for _, f := range a.Files {
		if filepath.Ext(f.Name) == ".want" {
			want[f.Name] = string(f.Data)
		}
	}
	for _, f := range a.Files {
		l, ok := syntax.LangOf(f.Name)
		if !ok {
			continue
		}
		file, err := fe.Parse(context.Background(), l, f.Name, f.Data)
		if err != nil {
			t.Fatal(err)
		}
		got := Dump(file)
		if diff := cmp.Diff(want[f.Name+".want"], got); diff != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
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
