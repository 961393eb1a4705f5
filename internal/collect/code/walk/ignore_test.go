package walk

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestIgnore(t *testing.T) {
	for _, c := range []struct {
		patterns, file string
		want           bool
	}{
		{"*.log", "a/b.log", true},
		{"*.log\n!b.log", "a/b.log", false},
		{"/b.log", "a/b.log", false},
		{"a/b.log", "a/b.log", true},
		{"a/*.log", "a/c/b.log", false},
		{"a/**/b.log", "a/b.log", true},
		{"**/c", "c", true},
		{"a/**", "a", false},
		{"build/", "build", false},
		{"#x", "#x", false},
		{`\#x`, "#x", true},
		{`\!x`, "!x", true},
		{"x ", "x", true},
		{`x\ `, "x ", true},
		{"[!a]x", "ax", false},
		{"[!a]x", "bx", true},
		{"[", "[", false},
		{"\ufeffx\r\n", "x", true},
		{"", "x", false},
		{"/", "x", false},
	} {
		if got := parseIgnores(nil, "", c.patterns).match(c.file, false); got != c.want {
			t.Errorf("%q on %q: %v", c.patterns, c.file, got)
		}
	}
}

// TestIgnoreAsGit compares with git on random ignore files in two folders.
func TestIgnoreAsGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	files := []string{"a", "b", "ab", "a.b", "d/a", "d/b", "d/ab", "d/e/a", "d/e/b", "d/e/f/a", "e/a", "e/d/ab", "e/d/b.a"}
	for _, f := range files {
		if err := os.MkdirAll(filepath.Join(dir, path.Dir(f)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, f), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git := func(stdin string, args ...string) string {
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_CEILING_DIRECTORIES=")
		out, err := cmd.Output()
		if exit, ok := err.(*exec.ExitError); err != nil && (!ok || exit.ExitCode() > 1) {
			t.Fatalf("git %v: %v", args, err)
		}
		return string(out)
	}
	git("", "init", "-q")
	rng := rand.New(rand.NewPCG(7, 7))
	for range 150 {
		top, inner := randomPatterns(rng), randomPatterns(rng)
		for name, text := range map[string]string{".gitignore": top, "d/.gitignore": inner} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want := map[string]bool{}
		for _, f := range strings.Fields(git(strings.Join(files, "\n"), "check-ignore", "--no-index", "--stdin")) {
			want[f] = true
		}
		outer := parseIgnores(nil, "", top)
		below := parseIgnores(outer, "d/", inner)
		for _, f := range files {
			if got := ignoredAlong(f, outer, below); got != want[f] {
				t.Fatalf("%q: %v, git says %v\n-- .gitignore\n%s\n-- d/.gitignore\n%s", f, got, want[f], top, inner)
			}
		}
	}
}

// ignoredAlong asks for each folder on the way, as the walk does.
func ignoredAlong(file string, outer, below *ignores) bool {
	parts := strings.Split(file, "/")
	for n := range parts {
		holds := outer
		if n > 0 && parts[0] == "d" {
			holds = below
		}
		if holds.match(strings.Join(parts[:n+1], "/"), n+1 < len(parts)) {
			return true
		}
	}
	return false
}

// oddStars are two stars beside something else than a slash. git's manual calls them one
// star; git itself takes them for two where plain text stands before them.
var oddStars = regexp.MustCompile(`[^/]\*\*|\*\*[^/]`)

func randomPatterns(rng *rand.Rand) string {
	atoms := []string{"a", "b", "d", "e", "f", "*", "?", "**", "/", "/", "[ab]", "[!a]", "a*", "*.b", "**/", "/**", "\\a"}
	var b strings.Builder
	for range rng.IntN(4) {
		line := ""
		for range 1 + rng.IntN(4) {
			line += atoms[rng.IntN(len(atoms))]
		}
		if oddStars.MatchString(line) {
			continue
		}
		if rng.IntN(4) == 0 {
			line = "!" + line
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

func FuzzIgnore(f *testing.F) {
	f.Add("*.log\n!a/**/b\n/[!x]?\\", "a/b/c.log")
	f.Add("[", "[")
	f.Add("**/**/**/**/a", "b/b/b/b/b/b/b/b")
	f.Fuzz(func(t *testing.T, patterns, file string) {
		parseIgnores(nil, "", patterns).match(file, strings.HasSuffix(file, "/"))
	})
}
