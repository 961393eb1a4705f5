package amqp

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzExtract holds the reader to never panic and to end, whatever a file says.
func FuzzExtract(f *testing.F) {
	cases, _ := filepath.Glob("testdata/*.txtar")
	for _, c := range cases {
		b, err := os.ReadFile(c)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range txtar.Parse(b).Files {
			if strings.HasSuffix(file.Name, ".py") {
				f.Add(string(file.Data), true)
			} else if file.Name != "want" && file.Name != "versions" {
				f.Add(string(file.Data), false)
			}
		}
	}
	f.Add("import pika\nclass A(A):\n x = x\n def f(self): self.f = self.f(self.f); return self.f()\n", true)
	f.Add("import pika\ndef f(*a, **k): return f(*a, **k)\nch = f(pika.BlockingConnection().channel(*f(), **f()))\nch.basic_consume(*f)\n", true)
	f.Add("const a = require('amqplib'); const f = (x = f) => f(f(x)); a.connect(f).then(f).catch(f).finally(f);", false)
	f.Fuzz(func(t *testing.T, src string, isPython bool) {
		name := "a.js"
		if isPython {
			name = "a.py"
		}
		tree := parse(t, map[string]string{name: src})
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		_ = (Extractor{}).Extract(ctx, tree)
		_ = (Extractor{}).Exports(ctx, tree)
		if ctx.Err() != nil {
			t.Fatalf("did not end: %q", src)
		}
		dump(tree.Facts)
	})
}
