package packages

import (
	"fmt"
	"strings"
	"testing"
)

var want = Want([]string{"pika", "aio_pika", "celery", "kombu"}, []string{"amqplib", "@types/amqplib"})

func show(path, src string) string {
	r, problems := Parse(path, []byte(src), want)
	var out []string
	for _, f := range r.Found {
		lock := ""
		if f.Lock {
			lock = " lock"
		}
		out = append(out, fmt.Sprintf("%d:%d %s %s %q%s %s", f.Span.Line, f.Span.Column, f.Ecosystem, f.Name, f.Spec, lock, f.Dir))
	}
	for _, i := range r.Includes {
		out = append(out, fmt.Sprintf("include %s", i.Path))
	}
	for _, p := range problems {
		out = append(out, "! "+p.Error())
	}
	return strings.Join(out, "\n")
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, path, src, want string }{
		{"requirements", "svc/requirements-dev.txt", "# c\npika==1.3.2 ; python_version > '3' # x\nAIO.Pika[x]>=9,<10 --hash=sha256:ab \\\n  --hash=sha256:cd\n  celery\n-r base/more.txt\n--requirement=../all.txt\n-e .\nrequests==2\nkombu @ git+https://x/y\n",
			"2:1 python pika \"==1.3.2\" svc\n3:1 python aio-pika \">=9,<10\" svc\n5:3 python celery \"\" svc\n10:1 python kombu \"git+https://x/y\" svc\ninclude svc/base/more.txt\ninclude all.txt"},
		{"requirements CRLF BOM", "requirements.txt", "\ufeffpika==1.3.2\r\ncelery == 5.4.0\r\n", "1:1 python pika \"==1.3.2\" .\n2:1 python celery \"== 5.4.0\" ."},
		{"requirements null byte", "requirements.txt", "pika\x00\ncelery==5", "2:1 python celery \"==5\" .\n! requirements.txt:1:1: a null byte stands in the line"},
		{"poetry.lock", "poetry.lock", "[[package]]\nname = \"amqp\"\nversion = \"5.2.0\"\n\n[[package]]\nname = \"pika\"\nversion = \"1.3.2\"\n[package.dependencies]\ncelery = \">=1\"\n[metadata]\nx = \"y\"\n", "6:1 python pika \"1.3.2\" lock ."},
		{"uv.lock", "a/uv.lock", "version = 1\n[[package]]\nname = \"celery\"\nversion = \"5.4.0\"\nsource = { registry = \"x\" }\ndependencies = [\n  { name = \"kombu\" },\n]\n[[package]]\nname = \"me\"\nsource = { virtual = \".\" }\n", "3:1 python celery \"5.4.0\" lock a"},
		{"pylock", "pylock.dev.toml", "[[packages]]\nname = \"kombu\"\nversion = \"5.5.0\"\n", "2:1 python kombu \"5.5.0\" lock ."},
		{"Pipfile.lock", "Pipfile.lock", `{"_meta": {"pika": {"version": "0"}}, "default": {"pika": {"version": "==1.3.2"}, "celery": {"git": "x"}}, "develop": {"kombu": {"version": "==5.3"}}}`, "1:51 python pika \"==1.3.2\" lock .\n1:120 python kombu \"==5.3\" lock ."},
		{"pyproject", "pyproject.toml", "[project]\ndependencies = [\n  \"pika>=1.2\",\n  'celery[redis] ~= 5.3',\n]\n[project.optional-dependencies]\nx = [\"aio-pika\"]\n[dependency-groups]\ndev = [\"kombu==5.3.1\", {include-group = \"y\"}]\n",
			"3:3 python pika \">=1.2\" .\n4:3 python celery \"~= 5.3\" .\n7:6 python aio-pika \"\" .\n9:8 python kombu \"==5.3.1\" ."},
		{"poetry", "pyproject.toml", "[tool.poetry.dependencies]\npython = \"^3\"\npika = \"^1.3\"\ncelery = {version = \"5.4.0\", extras = [\"x\"]}\n[tool.poetry.group.dev.dependencies]\nkombu = \"*\"\n", "3:1 python pika \"^1.3\" .\n4:1 python celery \"5.4.0\" .\n6:1 python kombu \"*\" ."},
		{"toml breaks off", "pyproject.toml", "[project]\ndependencies = [\"pika==1.0\"]\n[x\n", "2:17 python pika \"==1.0\" .\n! pyproject.toml:3:3: it is not TOML: expected ']' to close table name"},
		{"setup.cfg", "setup.cfg", "[metadata]\nname = pika\n[options]\ninstall_requires =\n  pika>=1.0\n  # c\n  celery\npackages = kombu\n[options.extras_require]\nx = aio-pika==9.0\n", "5:3 python pika \">=1.0\" .\n7:3 python celery \"\" .\n10:5 python aio-pika \"==9.0\" ."},
		{"setup.py", "setup.py", "setup(name='pika', install_requires=[\n  'pika>=1.0', # 'kombu'\n  \"celery[x]\"\n], extras={'a': ['kombu']})", "2:3 python pika \">=1.0\" .\n3:3 python celery \"\" ."},
		{"setup.py computed", "setup.py", "install_requires=read('pika')", ""},
		{"package.json", "web/package.json", "{\n \"peerDependencies\": {\"amqplib\": \"*\", \"@types/amqplib\": \"^0.10\"},\n \"dependencies\": {\"amqplib\": \"^0.10.3\", \"x\": \"1\"}\n}", "2:39 npm @types/amqplib \"^0.10\" web\n3:19 npm amqplib \"^0.10.3\" web"},
		{"package-lock 3", "package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {\n\"\": {\"dependencies\": {\"amqplib\": \"^0.10\"}},\n\"node_modules/amqplib\": {\"version\": \"0.10.3\"},\n\"node_modules/x/node_modules/amqplib\": {\"version\": \"0.5.0\"},\n\"apps/a/node_modules/amqplib\": {\"version\": \"0.8.0\"},\n\"node_modules/@types/amqplib\": {\"version\": \"0.10.5\"}}}", "3:1 npm amqplib \"0.10.3\" lock .\n5:1 npm amqplib \"0.8.0\" lock apps/a\n6:1 npm @types/amqplib \"0.10.5\" lock ."},
		{"package-lock 1", "package-lock.json", "{\"dependencies\": {\"a\": {\"version\": \"1.0.0\", \"dependencies\": {\"amqplib\": {\"version\": \"0.1.0\"}}},\n \"amqplib\": {\"version\": \"0.5.1\"}}}", "2:2 npm amqplib \"0.5.1\" lock ."},
		{"package-lock breaks off", "package-lock.json", "{\"packages\": {\n\"node_modules/amqplib\": {\"version\": \"0.1", "! package-lock.json:2:1: amqplib: its entry breaks off"},
		{"yarn 1", "yarn.lock", "# yarn lockfile v1\n\namqplib@^0.10.0, amqplib@^0.10.3:\n  version \"0.10.3\"\n  resolved \"x\"\n\n\"@types/amqplib@^0.10\":\n  version \"0.10.1\"\n\nx@1:\n  version \"1\"\n  dependencies:\n    amqplib \"^0.1\"\n", "3:1 npm amqplib \"0.10.3\" lock .\n7:1 npm @types/amqplib \"0.10.1\" lock ."},
		{"yarn berry", "yarn.lock", "__metadata:\n  version: 8\n\n\"amqplib@npm:^0.10.3\":\n  version: 0.10.3\n  resolution: \"amqplib@npm:0.10.3\"\n\n\"amqplib@workspace:x\":\n  version: 0.0.0-use.local\n", "4:1 npm amqplib \"0.10.3\" lock ."},
		{"pnpm 9", "pnpm-lock.yaml", "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      amqplib:\n        specifier: ^0.10.3\n        version: 0.10.4\n  apps/a:\n    devDependencies:\n      '@types/amqplib':\n        specifier: ^0.10\n        version: 0.10.5(x@1)\npackages:\n  amqplib@0.10.4:\n    resolution: {integrity: x}\n", "7:9 npm amqplib \"0.10.4\" lock .\n12:9 npm @types/amqplib \"0.10.5\" lock apps/a"},
		{"pnpm 5", "pnpm-lock.yaml", "lockfileVersion: 5.4\nspecifiers:\n  amqplib: ^0.10\ndependencies:\n  amqplib: 0.10.3\npackages:\n  /amqplib/0.10.3:\n    dev: false\n", "5:3 npm amqplib \"0.10.3\" lock ."},
		{"bun", "bun.lock", "{\n  \"packages\": {\n    \"amqplib\": [\"amqplib@0.10.5\", \"\", {}],\n  }\n}", "3:5 npm amqplib \"0.10.5\" lock ."},
		{"none of interest", "package-lock.json", "{ broken", ""},
		{"json breaks off", "package.json", "{\"dependencies\": {\"amqplib\": \"1.0.0\",", "1:19 npm amqplib \"1.0.0\" .\n! package.json:1:38: the JSON breaks off"},
	} {
		if got := show(c.path, c.src); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestManifest(t *testing.T) {
	for _, p := range []string{"requirements.txt", "a/requirements/base.txt", "dev-requirements.in", "constraints.txt", "pylock.prod.toml", "x/package.json", "setup.py"} {
		if !Manifest(p) {
			t.Errorf("%s is no manifest", p)
		}
	}
	for _, p := range []string{"readme.txt", "a.json", "requirements.md", "lock"} {
		if Manifest(p) {
			t.Errorf("%s is a manifest", p)
		}
	}
}

func TestVersion(t *testing.T) {
	for spec, want := range map[string]string{
		"==1.3.2": "1.3.2 true", "1.3.2": "1.3.2 true", "==1.3.*": "1.3.0 false", "~=1.3": "1.3.0 false",
		">=1.2,<2": "1.2.0 false", "<2,>=1.2": "1.2.0 false", "^0.10.3": "0.10.3 false", "~1.2": "1.2.0 false",
		"1.x": "1.0.0 false", "1.2": "1.2.0 false", "1.2 - 2": "1.2.0 false", "^1.0 || ^0.9": "0.9.0 false",
		"==5.4.0rc1": "5.4.0 true", "workspace:^1.2.3": "1.2.3 false", "npm:@x/amqplib@0.8.0": "0.8.0 true",
		"v1.2.3": "1.2.3 true", ">=1.2,!=1.2.1": "1.2.0 false", "===1.0": "1.0.0 true",
	} {
		v, exact, why := Version(spec)
		if got := fmt.Sprint(v, exact); got != strings.Replace(want, " ", " ", 1) || why != "" {
			t.Errorf("%s: %s %q", spec, got, why)
		}
	}
	for _, spec := range []string{"", "*", "latest", "<2", "!=1.0", "git+https://x/y@1.0", "file:../x", "x || ^1.0"} {
		if v, _, why := Version(spec); why == "" {
			t.Errorf("%s: %s", spec, v)
		}
	}
}
