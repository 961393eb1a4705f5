package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// layers reads the order of the folders under internal/ from the plan of the house:
// imports run downward in it.
func layers(t *testing.T) map[string]int {
	t.Helper()
	plan, err := os.ReadFile("../../docs/design.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := bytes.Cut(plan, []byte("    internal/\n"))
	if !ok {
		t.Fatal("docs/design.md has no list of the folders under internal/")
	}
	order := map[string]int{}
	line := regexp.MustCompile(`^      ([a-z]+)/`)
	for _, l := range strings.Split(string(rest), "\n") {
		if strings.HasPrefix(l, "    ") && !strings.HasPrefix(l, "     ") {
			break
		}
		if m := line.FindStringSubmatch(l); m != nil {
			order[m[1]] = len(order)
		}
	}
	if len(order) < 10 {
		t.Fatalf("docs/design.md lists only %d folders under internal/", len(order))
	}
	return order
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "qaudit/...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// TestImportsRunDownward holds the house to its plan.
func TestImportsRunDownward(t *testing.T) {
	order := layers(t)
	folder := func(path string) (string, bool) {
		rest, ok := strings.CutPrefix(path, "qaudit/internal/")
		f, _, _ := strings.Cut(rest, "/")
		return f, ok
	}
	for _, p := range packages(t) {
		from, internal := folder(p.ImportPath)
		if internal {
			if _, known := order[from]; !known {
				t.Errorf("%s: docs/design.md knows no folder internal/%s", p.ImportPath, from)
			}
		}
		for _, i := range p.Imports {
			to, ok := folder(i)
			switch {
			case internal && ok && from != to && order[from] > order[to]:
				t.Errorf("%s imports %s, which stands above it", p.ImportPath, i)
			case internal && strings.HasPrefix(i, "qaudit/") && !ok:
				t.Errorf("%s imports %s, which is outside internal/", p.ImportPath, i)
			case strings.HasPrefix(p.ImportPath, "qaudit/rules/") && ok && to != "rule" && to != "model" && !strings.HasPrefix(p.ImportPath, "qaudit/rules/new"):
				t.Errorf("%s imports %s: rules see rule and model only", p.ImportPath, i)
			case from == "audit" && to == "act":
				t.Errorf("%s imports %s: an audit cannot write", p.ImportPath, i)
			}
		}
	}
}

// TestRootsNameNoSystem: audit, rule and the root of model stand above all systems.
func TestRootsNameNoSystem(t *testing.T) {
	for _, p := range packages(t) {
		switch p.ImportPath {
		case "qaudit/internal/audit", "qaudit/internal/rule", "qaudit/internal/model":
			for _, i := range p.Imports {
				for _, system := range []string{"rabbitmq", "kafka", "redis", "sqs", "celery"} {
					if strings.HasPrefix(i, "qaudit/") && strings.Contains(i, system) {
						t.Errorf("%s imports %s", p.ImportPath, i)
					}
				}
			}
		}
	}
}

// TestOnlyTreeSitterPackageImportsC: nothing C-backed escapes from its package.
func TestOnlyTreeSitterPackageImportsC(t *testing.T) {
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			if strings.Contains(i, "go-tree-sitter") && !strings.HasSuffix(p.ImportPath, "syntax/treesitter") {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
		}
	}
}
