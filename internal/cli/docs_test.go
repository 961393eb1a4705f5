package cli

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write the pages of the commands anew")

// TestCommandPages holds docs/commands to what the commands say of themselves.
func TestCommandPages(t *testing.T) {
	app := &App{Env: func(string) (string, bool) { return "", false }, Now: time.Now}
	pages := map[string]string{}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		if c.Runnable() && c.Name() != "help" {
			pages[strings.ReplaceAll(strings.TrimPrefix(c.CommandPath(), "qaudit "), " ", "-")+".md"] = page(c)
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(app.root())
	dir := "../../docs/commands"
	if *update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range pages {
		file := filepath.Join(dir, name)
		if *update {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%v: run go test ./internal/cli -update", err)
			continue
		}
		if diff := cmp.Diff(string(have), want); diff != "" {
			t.Errorf("%s: run go test ./internal/cli -update\n%s", name, diff)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := pages[e.Name()]; !ok {
			t.Errorf("docs/commands/%s is of no command", e.Name())
		}
	}
}

// page is a command as Markdown.
func page(c *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s.\n", c.CommandPath(), c.Short)
	if c.Long != "" {
		fmt.Fprintf(&b, "\n%s\n", c.Long)
	}
	fmt.Fprintf(&b, "\n    %s\n", c.UseLine())
	if c.Example != "" {
		fmt.Fprintf(&b, "\n## Examples\n\n%s\n", indent(c.Example))
	}
	rows := ""
	c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		def := f.DefValue
		if def == "[]" || def == "false" {
			def = ""
		}
		rows += fmt.Sprintf("| `%s` | %s | %s |\n", name, def, strings.ReplaceAll(f.Usage, "|", "\\|"))
	})
	if rows != "" {
		fmt.Fprintf(&b, "\n## Flags\n\n| flag | default | |\n|---|---|---|\n%s\nEvery flag is also the environment variable `QAUDIT_FLAG_NAME`.\n", rows)
	}
	return b.String()
}

func indent(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = "    " + strings.TrimPrefix(l, "  ")
	}
	return strings.Join(lines, "\n")
}
