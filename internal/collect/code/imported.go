package code

import (
	"context"
	"os"
	"path"
	"slices"
	"strings"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/collect/code/walk"
)

// maxImported bounds how many modules are parsed only because others import them.
const maxImported = 600

// imported parses the project's modules that the parsed files import: their constants,
// the functions that handlers call. others are the source files that are not parsed yet.
// It reports whether any was added.
func (t *tree) imported(ctx context.Context, others []string) bool {
	candidates := modulesOf(others)
	have := map[string]bool{}
	for _, f := range t.files {
		have[f.Path] = true
	}
	var paths []string
	for _, f := range t.files {
		for _, im := range f.Imports {
			for _, p := range candidates.find(f.File, im) {
				if !have[p] && t.judged(t.role(p)) {
					have[p] = true
					paths = append(paths, p)
				}
			}
		}
	}
	if len(paths) == 0 || len(paths) > maxImported {
		return false
	}
	slices.Sort(paths)
	files := t.load(ctx, paths)
	t.parse(ctx, files)
	return len(files) > 0
}

// load reads files of the tree; what cannot be read is left out, as the walk has told of
// it.
func (t *tree) load(ctx context.Context, paths []string) []walk.File {
	root, err := os.OpenRoot(t.root)
	if err != nil {
		return nil
	}
	defer root.Close()
	var out []walk.File
	for _, p := range paths {
		if ctx.Err() != nil {
			break
		}
		src, err := root.ReadFile(p)
		if err != nil || len(src) > walk.MaxSize {
			continue
		}
		t.stats.Bytes += int64(len(src))
		out = append(out, walk.File{Path: p, Role: walk.RoleOf(p), Lang: walk.Language(p), Src: src})
	}
	return out
}

// modules finds the files of modules by the names that imports give them.
type modules struct {
	exact  map[string]string   // path without extension
	suffix map[string][]string // last part of it
}

func modulesOf(files []string) modules {
	m := modules{exact: map[string]string{}, suffix: map[string][]string{}}
	for _, p := range files {
		switch walk.Language(p) {
		case "Python", "JavaScript", "TypeScript":
		default:
			continue
		}
		stem := strings.TrimSuffix(p, path.Ext(p))
		for _, index := range []string{"/__init__", "/index"} {
			stem = strings.TrimSuffix(stem, index)
		}
		if _, ok := m.exact[stem]; !ok {
			m.exact[stem] = p
		}
		last := path.Base(stem)
		m.suffix[last] = append(m.suffix[last], p)
	}
	return m
}

// find is the files that an import may name: the module, or the one below it of the name
// that is taken from it.
func (m modules) find(from *syntax.File, im syntax.Import) []string {
	python := from.Lang == syntax.Python
	names := []string{im.Module}
	if python {
		names = []string{strings.ReplaceAll(im.Module, ".", "/")}
		if im.Name != "" {
			names = append(names, strings.ReplaceAll(im.Module+"."+im.Name, ".", "/"))
		}
	}
	var out []string
	for _, n := range names {
		if p, ok := m.exact[n]; ok {
			out = append(out, p)
			continue
		}
		if im.Relative || !python && !strings.ContainsAny(n, "/@~") || n == "" {
			continue
		}
		if python && !strings.Contains(n, "/") {
			// "import logging" is a module of the project only where it lies beside the file.
			if p, ok := m.exact[path.Join(path.Dir(from.Path), n)]; ok {
				out = append(out, p)
			}
			continue
		}
		for _, alias := range []string{"@/", "~/", "src/"} {
			n = strings.TrimPrefix(n, alias)
		}
		if p := m.below(n, from.Path, python); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// below is the file whose path ends in the name, the import root not being known: of
// several the one nearest to from.
func (m modules) below(name, from string, python bool) string {
	best, shared := "", -1
	for _, p := range m.suffix[path.Base(name)] {
		stem := strings.TrimSuffix(p, path.Ext(p))
		stem = strings.TrimSuffix(strings.TrimSuffix(stem, "/__init__"), "/index")
		if !strings.HasSuffix(stem, "/"+name) || (walk.Language(p) == "Python") != python {
			continue
		}
		if n := commonPrefix(p, from); n > shared {
			best, shared = p, n
		}
	}
	return best
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
