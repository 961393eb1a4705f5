package commandline

import (
	"fmt"
	"strings"
	"testing"
)

// show writes commands as "words | words", with S shell, E exec, L last in front.
func show(commands []Command) string {
	var out []string
	for _, c := range commands {
		flags := ""
		for _, f := range []struct {
			set  bool
			name string
		}{{c.Shell, "S"}, {c.Exec, "E"}, {c.Last, "L"}} {
			if f.set {
				flags += f.name
			}
		}
		out = append(out, fmt.Sprintf("%s %q", flags, c.Words))
	}
	return strings.Join(out, " | ")
}

func TestScript(t *testing.T) {
	for _, c := range []struct {
		sh        Sh
		src, want string
	}{
		{Stays, `celery -A app worker`, `SL ["celery" "-A" "app" "worker"]`},
		{Bash, `celery -A app worker`, `SEL ["celery" "-A" "app" "worker"]`},
		{Ash, `celery worker`, `SEL ["celery" "worker"]`},
		{Stays, `exec celery worker`, `SEL ["celery" "worker"]`},
		{Stays, `exec -a w celery worker`, `SEL ["celery" "worker"]`},
		{Stays, `migrate && celery worker`, `S ["migrate"] | SL ["celery" "worker"]`},
		{Bash, `migrate && celery worker`, `S ["migrate"] | SEL ["celery" "worker"]`},
		{Bash, `celery worker | tee log`, `SL ["celery" "worker"] | SL ["tee" "log"]`},
		{Bash, `celery worker > log`, `SL ["celery" "worker"]`},
		{Ash, `celery worker > log`, `SEL ["celery" "worker"]`},
		{Ash, `if x; then celery worker; fi`, `S ["x"] | SL ["celery" "worker"]`},
		{Stays, `migrate; exec celery worker`, `S ["migrate"] | SEL ["celery" "worker"]`},
		{Stays, `celery beat & celery worker`, `S ["celery" "beat"] | SL ["celery" "worker"]`},
		{Bash, `celery worker &`, `S ["celery" "worker"]`},
		{Stays, `celery worker & wait`, `S ["celery" "worker"] | SL ["wait"]`},
		{Stays, `trap 'kill -TERM $p' TERM; celery worker & p=$!; wait $p`, `SE ["trap" "kill -TERM $p" "TERM"] | SE ["celery" "worker"] | SEL ["wait" "$p"]`},
		{Stays, `A=1 celery -Q "a,$B" -n 'w@%h' a\ b`, `SL ["celery" "-Q" "a,$B" "-n" "w@%h" "a b"]`},
		{Stays, `celery -c ${N:-4} -n w-$(hostname)`, `SL ["celery" "-c" "${N:-4}" "-n" "w-$(hostname)"]`},
		{Stays, `sh -c "exec celery worker"`, `SL ["celery" "worker"]`},
		{Stays, `exec bash -c "migrate && celery worker"`, `S ["migrate"] | SEL ["celery" "worker"]`},
		{Stays, "celery \\\n  worker", `SL ["celery" "worker"]`},
		{Stays, `while true; do celery worker; done`, `S ["true"] | S ["celery" "worker"]`},
		{Stays, `exec >log`, ``},
		{Stays, ``, ``},
	} {
		got, err := Script(c.src, c.sh)
		if err != nil || show(got) != c.want {
			t.Errorf("%s\n got %s (%v)\nwant %s", c.src, show(got), err, c.want)
		}
	}
}

func TestScriptKeepsWhatItCouldRead(t *testing.T) {
	got, err := Script("migrate\ncelery worker\nif (", Stays)
	if err == nil || len(got) != 2 || got[1].Last {
		t.Errorf("%s, %v", show(got), err)
	}
}

func TestScriptPositions(t *testing.T) {
	src := "migrate && exec celery worker"
	got, _ := Script(src, Stays)
	if s := src[got[1].Start:got[1].End]; s != "exec celery worker" {
		t.Errorf("%q", s)
	}
}

func TestList(t *testing.T) {
	for _, c := range []struct {
		sh    Sh
		words []string
		want  string
	}{
		{Stays, []string{"celery", "worker"}, `L ["celery" "worker"]`},
		{Stays, []string{"sh", "-c", "celery worker"}, `SL ["celery" "worker"]`},
		{Ash, []string{"/bin/sh", "-c", "celery worker"}, `SEL ["celery" "worker"]`},
		{Stays, []string{"bash", "-c", "celery worker"}, `SEL ["celery" "worker"]`},
		{Stays, []string{"/bin/bash", "-lc", "a && exec celery worker"}, `S ["a"] | SEL ["celery" "worker"]`},
		{Stays, []string{"bash", "-o", "pipefail", "-c", "celery worker"}, `SEL ["celery" "worker"]`},
		{Stays, []string{"tini", "--", "sh", "-c", "celery worker"}, `SL ["celery" "worker"]`},
		{Stays, []string{"bash", "start.sh", "-c", "4"}, `L ["bash" "start.sh" "-c" "4"]`},
		{Stays, nil, ``},
	} {
		got, err := List(c.words, c.sh)
		if err != nil || show(got) != c.want {
			t.Errorf("%q\n got %s (%v)\nwant %s", c.words, show(got), err, c.want)
		}
	}
}

func TestSplit(t *testing.T) {
	for in, want := range map[string]string{
		`celery -A app worker`:              `["celery" "-A" "app" "worker"] ""`,
		`migrate && celery worker`:          `["migrate"] "&& celery worker"`,
		`bash -c "a && b"`:                  `["bash" "-c" "a && b"] ""`,
		`celery -c ${N:-4} -Q 'a;b'`:        `["celery" "-c" "${N:-4}" "-Q" "a;b"] ""`,
		"celery\n  worker\n":                `["celery" "worker"] ""`,
		`celery -n $(hostname | cut -c1-3)`: `["celery" "-n" "$(hostname | cut -c1-3)"] ""`,
		``:                                  `[] ""`,
	} {
		words, rest, err := Split(in)
		if got := fmt.Sprintf("%q %q", words, rest); err != nil || got != want {
			t.Errorf("%s\n got %s (%v)\nwant %s", in, got, err, want)
		}
	}
	if _, _, err := Split(`celery "worker`); err == nil {
		t.Error("an unclosed quote is no error")
	}
}

func FuzzScript(f *testing.F) {
	for _, s := range []string{"a && b", `sh -c "sh -c 'a'"`, "trap x TERM; a & wait", "$((1))", "a <<E\nb\nE\n", "case x in y) z;; esac"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, sh := range []Sh{Stays, Bash} {
			got, _ := Script(s, sh)
			for _, c := range got {
				if len(c.Words) == 0 || c.Start < 0 || c.End < c.Start || c.End > len(s) {
					t.Errorf("%+v", c)
				}
			}
		}
		Split(s)
	})
}
