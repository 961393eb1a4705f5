package files

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"qaudit/internal/collect/files/packages"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/config"
)

var update = flag.Bool("update", false, "write the listings that tests want anew; read the difference")

func collect(t *testing.T, tree fs.FS, paths []string) Result {
	t.Helper()
	c := New("tree", "shop", tree, packages.Want([]string{"celery", "kombu", "pika"}, []string{"amqplib"}))
	var wg sync.WaitGroup
	for _, p := range paths {
		src, err := fs.ReadFile(tree, p)
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() { c.Read(p, code.Application, src) })
	}
	wg.Wait()
	return c.Result()
}

// known writes a value in its three states.
func known[T any](k model.Known[T]) string {
	switch v, ok := k.Get(); {
	case ok && k.Origin().Assumed != "":
		return fmt.Sprintf("%v (%s)", v, k.Origin().Assumed)
	case ok:
		return fmt.Sprint(v)
	case k.Absent():
		return "-"
	}
	return "? " + k.Why()
}

func spot(o *model.Origin) string {
	return fmt.Sprintf("%s:%d:%d", o.Place.File, o.Place.Line, o.Place.Column)
}

func env(b *strings.Builder, vars []config.EnvVar) {
	for _, v := range vars {
		fmt.Fprintf(b, "    %s %s = %s", spot(v.At), v.Name, known(v.Value))
		if v.Fallback.Present() {
			fmt.Fprintf(b, " else %s", known(v.Fallback))
		}
		if v.Secret {
			fmt.Fprintf(b, " secret")
		}
		if v.Default {
			fmt.Fprintf(b, " default")
		}
		if v.URL != nil {
			fmt.Fprintf(b, " %+v", *v.URL)
		}
		b.WriteByte('\n')
	}
}

func listing(r Result) string {
	var b strings.Builder
	for _, f := range r.Files.Files {
		fmt.Fprintf(&b, "file %s %s\n", f.Path, f.Format)
		for _, s := range f.Settings {
			fmt.Fprintf(&b, "    %s %s = %s secret=%v literal=%v default=%v\n", spot(s.At), s.Key, s.Value, s.Secret, s.Literal, s.Default)
		}
	}
	for _, w := range r.Files.Workloads {
		fmt.Fprintf(&b, "workload %s %s image=%q literal=%v build=%q restart=%s replicas=%s memory=%s stop=%s grace=%s..%s health=%v\n", spot(w.At), w.Name,
			w.Image.Value, w.Image.Literal, w.Build, known(w.Restart), known(w.Replicas), known(w.Memory), known(w.StopWith), w.StopGrace.Lo, w.StopGrace.Hi, w.Health)
		if w.Partial+w.EnvOpen != "" {
			fmt.Fprintf(&b, "    partial: %s; env: %s\n", w.Partial, w.EnvOpen)
		}
		for _, c := range w.Commands {
			fmt.Fprintf(&b, "    %s %q shell=%v exec=%v last=%v\n", spot(c.At), c.Words, c.Shell, c.Exec, c.Last)
		}
		for _, p := range w.Ports {
			fmt.Fprintf(&b, "    %s port %s:%d:%d\n", spot(p.At), p.Host, p.Published, p.Target)
		}
		for _, v := range w.Volumes {
			fmt.Fprintf(&b, "    %s volume %s:%s ro=%v\n", spot(v.At), v.Source, v.Target, v.ReadOnly)
		}
		env(&b, w.Env)
	}
	fmt.Fprintf(&b, "env\n")
	env(&b, r.Files.Env)
	for _, p := range r.Files.Packages {
		fmt.Fprintf(&b, "package %s %s %s exact=%v dir=%s\n", spot(p.At), p.Name, known(p.Version), p.Exact, p.Dir)
	}
	for _, w := range r.Workers {
		fmt.Fprintf(&b, "celery %s %s app=%s beat=%v/%v queues=%v c=%s shell=%v replicas=%s version=%s %v\n", spot(w.At), w.Workload, w.App, w.Beat,
			w.EmbedsBeat, w.Queues, known(w.Concurrency), w.Shell, known(w.Replicas), known(w.Version), w.Options)
	}
	for _, d := range r.Definitions {
		fmt.Fprintf(&b, "definitions %s %d queues\n", d.Path, len(d.Queues))
	}
	for _, g := range r.Gaps {
		fmt.Fprintf(&b, "gap %s: %s\n", g.What, g.Why)
	}
	return b.String()
}

func TestTree(t *testing.T) {
	const name = "testdata/shop.txtar"
	ar, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := &ar.Files[len(ar.Files)-1]
	in := &txtar.Archive{Files: ar.Files[:len(ar.Files)-1]}
	tree := fstest.MapFS{}
	for _, f := range in.Files {
		tree[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	var paths []string
	for _, f := range in.Files {
		if Wants(f.Name) {
			paths = append(paths, f.Name)
		}
	}
	r := collect(t, tree, paths)
	got := listing(r)
	slices.Reverse(paths)
	if again := listing(collect(t, tree, paths)); again != got {
		t.Error("the result depends on the order of reading")
	}
	if *update {
		want.Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(strings.Split(string(want.Data), "\n"), strings.Split(got, "\n")); d != "" {
		t.Error(d)
	}
	if all := dump(r); strings.Contains(all, "s3cret") {
		i := strings.Index(all, "s3cret")
		t.Errorf("a secret is kept: …%s…", all[max(0, i-200):min(len(all), i+40)])
	}
}

// dump writes everything that a result holds, through pointers and unexported fields.
func dump(v any) string {
	var b strings.Builder
	seen := map[uintptr]bool{}
	var walk func(reflect.Value)
	walk = func(x reflect.Value) {
		switch x.Kind() {
		case reflect.Pointer:
			if !x.IsNil() && !seen[x.Pointer()] {
				seen[x.Pointer()] = true
				walk(x.Elem())
			}
		case reflect.Interface:
			if !x.IsNil() {
				walk(x.Elem())
			}
		case reflect.Struct:
			for i := range x.NumField() {
				walk(x.Field(i))
			}
		case reflect.Slice, reflect.Array:
			for i := range x.Len() {
				walk(x.Index(i))
			}
		case reflect.Map:
			for it := x.MapRange(); it.Next(); {
				walk(it.Key())
				walk(it.Value())
			}
		case reflect.String:
			b.WriteString(x.String() + "\n")
		}
	}
	walk(reflect.ValueOf(v))
	return b.String()
}

func TestManyProblemsAreTold(t *testing.T) {
	c := New("t", "t", nil, packages.Want(nil, nil))
	c.Read(".env", code.Application, []byte(strings.Repeat("no pair\n", 100)))
	gaps := c.Result().Gaps
	if len(gaps) != 6 || gaps[5].Why != "this and 94 more places of the file cannot be read" {
		t.Errorf("%d gaps: %+v", len(gaps), gaps[len(gaps)-1])
	}
}

func TestTooLong(t *testing.T) {
	c := New("t", "t", nil, packages.Want(nil, nil))
	c.Read("compose.yaml", code.Application, make([]byte, maxWritten+1))
	if gaps := c.Result().Gaps; len(gaps) != 1 || gaps[0].Why != "it is longer than 1 MiB" {
		t.Errorf("%+v", gaps)
	}
}

func TestWants(t *testing.T) {
	for _, p := range []string{"docker-compose.yml", "compose.prod.yaml", "a/docker-compose-dev.yml", "rabbitmq.conf", "etc/rabbitmq/conf.d/10-x.conf",
		"my-rabbitmq.conf", "advanced.config", "rabbitmq.config", "rabbit-definitions.json", "definitions.json", ".env", ".env.example", "prod.env",
		"Dockerfile", "Dockerfile.worker", "worker.Dockerfile", "Containerfile", "Procfile", "Procfile.dev", "enabled_plugins", "requirements.txt",
		"Pipfile.lock", "web/package-lock.json", "pyproject.toml", "rabbitmq-env.conf"} {
		if !Wants(p) {
			t.Errorf("%s is not read", p)
		}
	}
	for _, p := range []string{"nginx.conf", "conf.d/a.conf", "compose.go", "app.config", "schema.json", ".env.ts", ".envrc", "environment.py",
		"Dockerfile.dockerignore", "worker.py", "README.md", "decompose.yaml", "Procfiles/x"} {
		if Wants(p) {
			t.Errorf("%s is read", p)
		}
	}
	if !Sniff("broker.json", []byte(`{"rabbit_version":"4.0.0"`)) || Sniff("x.json", []byte("{}")) || Sniff("x.js", []byte(`"rabbit_version"`)) {
		t.Error("sniff")
	}
}
