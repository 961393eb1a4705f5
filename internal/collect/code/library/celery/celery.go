// Package celery reads Celery out of a Python tree: apps with the configuration that
// reaches them, tasks and what they do, calls, canvases, queues and schedules.
//
// What a setting, an option or a call means follows Celery 4.4 to 5.7; old names of
// settings count as the new ones.
package celery

import (
	"context"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// Library is the name of the library in facts and manifests.
const Library = "celery"

// Extractor reads Celery.
type Extractor struct{}

// Exports are the names under which other files use apps and tasks of these.
func (Extractor) Exports(ctx context.Context, t *library.Tree) []library.Export {
	r := newReader(t)
	if !r.index(ctx) {
		return nil
	}
	return r.exports()
}

// Extract adds what the tree says about Celery to its facts.
func (Extractor) Extract(ctx context.Context, t *library.Tree) error {
	r := newReader(t)
	if !r.index(ctx) {
		return ctx.Err()
	}
	if len(r.apps) == 0 && len(r.tasks) == 0 {
		return nil
	}
	r.configure()
	r.describeTasks()
	r.readCalls()
	r.readSchedules()
	r.readHooks()
	r.facts()
	return ctx.Err()
}

// reader is one pass over a tree.
type reader struct {
	t     *library.Tree
	names map[nameKey]thing
	// assigned are the expressions that names and attributes of classes were given.
	assigned map[nameKey][]given
	attrs    map[attrKey][]given
	roots    []string // import roots, as dotted prefixes of module names
	homes    map[*syntax.Def]*library.File

	apps  []*app
	tasks []*task
	// wrappers are project functions that make tasks of what they decorate.
	wrappers map[*syntax.Def]*wrapper
	// connects are handlers of save signals by where they are connected; commits are
	// functions given to on_commit. Both are found when they are first asked for.
	connects map[*syntax.Def]*model.Origin
	commits  map[*syntax.Def]bool
	calls    []code.CeleryCall
	canvas   []code.CeleryCanvas
	queues   []code.CeleryQueue
	periodic []code.CeleryPeriodic
	hooks    []code.CeleryHook
}

func newReader(t *library.Tree) *reader {
	return &reader{t: t, names: map[nameKey]thing{}, assigned: map[nameKey][]given{}, attrs: map[attrKey][]given{},
		homes: map[*syntax.Def]*library.File{}, wrappers: map[*syntax.Def]*wrapper{}}
}

// scope is a definition in a file; def is nil at module level.
type scope struct {
	f   *library.File
	def *syntax.Def
}

func (r *reader) path(s scope, e *syntax.Expr) string { return r.t.Project.Path(s.f.File, s.def, e) }

func (r *reader) def(s scope, e *syntax.Expr) *syntax.Def { return r.t.Project.Def(s.f.File, s.def, e) }

func (r *reader) origin(s scope, at syntax.Span) *model.Origin { return r.t.Origin(s.f, s.def, at) }

// site is the site of a span; a version that only a range gives is not known.
func (r *reader) site(s scope, at syntax.Span) code.Site {
	site := r.t.Site(s.f, s.def, at, Library)
	if r.t.Packages != nil {
		if p, ok := r.t.Packages.For(dirOf(s.f.Path), Library); ok && !p.Exact {
			site.Version = model.Unknown[model.Version]("the manifest gives a range of versions only", p.At)
		}
	}
	return site
}

// bodies calls f for the module level and every definition of every Python file.
func (r *reader) bodies(f func(scope, []syntax.Stmt)) {
	for _, file := range r.t.Files {
		if file.Lang != syntax.Python {
			continue
		}
		f(scope{file, nil}, file.Body)
		for _, d := range file.Defs {
			f(scope{file, d}, d.Body)
		}
	}
}
