package walk

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
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
		"app/settings.py":               "CELERY_TASK_ACKS_LATE = True\n",
		"app/urls.ts":                   "export const U = 'amqp://mq'\n",
		"app/build/tool.py":             "import pika\n",
		"web/a.ts":                      "import amqp from 'amqplib'\n",
		"web/package.json":              "{}",
		"web/build/a.js":                "require('amqplib')\n",
		"web/dist/a.js":                 "require('amqplib')\n",
		"web/node_modules/amqplib/a.js": "require('amqplib')\n",
		"web/app.min.js":                "amqplib",
		"web/packed.js":                 "require('amqplib');" + strings.Repeat("x", 1<<15),
		"go/main.go":                    "import \"github.com/rabbitmq/amqp091-go\"\n",
		"go/vendor/amqp/a.go":           "amqp091-go",
		"legacy/old.py":                 "import pika\n",
		"legacy/kept.py":                "import pika\n",
		"generated/out.py":              "import pika\n",
		".gitignore":                    "generated/\n*.tmp.py\n",
		"app/.gitignore":                "!x\ngenerated.py\n",
		"app/generated.py":              "import pika\n",
		"app/a.tmp.py":                  "import pika\n",
		"compose.yaml":                  "services: {}\n",
		"lib/x.rb":                      "Bunny.new\n",
		"my env/pyvenv.cfg":             "",
		"my env/lib/a.py":               "import pika\n",
		"zz/binary.py":                  "pika \x00\x00",
		"zz/binary.ts":                  "G\x00\x00 a film",
		"zz/large.py":                   "import pika\n" + strings.Repeat("#\n", MaxSize/2),
		"zz/large_without.py":           strings.Repeat("#\n", MaxSize),
		"zz/utf16.py":                   "\xff\xfei\x00",
		"tests/test_worker.py":          "import pika\n",
		"zz/crlf.py":                    "\ufeffimport pika\r\n",
		"zz/latin.py":                   "# caf\xe9\nimport pika\n",
	})
	for name, to := range map[string]string{"app/up": "..", "app/loop.py": "loop.py", "app/out.py": "/etc/passwd",
		"app/gone.py": "nothing", "app/again.py": "worker.py", "logo.png": "/nowhere"} {
		if err := os.Symlink(to, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Walk(context.Background(), root, Options{Exclude: []string{"legacy/*", "!kept.py"}, Tokens: Tokens(),
		Wants: func(p string) bool { return p == "compose.yaml" }})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := paths(r), "app/build/tool.py app/settings.py app/urls.ts app/worker.py compose.yaml go/main.go legacy/kept.py lib/x.rb "+
		"tests/test_worker.py web/a.ts zz/crlf.py zz/latin.py"; got != want {
		t.Errorf("files %s\nwant  %s", got, want)
	}
	if got, want := strings.Join(r.Others, " "), "app/other.py app/pikachu.py"; got != want {
		t.Errorf("others %s, want %s", got, want)
	}
	var gaps []string
	for _, g := range r.Gaps {
		gaps = append(gaps, g.Place.File+" "+g.Why)
	}
	want := []string{
		"app/gone.py is a link that leads nowhere",
		"app/loop.py is a link that leads back to itself",
		"app/out.py is a link that leads out of the tree: it is not followed",
		"zz/binary.py is not text",
		"zz/large.py is larger than 2 MiB",
		"zz/utf16.py is UTF-16 text",
	}
	if !slices.Equal(gaps, want) {
		t.Errorf("gaps\n%s\nwant\n%s", strings.Join(gaps, "\n"), strings.Join(want, "\n"))
	}
}

func TestWalkUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	root := tree(t, map[string]string{"a.py": "import pika\n", "b.py": "import pika\n", "c/d.py": "import pika\n"})
	for _, p := range []string{"a.py", "c"} {
		if err := os.Chmod(filepath.Join(root, p), 0); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Walk(context.Background(), root, Options{Tokens: Tokens()})
	if err != nil || paths(r) != "b.py" || len(r.Gaps) != 2 {
		t.Errorf("files %s, gaps %v, error %v", paths(r), r.Gaps, err)
	}
	os.Chmod(filepath.Join(root, "c"), 0o700)
}

func TestWalkStops(t *testing.T) {
	root := tree(t, map[string]string{"a.py": "import pika\n"})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if r, err := Walk(ctx, root, Options{Tokens: Tokens()}); r == nil || !errors.Is(err, context.Canceled) {
		t.Errorf("result %v, error %v", r, err)
	}
	if _, err := Walk(context.Background(), filepath.Join(root, "nothing"), Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestAgain(t *testing.T) {
	root := tree(t, map[string]string{"a/use.py": "charge_card(1)\n", "a/other.py": "charge_cards(1)\n"})
	files, read := Again(context.Background(), root, []string{"a/use.py", "a/other.py", "gone.py"}, []Word{{Text: "charge_card", Whole: true}})
	if len(files) != 1 || files[0].Path != "a/use.py" || files[0].Hits[0].Offset != 0 || read != 31 {
		t.Errorf("%+v, %d bytes", files, read)
	}
}

// TestTokens holds the false friends: words that look like a library and are none.
func TestTokens(t *testing.T) {
	tokens := Tokens()
	words := make([]Word, len(tokens))
	for i, x := range tokens {
		words[i] = x.Word
	}
	m := NewMatcher(words)
	for _, c := range []struct{ lang, text, want string }{
		{"Python", "import pika", "pika"},
		{"Python", "pikachu = spika", ""},
		{"Python", "import aio_pika", "aio-pika"},
		{"Python", "from amqp import x", "py-amqp"},
		{"Python", "from amqpstorm import Connection", "amqpstorm"},
		{"Python", "CELERY_BROKER_URL", "Celery"},
		{"Python", "celeryman", ""},
		{"Python", "boto3.client('sqs')", "Amazon SQS"},
		{"Python", "x = 'sqs'", ""},
		{"Python", "import rquests", ""},
		{"JavaScript", "import pika", ""},
		{"JavaScript", "x = 'bull'", ""},
		{"TypeScript", "import Queue from 'bull'", "Bull"},
		{"TypeScript", "import { Worker } from 'bullmq'", "BullMQ"},
		{"TypeScript", "rascals", ""},
		{"Ruby", "Bunny.new", "bunny"},
		{"Ruby", "class BunnyHop", ""},
		{"Ruby", "sneakers = Shoe.new", ""},
		{"Go", "amqp.Dial(\"amqp://mq\")", "RabbitMQ"},
		{"Java", "import com.rabbitmq.client.Channel;", "RabbitMQ"},
		{"Rust", "# qaudit:ignore x", "-"},
	} {
		var got []string
		for _, h := range m.Find([]byte(c.text)) {
			if x := tokens[h.Word]; x.counts(c.lang) && !slices.Contains(got, cmp.Or(x.What, "-")) {
				got = append(got, cmp.Or(x.What, "-"))
			}
		}
		if s := strings.Join(got, ","); s != c.want {
			t.Errorf("%s %q: %q, want %q", c.lang, c.text, s, c.want)
		}
	}
}

func TestWalkOneFile(t *testing.T) {
	root := tree(t, map[string]string{"a/test_worker.py": "import pika\n", "a/b.py": "import pika\n"})
	r, err := Walk(context.Background(), filepath.Join(root, "a", "test_worker.py"), Options{Tokens: Tokens()})
	if err != nil {
		t.Fatal(err)
	}
	if got := paths(r); got != "test_worker.py" || r.Files[0].Role != code.Application {
		t.Errorf("files %s, %v", got, r.Files[0].Role)
	}
}

func TestRoleOf(t *testing.T) {
	for p, want := range map[string]code.Role{
		"app/worker.py": code.Application, "tests/a.py": code.Test, "app/test_a.py": code.Test, "src/a.spec.ts": code.Test,
		"docs/a.py": code.Example, "a/migrations/0001.py": code.Migration, "vendor/x.go": code.Vendored, "contest/latest.py": code.Application,
		"integration-tests/a.py": code.Test, "a/Tests/B.cs": code.Test, "src/OrderTest.java": code.Test, "db/migrate/1.rb": code.Migration,
		"app/testimonials/a.py": code.Application, "attest/a.py": code.Application, "app/spec.py": code.Application,
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

// BenchmarkWalk reads the tree that QAUDIT_BENCH_TREE names; grep -rlF with the same tokens
// over the same tree is the measure.
func BenchmarkWalk(b *testing.B) {
	root := os.Getenv("QAUDIT_BENCH_TREE")
	if root == "" {
		b.Skip("QAUDIT_BENCH_TREE names no tree")
	}
	for b.Loop() {
		r, err := Walk(context.Background(), root, Options{Tokens: Tokens()})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(r.Bytes)
		b.ReportMetric(float64(r.Seen), "files")
	}
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
