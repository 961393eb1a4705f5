// Package walk goes once through a source tree and tells which of its files are about
// queues, without parsing any.
package walk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"sort"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// MaxSize is the largest file that is read; real source files are far below it.
const MaxSize = 2 << 20

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
	Others  []string // source files without a token, for a second look
	Seen    int      // files of the tree, ignored ones left out
	Bytes   int64    // bytes read
	Gaps    []model.Gap
	Skipped int // ignored folders and files
}

// skippedFolders are never entered: they hold what others wrote or machines built.
var skippedFolders = map[string]bool{
	".git": true, ".hg": true, ".svn": true, "node_modules": true, ".venv": true, "venv": true, "site-packages": true,
	"__pycache__": true, ".tox": true, ".nox": true, ".mypy_cache": true, ".pytest_cache": true, ".terraform": true, ".next": true,
	".gradle": true, "bower_components": true,
}

// Walk goes through the tree below root; root may be a single file.
func Walk(ctx context.Context, root string, o Options) (*Result, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", root, err)
	}
	w := &walker{o: o, res: &Result{}, jobs: make(chan job, 256)}
	words := make([]Word, len(o.Tokens))
	for i, t := range o.Tokens {
		words[i] = t.Word
	}
	w.matcher = NewMatcher(words)
	dir, only := root, ""
	if !info.IsDir() {
		dir, only = path.Split(toSlash(root))
		if dir == "" {
			dir = "."
		}
	}
	if w.root, err = os.OpenRoot(dir); err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", dir, err)
	}
	defer w.root.Close()
	var wg sync.WaitGroup
	for range max(2, runtime.GOMAXPROCS(0)) {
		wg.Go(w.read)
	}
	if only != "" {
		w.offer(ctx, only, info)
	} else {
		w.dir(ctx, ".", nil)
	}
	close(w.jobs)
	wg.Wait()
	r := w.res
	sort.Slice(r.Files, func(i, j int) bool { return r.Files[i].Path < r.Files[j].Path })
	sort.Strings(r.Others)
	sort.Slice(r.Gaps, func(i, j int) bool { return r.Gaps[i].Place.File < r.Gaps[j].Place.File })
	return r, ctx.Err()
}

func toSlash(p string) string { return strings.ReplaceAll(p, string(os.PathSeparator), "/") }

type job struct {
	path   string
	lang   string
	wanted bool
	size   int64
}

type walker struct {
	o       Options
	root    *os.Root
	matcher *Matcher
	jobs    chan job
	mu      sync.Mutex
	res     *Result
}

func (w *walker) gap(file, why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.res.Gaps = append(w.res.Gaps, model.Gap{Kind: model.GapUnreadable, What: file, Why: why, Place: model.Place{File: file}})
}

// dir walks one folder. Symbolic links are not followed: what they point at is read where
// it stands, or is not of the tree.
func (w *walker) dir(ctx context.Context, dir string, ignores []gitignore.Pattern) {
	if ctx.Err() != nil {
		return
	}
	f, err := w.root.Open(dir)
	if err != nil {
		w.gap(dir, "cannot be opened: "+reason(err))
		return
	}
	entries, err := f.ReadDir(-1)
	f.Close()
	if err != nil {
		w.gap(dir, "cannot be listed: "+reason(err))
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	domain := domainOf(dir)
	if dir == "." {
		for _, p := range w.o.Exclude {
			ignores = append(ignores, gitignore.ParsePattern(p, nil))
		}
	}
	ignores = append(ignores[:len(ignores):len(ignores)], w.ignoreFile(dir, domain)...)
	match := gitignore.NewMatcher(ignores)
	for _, e := range entries {
		p := path.Join(dir, e.Name())
		isDir := e.IsDir()
		if isDir && skippedFolders[e.Name()] || e.Type()&fs.ModeSymlink != 0 ||
			len(ignores) > 0 && match.Match(strings.Split(p, "/"), isDir) {
			w.res.Skipped++
			continue
		}
		if isDir {
			w.dir(ctx, p, ignores)
			continue
		}
		if !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if err != nil {
			w.gap(p, "cannot be read: "+reason(err))
			continue
		}
		w.offer(ctx, p, info)
	}
}

func domainOf(dir string) []string {
	if dir == "." {
		return nil
	}
	return strings.Split(dir, "/")
}

func (w *walker) ignoreFile(dir string, domain []string) []gitignore.Pattern {
	b, err := w.root.ReadFile(path.Join(dir, ".gitignore"))
	if err != nil {
		return nil
	}
	var out []gitignore.Pattern
	for _, line := range strings.Split(string(b), "\n") {
		line = strings.TrimRight(line, "\r")
		if line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, gitignore.ParsePattern(line, domain))
		}
	}
	return out
}

// offer hands a file to the readers when its name says that it can matter.
func (w *walker) offer(ctx context.Context, p string, info fs.FileInfo) {
	w.res.Seen++
	j := job{path: p, lang: Language(p), wanted: w.o.Wants != nil && w.o.Wants(p), size: info.Size()}
	if j.lang == "" && !j.wanted {
		return
	}
	if minified(p) {
		return
	}
	select {
	case w.jobs <- j:
	case <-ctx.Done():
	}
}

func minified(p string) bool {
	return strings.HasSuffix(p, ".min.js") || strings.HasSuffix(p, ".bundle.js")
}

// read reads files and keeps those that matter.
func (w *walker) read() {
	buf := make([]byte, 0, 64<<10)
	for j := range w.jobs {
		if j.size > MaxSize && !j.wanted {
			w.gap(j.path, fmt.Sprintf("is larger than %d MiB", MaxSize>>20))
			continue
		}
		src, err := w.file(j.path, buf[:0])
		if err != nil {
			w.gap(j.path, "cannot be read: "+reason(err))
			continue
		}
		if cap(src) > cap(buf) {
			buf = src
		}
		w.judge(j, src)
	}
}

// maxWanted bounds configuration files: lock files are large.
const maxWanted = 64 << 20

func (w *walker) file(p string, buf []byte) ([]byte, error) {
	f, err := w.root.Open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := bytes.NewBuffer(buf)
	_, err = b.ReadFrom(io.LimitReader(f, maxWanted))
	return b.Bytes(), err
}

func (w *walker) judge(j job, src []byte) {
	var found []Found
	if j.lang != "" || j.wanted {
		for _, h := range w.matcher.Find(src) {
			if t := w.o.Tokens[h.Word]; t.counts(j.lang) {
				found = append(found, Found{t, h.Offset})
			}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.res.Bytes += int64(len(src))
	switch {
	case len(found) > 0 || j.wanted:
		if !j.wanted && binary(src) {
			w.res.Gaps = append(w.res.Gaps, model.Gap{Kind: model.GapUnreadable, What: j.path, Why: "is not text", Place: model.Place{File: j.path}})
			return
		}
		w.res.Files = append(w.res.Files, File{Path: j.path, Role: RoleOf(j.path), Lang: j.lang, Wanted: j.wanted,
			Src: bytes.Clone(src), Hits: found})
	default:
		w.res.Others = append(w.res.Others, j.path)
	}
}

// binary says that a text has null bytes near its start.
func binary(src []byte) bool { return bytes.IndexByte(src[:min(len(src), 8<<10)], 0) >= 0 }

// Again reads the files without a token once more for names that others define: those
// that hold one of the words come back.
func Again(ctx context.Context, root string, paths []string, words []Word) ([]File, int64) {
	if len(words) == 0 || len(paths) == 0 {
		return nil, 0
	}
	m := NewMatcher(words)
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, 0
	}
	defer r.Close()
	w := &walker{root: r}
	var out []File
	var total int64
	var buf []byte
	for _, p := range paths {
		if ctx.Err() != nil {
			break
		}
		src, err := w.file(p, buf[:0])
		if err != nil {
			continue
		}
		buf = src
		total += int64(len(src))
		if hits := m.Find(src); len(hits) > 0 && !binary(src) {
			f := File{Path: p, Role: RoleOf(p), Lang: Language(p), Src: bytes.Clone(src)}
			for _, h := range hits {
				f.Hits = append(f.Hits, Found{Token{Word: words[h.Word], Read: true}, h.Offset})
			}
			out = append(out, f)
		}
	}
	return out, total
}

func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
