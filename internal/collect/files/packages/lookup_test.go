package packages

import (
	"fmt"
	"strings"
	"testing"

	"qaudit/internal/model"
	"qaudit/internal/model/config"
)

func read(files map[string]string) []config.Package {
	var out []config.Package
	for p, src := range files {
		r, _ := Parse(p, []byte(src), want)
		for _, f := range r.Found {
			out = append(out, f.Package(&model.Origin{Place: model.Place{File: p, Line: f.Span.Line}}))
		}
	}
	return out
}

func TestFor(t *testing.T) {
	pkgs := read(map[string]string{
		"poetry.lock":                  "[[package]]\nname = \"pika\"\nversion = \"1.3.2\"\n",
		"pyproject.toml":               "[tool.poetry.dependencies]\npika = \"^1.2\"\n",
		"svc/requirements.txt":         "pika>=1.1\ncelery==5.3.0\naio-pika\nkombu>=9\n",
		"svc/requirements-dev.txt":     "celery==5.4.0\n",
		"old/requirements.txt":         "pika==0.13.1\n",
		"new/requirements.txt":         "pika>=2.0\n",
		"two/uv.lock":                  "[[package]]\nname = \"celery\"\nversion = \"5.3.0\"\n[[package]]\nname = \"celery\"\nversion = \"5.4.0\"\n",
		"web/package-lock.json":        `{"packages": {"node_modules/amqplib": {"version": "0.10.3"}}}`,
		"web/apps/a/package.json":      `{"dependencies": {"amqplib": "^0.10.0"}}`,
		"web/apps/b/package.json":      `{"dependencies": {"amqplib": "^0.5.0"}}`,
		"web/apps/c/package.json":      `{"dependencies": {"amqplib": "*"}}`,
		"set/requirements/extra.txt":   "kombu[redis]\n",
		"set/requirements/default.txt": "kombu>=5.6\n",
		"loose/requirements.txt":       "celery>=5.2\n",
		"url/requirements.txt":         "kombu @ git+https://x/y\n",
	})
	for _, c := range []struct{ eco, dir, name, want string }{
		{Python, "", "pika", "1.3.2 poetry.lock"},
		{Python, "svc/app", "pika", "1.3.2 poetry.lock"}, // satisfies >=1.1
		{Python, "svc", "celery", "5.3.0 requirements.txt"},
		{Python, "old/x/y", "Pika", "0.13.1 requirements.txt"},
		{Python, "new", "pika", "2.0.0 requirements.txt assumed"}, // the lock above is older: another project's
		{Python, "two", "celery", "? 2 versions of celery are named: 5.3.0 (uv.lock:2), 5.4.0 (uv.lock:5)"},
		{NPM, "web", "amqplib", "0.10.3 package-lock.json"},
		{NPM, "web/apps/a/src", "amqplib", "0.10.3 package-lock.json"},
		{NPM, "web/apps/c", "amqplib", "0.10.3 package-lock.json"},
		{NPM, ".", "amqplib", "? no manifest or lock file in . or above names amqplib"},
		{Python, "loose", "celery", "5.2.0 requirements.txt assumed"},
		{Python, "set/app", "kombu", "5.6.0 default.txt assumed"},
		{Python, "url", "kombu", "? it comes from a URL or a path"},
		{Python, "svc", "aio_pika", "? any version is allowed"},
	} {
		v := For(pkgs, c.eco, c.dir, c.name)
		got := "? " + v.Why()
		if x, ok := v.Get(); ok {
			got = fmt.Sprintf("%s %s", x, v.Origin().Place.File[strings.LastIndexByte(v.Origin().Place.File, '/')+1:])
			if v.Origin().Assumed != "" {
				got += " assumed"
			}
		}
		if got != c.want {
			t.Errorf("%s %s: got %s, want %s", c.dir, c.name, got, c.want)
		}
	}
}

func fuzz(f *testing.F, path string, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		r, _ := Parse(path, src, want)
		for _, x := range r.Found {
			if x.Span.Line < 1 || x.Span.End > len(src) {
				t.Errorf("%+v", x)
			}
			Version(x.Spec)
		}
	})
}

func FuzzRequirements(f *testing.F) {
	fuzz(f, "requirements.txt", "pika==1\ncelery[x]>=2,<3 ; a --hash=b \\\n c\n-r x", "\ufeffkombu @ u\r\n")
}
func FuzzPythonLock(f *testing.F) {
	fuzz(f, "poetry.lock", "[[package]]\nname = \"pika\"\nversion = '1'\nx = {a = [[1]]}\n", "[package]\nname=\"\"\"pika\n\"\"\"")
}
func FuzzPyproject(f *testing.F) {
	fuzz(f, "pyproject.toml", "[project]\ndependencies=[\"pika\"]\n[tool.poetry.dependencies]\ncelery={version=\"1\"}", "project.dependencies=['pika'")
}
func FuzzPackageLock(f *testing.F) {
	fuzz(f, "package-lock.json", `{"packages":{"node_modules/amqplib":{"version":"1"}}}`, `{"dependencies":{"amqplib":{"version":"1","x":[{}]}}}`)
}
func FuzzYarnLock(f *testing.F) {
	fuzz(f, "yarn.lock", "amqplib@^1:\n  version \"1\"\n", "\"@types/amqplib@npm:1\":\n  version: 2\n")
}
func FuzzPnpmLock(f *testing.F) {
	fuzz(f, "pnpm-lock.yaml", "importers:\n  a:\n    dependencies:\n      amqplib:\n        version: 1.0\n", "dependencies:\n  amqplib: 1(x)\n")
}
func FuzzSetup(f *testing.F) {
	fuzz(f, "setup.py", "install_requires=['pika', # x\n\"celery\"]", "install_requires = [")
}
