package settings

import (
	"strings"
	"testing"
)

func env(name string) (string, bool) {
	if name == "SECRET" {
		return "hunter2", true
	}
	return "", false
}

func TestParse(t *testing.T) {
	s, err := Parse("qaudit.yaml", []byte(`paths: [services, deploy]
complete: true
targets:
  - name: orders
    url: http://rabbit.internal:15672
    user: monitor
    password: ${SECRET}
    ca-file: ca.pem
    paths: [services/orders]
fail-on: medium
exclude: [legacy/]
sample: 30s
ignore:
  - rule: rabbitmq/no-dead-letter
    subject: "metrics.*"
    reason: lost metrics are acceptable
    until: 2027-03-01
`), env)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Paths) != 2 || !s.Complete || s.FailOn != "medium" || s.Flags["sample"] != "30s" || len(s.Exclude) != 1 {
		t.Errorf("read %+v", s)
	}
	if g := s.Targets[0]; g.Password != "hunter2" || g.Options["ca-file"] != "ca.pem" || g.At.Line != 4 {
		t.Errorf("target %+v", g)
	}
	if g := s.Ignores[0]; g.Until.Format("2006-01-02") != "2027-03-01" || g.At.Place.Line != 14 {
		t.Errorf("ignore %+v at %v", g, g.At.Place)
	}
}

func TestErrorsNameTheLineAndWhatWasMeant(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"unknown key", "path: [a]\n", `qaudit.yaml:1:1: unknown key "path" in the file; "paths" is meant?`},
		{"unknown key of a target", "targets:\n  - name: a\n    ulr: x\n", `qaudit.yaml:3:5: unknown key "ulr" in a target; "url" is meant?`},
		{"wrong type", "complete: maybe\n", `qaudit.yaml:1:11: complete: true or false is wanted`},
		{"list wanted", "targets: orders\n", `qaudit.yaml:1:10: targets: a list is wanted`},
		{"no reason", "ignore:\n  - rule: a/b\n", `ignore of a/b needs a reason`},
		{"bad date", "ignore:\n  - {rule: a/b, reason: r, until: soon}\n", `"soon" is no date`},
		{"no url", "targets:\n  - name: a\n", `target "a" needs a url`},
		{"variable in the url", "targets:\n  - {name: a, url: \"http://${H}\"}\n", "never in url"},
		{"missing variable", "targets:\n  - {name: a, url: \"http://h\", password: \"${NOPE}\"}\n", "the environment has no NOPE"},
		{"two of a name", "targets:\n  - {name: a, url: \"http://h\"}\n  - {name: a, url: \"http://i\"}\n", `two targets are named "a"`},
		{"not YAML", "a: [b\n", "qaudit.yaml"},
		{"scalar", "orders\n", "not a mapping"},
	} {
		_, err := Parse("qaudit.yaml", []byte(c.src), env)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestSecretsStayOutOfErrors(t *testing.T) {
	_, err := Parse("qaudit.yaml", []byte("targets:\n  - {name: a, password: \"${SECRET}\"}\n"), env)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"paths: [a]\n", "targets:\n - name: a\n   url: http://h\n", "a: &x [*x]\n", "? [a]\n: b\n", "ignore: [{rule: a, reason: b, until: 2027-03-01}]", "\x00", "---\n...\n---\na"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		s, err := Parse("qaudit.yaml", []byte(src), env)
		if (s == nil) == (err == nil) {
			t.Errorf("settings %v with error %v", s, err)
		}
	})
}
