// Package code reads a source tree: one walk, a byte scan that rules files out, a parse of
// those that matter, facts by the readers of client libraries, and the configuration files
// on the way.
package code

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sort"
	"sync"
	"time"

	"qaudit/internal/collect"
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/resolve"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/collect/code/syntax/javascript"
	"qaudit/internal/collect/code/syntax/python"
	"qaudit/internal/collect/code/walk"
	"qaudit/internal/collect/files"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/config"
)

// Options say how a tree is read.
type Options struct {
	Input        string // id and name of the input
	Prefix       string // put before the paths shown: the root relative to the current directory
	Exclude      []string
	IncludeTests bool
	Extractors   []library.Extractor
}

// Stats are numbers of a tree, for benchmarks.
type Stats struct {
	Files, Parsed int
	Bytes         int64 // read
	BytesParsed   int64
}

// frontends lower the languages that are read.
func frontends() []syntax.Frontend {
	return []syntax.Frontend{python.Frontend{}, javascript.Frontend{}}
}

// Tree reads the tree below root, or one file.
func Tree(ctx context.Context, root string, o Options) (collect.Result, Stats) {
	res := collect.Result{Input: model.Input{ID: o.Input, Kind: model.InputSource, Name: o.Input}}
	w, err := walk.Walk(ctx, root, walk.Options{Exclude: o.Exclude, Wants: wants, Tokens: walk.Tokens()})
	if w == nil {
		res.Gaps = append(res.Gaps, model.Gap{Input: o.Input, Kind: model.GapUnreadable, What: o.Input, Why: err.Error(), Incomplete: true})
		return res, Stats{}
	}
	t := &tree{o: o, root: root, collector: files.New(o.Input, root, below(root), wanted()), named: w.Single, stats: Stats{Files: w.Seen, Bytes: w.Bytes}}
	if err != nil {
		t.gaps = append(t.gaps, model.Gap{Kind: model.GapTimeout, What: o.Input, Why: "reading was stopped", Incomplete: true})
	}
	t.gaps = append(t.gaps, w.Gaps...)
	t.take(ctx, w.Files)
	facts := t.facts(ctx, w.Others)
	res.Parts = append(res.Parts, facts, t.config)
	res.Parts = append(res.Parts, t.parts...)
	res.Suppressions = t.suppressions
	res.Input.Prefix = o.Prefix
	for _, g := range t.gaps {
		g.Input = o.Input
		res.Gaps = append(res.Gaps, g)
	}
	res.Gaps = append(res.Gaps, t.unread(facts)...)
	res.Input.Files, res.Input.FilesRead, res.Input.Bytes = w.Seen, t.about, t.stats.Bytes
	res.Input.Languages = t.languages()
	return res, t.stats
}

// tree is one reading.
type tree struct {
	o            Options
	root         string
	named        bool // root is a file: it was named, whatever its path says
	files        []*library.File
	nodeConfig   []walk.File
	collector    *files.Collector
	config       *config.Files
	packages     library.Packages
	parts        []model.Part
	gaps         []model.Gap
	suppressions []collect.Suppression
	unreadFiles  []code.Unread
	about        int // files about queues
	langs        map[string]bool
	stats        Stats
}

// wants says by its path that a file is configuration that is read.
func wants(path string) bool { return files.Wants(path) || resolve.IsConfig(path) }

// take parses the files that are source and hands configuration to its reader.
func (t *tree) take(ctx context.Context, found []walk.File) {
	var sources []walk.File
	t.langs = map[string]bool{}
	for _, f := range found {
		if f.Wanted {
			role := t.role(f.Path)
			if resolve.IsConfig(f.Path) {
				t.nodeConfig = append(t.nodeConfig, f)
			}
			if files.Wants(f.Path) && t.judged(role) {
				t.collector.Read(f.Path, role, f.Src)
				t.comments(f.Path, f.Src)
			}
		}
		if f.Lang == "" || len(f.Hits) == 0 {
			continue
		}
		if !t.judged(t.role(f.Path)) {
			continue
		}
		if read, unread := tokensOf(f); unread != nil && !read {
			t.notRead(f, *unread)
			continue
		} else if unread != nil {
			t.notRead(f, *unread)
		}
		t.langs[f.Lang] = true
		sources = append(sources, f)
	}
	t.about = len(sources)
	t.parse(ctx, sources)
}

// tokensOf says whether a file has a token of a library that is read in its language, and one
// of a library that is not.
func tokensOf(f walk.File) (read bool, unread *walk.Found) {
	for i, h := range f.Hits {
		if h.Token.Read {
			read = true
		} else if unread == nil {
			unread = &f.Hits[i]
		}
	}
	return read, unread
}

// role is what a file is for, tests and examples counting as application when asked for.
func (t *tree) role(p string) code.Role {
	r := walk.RoleOf(p)
	if t.o.IncludeTests || t.named {
		return code.Application
	}
	return r
}

// judged says whether files of the role give findings.
func (t *tree) judged(r code.Role) bool { return r == code.Application || r == code.Migration }

func (t *tree) notRead(f walk.File, h walk.Found) {
	what := h.Token.What
	if f.Lang != "Python" && f.Lang != "JavaScript" && f.Lang != "TypeScript" {
		what += " (" + f.Lang + ")"
	}
	for i := range t.unreadFiles {
		if t.unreadFiles[i].What == what {
			t.unreadFiles[i].Files++
			return
		}
	}
	line, column := lineColumn(f.Src, h.Offset)
	t.unreadFiles = append(t.unreadFiles, code.Unread{What: what, Origin: &model.Origin{Kind: model.FromCode, Input: t.o.Input,
		Place: model.Place{File: f.Path, Line: line, Column: column}}})
}

func lineColumn(src []byte, offset int) (line, column int) {
	line = 1
	start := 0
	for i, c := range src[:offset] {
		if c == '\n' {
			line++
			start = i + 1
		}
	}
	return line, offset - start + 1
}

// parse lowers files, two at a time or as many as there are processors.
func (t *tree) parse(ctx context.Context, sources []walk.File) {
	parsed := make([]*library.File, len(sources))
	gaps := make([]*model.Gap, len(sources))
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(2, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				parsed[i], gaps[i] = t.parseOne(ctx, sources[i])
			}
		})
	}
	for i := range sources {
		next <- i
	}
	close(next)
	wg.Wait()
	for i, f := range parsed {
		if gaps[i] != nil {
			t.gaps = append(t.gaps, *gaps[i])
		}
		if f == nil {
			continue
		}
		t.stats.Parsed++
		t.stats.BytesParsed += int64(len(f.Src))
		t.files = append(t.files, f)
		t.commentsOf(f.File)
	}
}

func (t *tree) parseOne(ctx context.Context, f walk.File) (file *library.File, gap *model.Gap) {
	lang := syntax.Lang(f.Lang)
	fail := func(why string) *model.Gap {
		return &model.Gap{Kind: model.GapUnreadable, What: f.Path, Why: why, Place: model.Place{File: f.Path}}
	}
	for _, fe := range frontends() {
		if !slices.Contains(fe.Languages(), lang) {
			continue
		}
		parsed, err := fe.Parse(ctx, lang, f.Path, f.Src)
		if err != nil {
			return nil, fail("cannot be parsed: " + err.Error())
		}
		if len(parsed.Broken) > 0 {
			b := parsed.Broken[0]
			gap = &model.Gap{Kind: model.GapUnreadable, What: f.Path, Place: b.Place(f.Path),
				Why: fmt.Sprintf("%d parts did not parse: what stands in them is not judged", len(parsed.Broken))}
			if len(parsed.Broken) == 1 {
				gap.Why = "a part did not parse: what stands in it is not judged"
			}
		}
		return &library.File{File: parsed, Role: t.role(f.Path)}, gap
	}
	return nil, nil
}

// facts runs the extractors: first for the names that other files use, then, with those
// files too, for facts.
func (t *tree) facts(ctx context.Context, others []string) *code.Facts {
	read := t.collector.Result()
	t.config, t.packages = read.Files, versions(read.Files.Packages)
	t.gaps = append(t.gaps, read.Gaps...)
	for _, d := range read.Definitions {
		t.parts = append(t.parts, d.Topology(t.o.Input, "", false))
	}
	lt := t.library()
	var exports []library.Export
	for _, x := range t.o.Extractors {
		within, cancel := context.WithTimeout(ctx, extractLimit)
		exports = append(exports, x.Exports(within, lt)...)
		cancel()
	}
	more := t.second(ctx, others, exports)
	if t.imported(ctx, others) || more {
		lt = t.library()
	}
	for _, x := range t.o.Extractors {
		t.extract(ctx, x, lt)
	}
	lt.Facts.Celery.Workers = append(lt.Facts.Celery.Workers, read.Workers...)
	lt.Facts.Unread = append(lt.Facts.Unread, t.unreadFiles...)
	return lt.Facts
}

// extractLimit bounds the work of one reader of libraries on a tree: values are followed
// through every function, which in the largest trees takes longer than a person waits.
const extractLimit = 30 * time.Second

// extract runs a reader. What it has when it runs out of time is not whole and not used.
func (t *tree) extract(ctx context.Context, x library.Extractor, lt *library.Tree) {
	within, cancel := context.WithTimeout(ctx, extractLimit)
	defer cancel()
	before := *lt.Facts
	err := x.Extract(within, lt)
	switch {
	case within.Err() != nil:
		*lt.Facts = before
		t.gaps = append(t.gaps, model.Gap{Kind: model.GapTimeout, What: t.o.Input, Incomplete: true,
			Why: fmt.Sprintf("following its values took longer than %.0f s: name the folders of single services", extractLimit.Seconds())})
	case err != nil:
		t.gaps = append(t.gaps, model.Gap{Kind: model.GapUnreadable, What: t.o.Input, Why: err.Error()})
	}
}

func (t *tree) library() *library.Tree {
	sort.Slice(t.files, func(i, j int) bool { return t.files[i].Path < t.files[j].Path })
	plain := make([]*syntax.File, len(t.files))
	for i, f := range t.files {
		plain[i] = f.File
	}
	lt := library.NewTree(t.o.Input, t.root, t.files)
	lt.Config, lt.Packages = t.config, t.packages
	lt.Project = resolve.New(t.o.Input, plain, remembered())
	for _, f := range t.nodeConfig {
		lt.Project.AddConfig(f.Path, f.Src)
	}
	return lt
}

// maxSecond bounds how many files the second look may add; more means that a name is too
// common to lead anywhere.
const maxSecond = 400

// second parses the files that use the names of the first ones.
func (t *tree) second(ctx context.Context, others []string, exports []library.Export) bool {
	var words []walk.Word
	index := map[string]int{}
	word := func(text string) int {
		if _, ok := index[text]; !ok {
			index[text] = len(words)
			words = append(words, walk.Word{Text: text, Whole: true})
		}
		return index[text]
	}
	needs := map[int][]int{} // by the word of a name: the words of the modules, -1 for none
	for _, e := range exports {
		if len(e.Name) < 2 || e.Module == "" && len(e.Name) < 4 {
			continue
		}
		module := -1
		if len(e.Module) >= 2 {
			module = word(e.Module)
		}
		n := word(e.Name)
		needs[n] = append(needs[n], module)
	}
	others = slices.DeleteFunc(slices.Clone(others), func(p string) bool {
		switch walk.Language(p) {
		case "Python", "JavaScript", "TypeScript":
			return !t.judged(t.role(p))
		}
		return true
	})
	files, read := walk.Again(ctx, t.root, others, words)
	t.stats.Bytes += read
	files = slices.DeleteFunc(files, func(f walk.File) bool { return !uses(f, index, needs) })
	if len(files) == 0 || len(files) > maxSecond {
		return false
	}
	t.about += len(files)
	t.parse(ctx, files)
	return true
}

// uses says that a file holds a name and the module that it is of.
func uses(f walk.File, index map[string]int, needs map[int][]int) bool {
	has := map[int]bool{-1: true}
	for _, h := range f.Hits {
		has[index[h.Token.Text]] = true
	}
	for n := range has {
		if slices.ContainsFunc(needs[n], func(module int) bool { return has[module] }) {
			return true
		}
	}
	return false
}

func (t *tree) unread(f *code.Facts) []model.Gap {
	var out []model.Gap
	for _, u := range f.Unread {
		why := "qaudit does not read " + u.What + " yet"
		if u.Files > 0 {
			why += fmt.Sprintf(" (%d more files)", u.Files)
		}
		out = append(out, model.Gap{Input: t.o.Input, Kind: model.GapUnsupported, What: u.What, Why: why, Place: u.Origin.Place})
	}
	return out
}

func (t *tree) languages() []string {
	var out []string
	for l := range t.langs {
		out = append(out, l)
	}
	for _, f := range t.config.Files {
		if s := string(f.Format); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	sort.Strings(out)
	return out
}

// remembered makes each excerpt once: names are followed to the same places again and
// again.
func remembered() func(src []byte, start, end int) string {
	type place struct {
		src        *byte
		start, end int
	}
	known := map[place]string{}
	return func(src []byte, start, end int) string {
		if len(src) == 0 {
			return ""
		}
		k := place{&src[0], start, end}
		text, ok := known[k]
		if !ok {
			text = library.Excerpt(src, start, end)
			known[k] = text
		}
		return text
	}
}
