package chroot

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMirror(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"one line a source", map[string]string{"sources.list": `
# deb http://commented.test/debian bookworm main
deb http://security.test/debian-security bookworm-security main
deb-src http://sources.test/debian bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.test/debian/ bookworm main contrib
`}, "http://mirror.test/debian"},
		{"paragraphs", map[string]string{"sources.list.d/debian.sources": `Types: deb
URIs: http://security.test/debian-security
Suites: bookworm-security
Components: main

# the archive
Types: deb deb-src
URIs: https://mirror.test/debian
Suites: bookworm
 bookworm-updates
Components: main
`}, "https://mirror.test/debian"},
		{"a disabled paragraph", map[string]string{"sources.list.d/a.sources": "Enabled: no\nTypes: deb\nURIs: http://off.test/debian\nSuites: bookworm\nComponents: main\n"}, ""},
		{"a vendor's packages", map[string]string{"sources.list.d/vendor.list": "deb http://vendor.test/apt bookworm main\n"}, ""},
		{"a file that apt ignores", map[string]string{"sources.list.d/debian.list.save": "deb http://old.test/debian bookworm main\n"}, ""},
		{"updates only", map[string]string{"sources.list": "deb http://mirror.test/debian bookworm-updates main\n"}, ""},
		{"nothing", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range test.files {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got := Mirror(dir); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func FuzzSources(f *testing.F) {
	f.Add("deb [a=b] http://mirror.test/debian bookworm main # c\n")
	f.Add("deb [ http://mirror.test/debian bookworm main")
	f.Add("Types: deb\nURIs: http://mirror.test/debian\nSuites: bookworm\nComponents: main\n")
	f.Add(" continued\n:\n\nTypes")
	f.Fuzz(func(t *testing.T, text string) {
		for _, got := range []string{oneLine(strings.NewReader(text)), deb822(strings.NewReader(text))} {
			if got != "" && (!strings.Contains(text, got) || !strings.HasSuffix(got, "/debian")) {
				t.Errorf("%q is not an archive of %q", got, text)
			}
		}
	})
}

func TestHostSettings(t *testing.T) {
	got := hostSettings(`APT::Architecture "amd64";
Acquire::http "";
Acquire::http::Proxy "http://proxy.test:3128";
Acquire::Check-Date "false";
Acquire::Languages:: "en";
Dir "/";
`)
	want := "Acquire::http::Proxy \"http://proxy.test:3128\";\nAcquire::Check-Date \"false\";\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
