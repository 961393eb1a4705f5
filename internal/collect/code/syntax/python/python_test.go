//go:build cgo

package python

import (
	"testing"

	"qaudit/internal/collect/code/syntax/syntaxtest"
)

func TestGolden(t *testing.T)  { syntaxtest.Golden(t, Frontend{}) }
func TestHostile(t *testing.T) { syntaxtest.Hostile(t, Frontend{}, "a.py") }
func FuzzParse(f *testing.F)   { syntaxtest.Fuzz(f, Frontend{}, "a.py") }

func TestModule(t *testing.T) {
	for path, want := range map[string]string{
		"a.py": "a", "shop/worker.py": "shop.worker", "shop/__init__.py": "shop", "__init__.py": "",
	} {
		if got := Module(path); got != want {
			t.Errorf("Module(%q) = %q, want %q", path, got, want)
		}
	}
}
