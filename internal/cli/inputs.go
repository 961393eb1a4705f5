package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"qaudit/internal/audit"
	"qaudit/internal/cli/settings"
	"qaudit/internal/model"
	"qaudit/internal/target"
)

// TreeOptions say how a source tree is read.
type TreeOptions struct {
	Exclude      []string // gitignore syntax
	IncludeTests bool
	// Base is the folder that shown paths are relative to.
	Base string
}

// inputs makes a source of each argument: what it is, qaudit finds out.
func (a *App) inputs(c *cobra.Command, args []string, s *settings.Settings, o *auditFlags) ([]audit.Source, error) {
	var sources []audit.Source
	targets, err := targetsOf(s, o.targets, o.allTargets)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		args = defaultPaths(s)
	}
	named := map[string]bool{}
	for _, arg := range args {
		if named[arg] {
			continue
		}
		named[arg] = true
		t, err := target.Parse(arg)
		var notRead *target.NotRead
		switch {
		case err == nil:
			targets = append(targets, t)
			continue
		case errors.As(err, &notRead):
			sources = append(sources, notReadSource(notRead))
			continue
		case !errors.Is(err, target.ErrNotTarget):
			return nil, usage("%w", err)
		}
		read, err := a.path(arg, s, o)
		if err != nil {
			return nil, err
		}
		sources = append(sources, read...)
	}
	if o.create && unnamed(targets) > 1 {
		return nil, usage("a baseline over several targets needs their names: orders=http://… payments=http://…")
	}
	live, err := a.live(c.Context(), targets, &o.access, o.sample)
	if err != nil {
		return nil, err
	}
	return append(sources, live...), nil
}

func unnamed(targets []*target.Target) (n int) {
	for _, t := range targets {
		if t.Name == "" {
			n++
		}
	}
	return n
}

// defaultPaths is what "qaudit audit" alone reads: the paths of qaudit.yaml, else ".".
func defaultPaths(s *settings.Settings) []string {
	if len(s.Paths) == 0 {
		return []string{"."}
	}
	var out []string
	for _, p := range s.Paths {
		out = append(out, filepath.Join(s.Dir(), p))
	}
	return out
}

// sniffed is how much of a file is read to tell what it is.
const sniffed = 4096

// path makes the sources of a folder, a source file, a recorded file, or stdin.
func (a *App) path(arg string, s *settings.Settings, o *auditFlags) ([]audit.Source, error) {
	if arg == "-" {
		head := bufio.NewReaderSize(a.Stdin, sniffed)
		start, _ := head.Peek(sniffed)
		if r, ok := a.Recorded("stdin", start, head); ok {
			return r, nil
		}
		return nil, usage("stdin is neither a .qaudit file nor a definitions export")
	}
	info, err := os.Stat(arg)
	if err != nil {
		return nil, usage("cannot read %s: %w%s", arg, plainError(err), looksLikeURL(arg))
	}
	if info.Mode().IsRegular() {
		f, err := os.Open(arg)
		if err != nil {
			return nil, usage("cannot read %s: %w", arg, plainError(err))
		}
		defer f.Close()
		head := bufio.NewReaderSize(f, sniffed)
		start, _ := head.Peek(sniffed)
		if r, ok := a.Recorded(arg, start, head); ok {
			return r, nil
		}
	}
	return []audit.Source{a.Tree(arg, TreeOptions{Exclude: s.Exclude, IncludeTests: o.includeTests})}, nil
}

func plainError(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// looksLikeURL helps who forgot the scheme.
func looksLikeURL(arg string) string {
	host, port, ok := strings.Cut(arg, ":")
	if ok && host != "" && strings.IndexFunc(port, func(r rune) bool { return r < '0' || r > '9' }) != 0 {
		return fmt.Sprintf("\n  a running broker is named by its URL: http://%s", arg)
	}
	return ""
}

// notReadSource is a target of a system that cannot be read yet: a gap, nothing else.
func notReadSource(n *target.NotRead) audit.Source {
	return gapSource{model.Input{ID: n.Shown, Kind: model.InputLive, Name: n.Shown, System: n.System.Title()},
		model.Gap{Input: n.Shown, Kind: model.GapUnsupported, What: n.System.Title(), Incomplete: true,
			Why: fmt.Sprintf("qaudit does not read %s yet", n.System.Title())}}
}
