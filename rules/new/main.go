// New writes the three files of a new rule: its code, its page and a first fixture of each
// kind.
//
//	go run ./rules/new rabbitmq/queue-on-fire "The queue burns"
package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
)

//go:embed templates
var templates embed.FS

// rule is what the templates are filled with.
type rule struct {
	ID, System, Slug, Name, Title string
}

func main() {
	if err := run(os.Args[1:], "rules"); err != nil {
		fmt.Fprintln(os.Stderr, "new:", err)
		os.Exit(1)
	}
}

var idForm = regexp.MustCompile(`^([a-z]+)/([a-z0-9]+(?:-[a-z0-9]+)*)$`)

// run writes the files below dir. It overwrites none.
func run(args []string, dir string) error {
	if len(args) != 2 {
		return errors.New(`usage: go run ./rules/new SYSTEM/SLUG "Title"`)
	}
	m := idForm.FindStringSubmatch(args[0])
	if m == nil {
		return fmt.Errorf("%q is no id of a rule: rabbitmq/no-dead-letter", args[0])
	}
	if args[1] == "" || strings.HasSuffix(args[1], ".") {
		return errors.New("a title is a line without a dot")
	}
	r := rule{args[0], m[1], m[2], goName(m[2]), args[1]}
	file := strings.ReplaceAll(r.Slug, "-", "_")
	for template, path := range map[string]string{
		"rule.go.txt":       file + ".go",
		"page.md.txt":       file + ".md",
		"bad.txtar.txt":     "testdata/" + file + "/bad_first.txtar",
		"good.txtar.txt":    "testdata/" + file + "/good_first.txtar",
		"near.txtar.txt":    "testdata/" + file + "/near_first.txtar",
		"unknown.txtar.txt": "testdata/" + file + "/unknown_first.txtar",
	} {
		if err := write(r, template, filepath.Join(dir, r.System, path)); err != nil {
			return err
		}
	}
	fmt.Printf("%s: now add &%s to rules/%s/rules.go, and run go test ./rules/...\n", r.ID, r.Name, r.System)
	return nil
}

// goName is the Go name of a slug: no-dead-letter is NoDeadLetter.
func goName(slug string) string {
	var b strings.Builder
	for _, word := range strings.Split(slug, "-") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

func write(r rule, name, path string) error {
	text, err := fs.ReadFile(templates, "templates/"+name)
	if err != nil {
		return err
	}
	t, err := template.New(name).Delims("<<", ">>").Parse(string(text))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := t.Execute(f, r); err != nil {
		_ = f.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	return f.Close()
}
