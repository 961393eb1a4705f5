// Package walk goes once through a source tree and tells which of its files are about
// queues, without parsing any.
package walk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// Options say what to walk.
type Options struct {
	Exclude []string // further patterns, gitignore syntax
	// Wants says by a file's name that it is configuration that is read.
	Wants func(path string) bool
	// Tokens decide which source files matter.
	Tokens []Token
}

// File is a file that matters.
type File struct {
	Path   string // below the root, with slashes
	Role   code.Role
	Lang   string // "" for configuration
	Wanted bool   // it is configuration that is read
	Src    []byte
	Hits   []Found
}

// Found is a token's first place in a file.
type Found struct {
	Token  Token
	Offset int
}

// Result is what a walk found.
type Result struct {
	Files   []File   // those that matter, by path
	Others  []string // source files without a token, for a second look, by path
	Seen    int      // files of the tree, ignored ones left out
	Bytes   int64    // bytes read
	Gaps    []model.Gap
	Single  bool // the root is a file
	Skipped int  // ignored folders and files, links
}

// Walk goes through the tree below root; root may be a single file. Its error says that
// the root cannot be opened, or is the context's: then the result holds what was read so
// far.
func Walk(ctx context.Context, root string, o Options) (*Result, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", root, err)
	}
	dir, only := root, ""
	if !info.IsDir() {
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("cannot read %s: it is neither a folder nor a file", root)
		}
		dir, only = filepath.Split(root)
	}
	w, err := newWalker(cmp.Or(dir, "."), o)
	if err != nil {
		return nil, err
	}
	defer w.root.Close()
	w.res.Single = only != ""
	w.run(func() {
		if only != "" {
			w.offer(ctx, w.folder(), only, only)
			return
		}
		exclude := parseIgnores(nil, "", strings.Join(o.Exclude, "\n"))
		w.dir(ctx, w.folder(), ".", nil, exclude)
	})
	return w.res, ctx.Err()
}

// Again reads the files without a token once more for names that others define: those
// that hold one of the words come back, with the bytes that were read.
func Again(ctx context.Context, root string, paths []string, words []Word) ([]File, int64) {
	if len(words) == 0 || len(paths) == 0 {
		return nil, 0
	}
	tokens := make([]Token, len(words))
	for i, word := range words {
		tokens[i] = Token{Word: word, Read: true}
	}
	w, err := newWalker(root, Options{Tokens: tokens})
	if err != nil {
		return nil, 0
	}
	defer w.root.Close()
	w.run(func() {
		for _, p := range paths {
			select {
			case w.jobs <- job{in: w.folder(), name: p, path: p, lang: Language(p)}:
			case <-ctx.Done():
				return
			}
		}
	})
	return w.res.Files, w.res.Bytes
}

type walker struct {
	o       Options
	root    *os.Root
	matcher *Matcher
	jobs    chan job
	mu      sync.Mutex
	res     *Result
}

// job is a file to read: name below an open folder.
type job struct {
	in         *folder
	name, path string
	lang       string
	wanted     bool
}

// folder is an open folder, closed by the last who reads from it. Opening each file from
// its own folder spares a call to the system for every folder above it.
type folder struct {
	root *os.Root
	uses atomic.Int32
	keep bool // the walker closes it
}

func (d *folder) done() {
	if d.uses.Add(-1) == 0 && !d.keep {
		d.root.Close()
	}
}

func newWalker(dir string, o Options) (*walker, error) {
	w := &walker{o: o, res: &Result{}, jobs: make(chan job, 256)}
	words := make([]Word, len(o.Tokens))
	for i, t := range o.Tokens {
		words[i] = t.Word
	}
	w.matcher = NewMatcher(words)
	var err error
	if w.root, err = os.OpenRoot(dir); err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", dir, err)
	}
	return w, nil
}

// folder is the root as a folder.
func (w *walker) folder() *folder { return &folder{root: w.root, keep: true} }

// run reads what feed offers and sorts the result.
func (w *walker) run(feed func()) {
	var wg sync.WaitGroup
	for range max(2, runtime.GOMAXPROCS(0)) {
		wg.Go(w.read)
	}
	feed()
	close(w.jobs)
	wg.Wait()
	r := w.res
	slices.SortFunc(r.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	slices.Sort(r.Others)
	slices.SortStableFunc(r.Gaps, func(a, b model.Gap) int { return strings.Compare(a.Place.File, b.Place.File) })
}

func (w *walker) gap(file, why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.res.Gaps = append(w.res.Gaps, model.Gap{Kind: model.GapUnreadable, What: file, Why: why, Place: model.Place{File: file}})
}

// dir walks one folder.
func (w *walker) dir(ctx context.Context, d *folder, dir string, ignore, exclude *ignores) {
	if ctx.Err() != nil {
		return
	}
	d.uses.Add(1)
	defer d.done()
	entries, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		w.gap(dir, "cannot be listed: "+reason(err))
	}
	if dir != "." && has(entries, "pyvenv.cfg") { // a virtual environment under any name
		w.res.Skipped++
		return
	}
	if has(entries, ".gitignore") {
		base := ""
		if dir != "." {
			base = dir + "/"
		}
		if b, err := d.root.ReadFile(".gitignore"); err == nil {
			ignore = parseIgnores(ignore, base, string(b))
		}
	}
	output := has(entries, manifests...)
	for _, e := range entries {
		p := path.Join(dir, e.Name())
		isDir := e.IsDir()
		ignored, decided := exclude.decide(p, isDir)
		switch {
		case ignored, !decided && ignore.match(p, isDir), isDir && (skipped(e.Name()) || output && outputFolders[e.Name()]):
			w.res.Skipped++
		case isDir:
			w.enter(ctx, d, e.Name(), p, ignore, exclude)
		case e.Type()&fs.ModeSymlink != 0:
			w.res.Skipped++
			w.link(p, e.Name())
		case e.Type().IsRegular():
			w.offer(ctx, d, e.Name(), p)
		}
	}
}

func (w *walker) enter(ctx context.Context, d *folder, name, p string, ignore, exclude *ignores) {
	r, err := d.root.OpenRoot(name)
	if err != nil {
		w.gap(p, "cannot be opened: "+reason(err))
		return
	}
	w.dir(ctx, &folder{root: r}, p, ignore, exclude)
}

// link looks where a symbolic link leads. None is followed: what it points at in the tree
// is read where it stands. What is outside, or nowhere, is not read.
func (w *walker) link(p, name string) {
	lang := Language(name)
	if lang == "" && path.Ext(name) != "" && (w.o.Wants == nil || !w.o.Wants(p)) || skipped(name) {
		return
	}
	switch _, err := w.root.Stat(p); {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist):
		w.gap(p, "is a link that leads nowhere")
	case errors.Is(err, syscall.ELOOP):
		w.gap(p, "is a link that leads back to itself")
	default: // os.Root names no error for a path that leaves it
		w.gap(p, "is a link that leads out of the tree: it is not followed")
	}
}

// offer hands a file to the readers when its name says that it can matter.
func (w *walker) offer(ctx context.Context, d *folder, name, p string) {
	w.res.Seen++
	j := job{in: d, name: name, path: p, lang: Language(p), wanted: w.o.Wants != nil && w.o.Wants(p)}
	if j.lang == "" && !j.wanted || generated(p) {
		return
	}
	d.uses.Add(1)
	select {
	case w.jobs <- j:
	case <-ctx.Done():
		d.done()
	}
}

func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
