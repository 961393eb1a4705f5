package syntaxtest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"qaudit/internal/collect/code/syntax"
)

// Fuzz lowers mutations of the golden sources, whole and cut off in the middle, under
// each of the names.
func Fuzz(f *testing.F, fe syntax.Frontend, names ...string) {
	f.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, in := range a.Files {
			if _, ok := syntax.LangOf(in.Name); ok {
				f.Add(in.Data)
				f.Add(in.Data[:len(in.Data)/2])
			}
		}
	}
	for _, s := range hostile() {
		if len(s) < 2000 {
			f.Add([]byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, name := range names {
			l, _ := syntax.LangOf(name)
			file, err := fe.Parse(context.Background(), l, name, src)
			if err != nil {
				t.Fatal(err)
			}
			Check(t, file)
		}
	})
}
