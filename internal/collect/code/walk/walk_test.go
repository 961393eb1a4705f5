package walk

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"qaudit/internal/model/code"
)

func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		p := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func paths(r *Result) string {
	var out []string
	for _, f := range r.Files {
		out = append(out, f.Path)
	}
	return strings.Join(out, " ")
}

func TestWalk(t *testing.T) {
	root := tree(t, map[string]string{
		"app/worker.py":                 "import pika\n",
		"app/pikachu.py":                "import pikachu\n",
		"app/other.py":                  "x = 1\n",
		"web/a.ts":                      "import amqp from 'amqplib'\n",
		"web/node_modules/amqplib/a.js": "require('amqplib')\n",
		"go/main.go":                    "import \"github.com/rabbitmq/amqp091-go\"\n",
		"legacy/old.py":                 "import pika\n",
		"build/out.py":                  "import pika\n",
		".gitignore":                    "build/\n*.tmp.py\n",
		"app/.gitignore":                "!x\ngenerated.py\n",
		"app/generated.py":              "import pika\n",
		"app/a.tmp.py":                  "import pika\n",
		"web/app.min.js":                "amqplib",
		"compose.yaml":                  "services: {}\n",
		"bin.py":                        "pika \x00\x00",
		"lib/x.rb":                      "Bunny.new\n",
		"big.py":                        "import pika\n" + strings.Repeat("#", MaxSize),
		"tests/test_worker.py":          "import pika\n",
	})
	if err := os.Symlink("..", filepath.Join(root, "app", "loop")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(root, "app", "out.py")); err != nil {
		t.Fatal(err)
	}
	r, err := Walk(context.Background(), root, Options{Exclude: []string{"legacy/"}, Tokens: Tokens(),
		Wants: func(p string) bool { return p == "compose.yaml" }})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := paths(r), "app/worker.py compose.yaml go/main.go lib/x.rb tests/test_worker.py web/a.ts"; got != want {
		t.Errorf("files %s\nwant  %s", got, want)
	}
	if got, want := strings.Join(r.Others, " "), "app/other.py app/pikachu.py"; got != want {
		t.Errorf("others %s, want %s", got, want)
	}
	var gaps []string
	for _, g := range r.Gaps {
		gaps = append(gaps, g.Place.File+" "+g.Why)
	}
	if got, want := strings.Join(gaps, "; "), "big.py is larger than 2 MiB; bin.py is not text"; got != want {
		t.Errorf("gaps %s, want %s", got, want)
	}
}

func TestWalkOneFile(t *testing.T) {
	root := tree(t, map[string]string{"a/worker.py": "import pika\n", "a/b.py": "import pika\n"})
	r, err := Walk(context.Background(), filepath.Join(root, "a", "worker.py"), Options{Tokens: Tokens()})
	if err != nil {
		t.Fatal(err)
	}
	if got := paths(r); got != "worker.py" {
		t.Errorf("files %s", got)
	}
}

func TestRoleOf(t *testing.T) {
	for p, want := range map[string]code.Role{
		"app/worker.py": code.Application, "tests/a.py": code.Test, "app/test_a.py": code.Test, "src/a.spec.ts": code.Test,
		"docs/a.py": code.Example, "a/migrations/0001.py": code.Migration, "vendor/x.go": code.Vendored, "contest/latest.py": code.Application,
	} {
		if got := RoleOf(p); got != want {
			t.Errorf("RoleOf(%s) = %v, want %v", p, got, want)
		}
	}
}

// TestMatcherAgreesWithSearch compares with a plain search on random text.
func TestMatcherAgreesWithSearch(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var words []Word
		for range 1 + rng.IntN(6) {
			words = append(words, Word{Text: random(rng, 2+rng.IntN(5))})
		}
		text := []byte(random(rng, rng.IntN(80)))
		got := map[int]int{}
		for _, h := range NewMatcher(words).Find(text) {
			got[h.Word] = h.Offset
		}
		for i, w := range words {
			at, ok := got[i]
			if want := bytes.Index(text, []byte(w.Text)); want >= 0 != ok || ok && at != want {
				t.Fatalf("%q in %q: %d %v, want %d", w.Text, text, at, ok, want)
			}
		}
	}
}

func random(rng *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "abc"[rng.IntN(3)]
	}
	return string(b)
}

// BenchmarkPrefilter compares the one pass with a search for each token.
func BenchmarkPrefilter(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	var sb strings.Builder
	for sb.Len() < 1<<20 {
		fmt.Fprintf(&sb, "    %s = self.%s(%s, timeout=%d)\n", identifier(rng), identifier(rng), identifier(rng), rng.IntN(100))
	}
	text := []byte(sb.String())
	tokens := Tokens()
	words := make([]Word, len(tokens))
	for i, t := range tokens {
		words[i] = t.Word
	}
	b.Run("one pass", func(b *testing.B) {
		m := NewMatcher(words)
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			m.Find(text)
		}
	})
	b.Run("each token", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			for _, w := range words {
				bytes.Contains(text, []byte(w.Text))
			}
		}
	})
}

func identifier(rng *rand.Rand) string {
	b := make([]byte, 3+rng.IntN(12))
	for i := range b {
		b[i] = "etaoinshrdlucmfwyp_"[rng.IntN(19)]
	}
	return string(b)
}
