//go:build cgo

package javascript

import (
	"testing"

	"qaudit/internal/collect/code/syntax/syntaxtest"
)

func TestGolden(t *testing.T) { syntaxtest.Golden(t, Frontend{}) }

func TestHostile(t *testing.T) {
	for _, name := range []string{"a.js", "a.ts", "a.tsx"} {
		t.Run(name, func(t *testing.T) { syntaxtest.Hostile(t, Frontend{}, name) })
	}
}

func FuzzParse(f *testing.F) { syntaxtest.Fuzz(f, Frontend{}, "a.js", "a.ts", "a.tsx") }
