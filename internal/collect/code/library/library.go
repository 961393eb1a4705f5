// Package library says what the calls of client libraries mean and holds the seam
// between the pipeline and those who read one family of libraries out of a tree.
//
// The pipeline (package code above) parses and resolves a tree once and then calls every
// Extractor in order, each with the same Tree:
//
//	for _, x := range extractors {
//		err := x.Extract(ctx, tree)
//	}
//
// An extractor walks tree.Files, resolves through tree.Project, asks tree.Version for the
// version of a library near a file, makes places with tree.Origin and tree.Site, and adds
// to tree.Facts; it changes nothing else of the tree. Before that the pipeline asks each
// one for Exports: the names under which what the first files define is used in files
// that carry no token of a library (wrappers, tasks, base classes). Files with such a name
// are parsed too, and the tree that Extract sees has them.
//
// The extractor of RabbitMQ's client libraries is package library/amqp; others stand
// beside it.
package library

import (
	"context"
	"path"
	"slices"
	"strings"

	"qaudit/internal/collect/code/resolve"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/collect/files/secret"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/config"
)

// Extractor reads one family of libraries.
type Extractor interface {
	// Exports returns the names by which other files use what these files define.
	Exports(ctx context.Context, t *Tree) []Export
	// Extract adds what the tree says to t.Facts.
	Extract(ctx context.Context, t *Tree) error
}

// Export is a project's own name that leads to a library. A file is parsed when it holds
// Name as a word and, where Module is set, Module as a word too: short names such as
// "publish" are too common alone.
type Export struct {
	Name   string
	Module string // last part of the defining module's path
}

// Tree is one source tree, parsed and resolved.
type Tree struct {
	Input  string
	Root   string
	Files  []*File // by path
	Config *config.Files
	Facts  *code.Facts
	// Project resolves names, values and callees.
	Project *resolve.Project
	// Packages finds the version of a library in the manifests nearest to a folder.
	Packages Packages

	byPath map[string]*File
	hidden []string
}

// Packages finds the manifest that decides a library's version for a folder.
type Packages interface {
	For(dir, name string) (config.Package, bool)
}

// File is one parsed source file and what it is for.
type File struct {
	*syntax.File
	Role code.Role
}

// NewTree joins parsed files to a tree; files must be sorted by path.
func NewTree(input, root string, files []*File) *Tree {
	t := &Tree{Input: input, Root: root, Files: files, Facts: &code.Facts{Input: input, Root: root},
		byPath: make(map[string]*File, len(files))}
	parsed := make([]*syntax.File, len(files))
	for i, f := range files {
		t.byPath[f.Path] = f
		parsed[i] = f.File
	}
	t.Project = resolve.New(input, parsed, t.Excerpt)
	return t
}

// Hide keeps a literal that is used as a credential out of all excerpts made from now on.
func (t *Tree) Hide(secret string) {
	if len(secret) >= shortestSecret && !slices.Contains(t.hidden, secret) {
		t.hidden = append(t.hidden, secret)
	}
}

// shortestSecret is the length from which a literal is masked wherever it stands; shorter
// ones would mask parts of words.
const shortestSecret = 4

// Excerpt is the source of a span on one line, secrets masked.
func (t *Tree) Excerpt(src []byte, start, end int) string {
	text := Excerpt(src, start, end)
	for _, h := range t.hidden {
		text = strings.ReplaceAll(text, h, secret.Mask)
	}
	return text
}

// File returns the parsed file of this path, or nil.
func (t *Tree) File(path string) *File { return t.byPath[path] }

// Version is the version of a library as the manifests nearest to the file say; unknown
// when none names it. ok tells whether a manifest names the library at all.
func (t *Tree) Version(file, library string) (v model.Known[model.Version], ok bool) {
	if t.Packages == nil {
		return model.Unknown[model.Version]("no manifest was read", nil), false
	}
	p, ok := t.Packages.For(path.Dir(file), library)
	if !ok {
		return model.Unknown[model.Version]("no manifest names "+library, nil), false
	}
	return p.Version, true
}

// Origin is the place of a span of a file, with its excerpt; def is the enclosing
// definition, nil at module level.
func (t *Tree) Origin(f *File, def *syntax.Def, s syntax.Span) *model.Origin {
	o := &model.Origin{Kind: model.FromCode, Input: t.Input, Place: s.Place(f.Path)}
	o.Place.Excerpt = t.Excerpt(f.Shown, s.Start, s.End)
	if def != nil {
		o.Place.Symbol = def.Qualified
		o.Tainted = def.Tainted
	}
	for _, b := range f.Broken {
		if s.Start < b.End && b.Start < s.End {
			o.Tainted = true
		}
	}
	return o
}

// Site is the site of a call: its place, its library with version, and what is true of
// the place. Loop and PerCall are left to the caller.
func (t *Tree) Site(f *File, def *syntax.Def, s syntax.Span, library string) code.Site {
	v, _ := t.Version(f.Path, library)
	site := code.Site{At: t.Origin(f, def, s), Library: library, Version: v, Role: f.Role}
	if def != nil {
		site.Function = def.Qualified
	}
	return site
}
