package celery

import (
	"context"
	"path"
	"sort"
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
)

// nameKey is a name in a scope.
type nameKey struct {
	file string
	def  *syntax.Def
	name string
}

// attrKey is an attribute of a class, or of its objects.
type attrKey struct {
	class *syntax.Def
	name  string
}

// given is an expression that a name is given; element: it is one of the things that the
// expression yields, by a loop or as the part of a tuple.
type given struct {
	scope
	e       *syntax.Expr
	element bool
}

// thing is what a name stands for.
type thing struct {
	app  int // index into apps + 1
	task int // index into tasks + 1
	// decorator: the name is app.task of the app, or of any app where it is 0.
	decorator bool
	wrapper   *wrapper
}

// index finds what names stand for: apps first, then tasks, since those are made by apps.
func (r *reader) index(ctx context.Context) bool {
	if r.t.Project == nil {
		return false
	}
	r.bodies(func(s scope, body []syntax.Stmt) { r.indexBody(s, body) })
	for _, f := range r.t.Files {
		for _, d := range f.Defs {
			r.homes[d] = f
		}
	}
	if ctx.Err() != nil {
		return false
	}
	r.findRoots()
	r.findApps()
	r.findAliases()
	r.findWrappers()
	r.findTasks()
	return ctx.Err() == nil
}

func (r *reader) indexBody(s scope, body []syntax.Stmt) {
	syntax.Inspect(body, func(st *syntax.Stmt) bool {
		switch st.Kind {
		case syntax.Assign:
			for _, t := range st.Targets {
				r.assign(s, t, st.Value, false)
			}
		case syntax.Loop:
			for _, t := range st.Targets {
				r.assign(s, t, st.Value, true)
			}
		case syntax.With:
			for _, w := range st.Items {
				if w.As != nil {
					r.assign(s, w.As, w.Value, false)
				}
			}
		}
		return true
	}, nil)
}

func (r *reader) assign(s scope, target, value *syntax.Expr, element bool) {
	if target == nil || value == nil {
		return
	}
	g := given{s, value, element}
	switch target.Kind {
	case syntax.Ident:
		if s.def != nil && s.def.Kind == syntax.Class {
			k := attrKey{s.def, target.Text}
			r.attrs[k] = append(r.attrs[k], g)
			return
		}
		k := nameKey{s.f.Path, s.def, target.Text}
		r.assigned[k] = append(r.assigned[k], g)
	case syntax.Attr:
		if target.X.Path() != "self" && target.X.Path() != "cls" {
			return
		}
		if c := enclosingClass(s.def); c != nil {
			k := attrKey{c, target.Text}
			r.attrs[k] = append(r.attrs[k], g)
		}
	case syntax.ListLit:
		for i, a := range target.Args {
			if value.Kind == syntax.ListLit && len(value.Args) == len(target.Args) {
				r.assign(s, a.Value, value.Args[i].Value, element)
			} else if i == 0 {
				r.assign(s, a.Value, value, true)
			}
		}
	}
}

func enclosingClass(d *syntax.Def) *syntax.Def {
	for ; d != nil; d = d.Parent {
		if d.Kind == syntax.Class {
			return d
		}
	}
	return nil
}

// givens are the expressions that an expression's name or attribute was given, by the
// innermost scope that gives it any.
func (r *reader) givens(s scope, e *syntax.Expr) []given {
	switch {
	case e == nil:
	case e.Kind == syntax.Ident:
		for d := s.def; ; d = d.Parent {
			if g := r.assigned[nameKey{s.f.Path, d, e.Text}]; len(g) > 0 {
				return g
			}
			if d == nil {
				break
			}
		}
		if f, name := r.split(s, r.path(s, e)); f != nil {
			return r.assigned[nameKey{f.Path, nil, name}]
		}
	case e.Kind == syntax.Attr:
		if p := e.X.Path(); p == "self" || p == "cls" {
			if c := enclosingClass(s.def); c != nil {
				return r.attrs[attrKey{c, e.Text}]
			}
		}
		if f, name := r.split(s, r.path(s, e)); f != nil {
			return r.assigned[nameKey{f.Path, nil, name}]
		}
	}
	return nil
}

// split finds the project's file and name that a dotted path stands for.
func (r *reader) split(s scope, dotted string) (*library.File, string) {
	i := strings.LastIndexByte(dotted, '.')
	if i <= 0 || strings.Contains(dotted, "(") {
		return nil, ""
	}
	m := r.t.Project.Module(s.f.File, dotted[:i])
	if m == nil {
		return nil, ""
	}
	return r.t.File(m.Path), dotted[i+1:]
}

// thing is what an expression stands for: by a name of its scopes, or through imports.
func (r *reader) thing(s scope, e *syntax.Expr) thing {
	if e == nil {
		return thing{}
	}
	if e.Kind == syntax.Ident {
		for d := s.def; ; d = d.Parent {
			if t, ok := r.names[nameKey{s.f.Path, d, e.Text}]; ok {
				return t
			}
			if d == nil {
				break
			}
		}
	}
	if e.Kind == syntax.Ident || e.Kind == syntax.Attr {
		if f, name := r.split(s, r.path(s, e)); f != nil {
			return r.names[nameKey{f.Path, nil, name}]
		}
	}
	return thing{}
}

// namesakes are libraries that projects call files of their own after.
var namesakes = map[string]bool{"celery": true, "kombu": true, "redis": true, "requests": true, "django": true, "flask": true,
	"logging": true, "queue": true, "email": true, "types": true}

// findRoots learns from imports where the import roots of the tree are: a module that is
// imported as "shop.tasks" and stands in backend/shop/tasks.py has the root "backend".
func (r *reader) findRoots() {
	count := map[string]int{}
	for _, f := range r.t.Files {
		if f.Lang != syntax.Python {
			continue
		}
		for _, im := range f.Imports {
			if im.Relative || im.Module == "" || !strings.Contains(im.Module, ".") && namesakes[im.Module] {
				continue
			}
			if m := r.t.Project.Module(f.File, im.Module); m != nil {
				if root, ok := strings.CutSuffix(m.Module, "."+im.Module); ok {
					count[root]++
				}
			}
		}
	}
	for root := range count {
		r.roots = append(r.roots, root)
	}
	sort.Slice(r.roots, func(i, j int) bool {
		a, b := r.roots[i], r.roots[j]
		if len(a) != len(b) {
			return len(a) > len(b)
		}
		return a < b
	})
}

// module is the name by which a file is imported.
func (r *reader) module(f *library.File) string {
	for _, root := range r.roots {
		if m, ok := strings.CutPrefix(f.Module, root+"."); ok {
			return m
		}
	}
	return f.Module
}

func dirOf(p string) string { return path.Dir(p) }

// callOf is the call of an expression: of "f" none, of "f(…)" itself.
func callOf(e *syntax.Expr) (callee *syntax.Expr, args []syntax.Arg) {
	if e != nil && e.Kind == syntax.Call {
		return e.X, e.Args
	}
	return e, nil
}

// argument is a call's argument by keyword, else by position; nil when it has none.
func argument(args []syntax.Arg, pos int, names ...string) *syntax.Expr {
	for _, a := range args {
		for _, n := range names {
			if a.Name == n && !a.Spread {
				return a.Value
			}
		}
	}
	i := 0
	for _, a := range args {
		if a.Spread {
			return nil
		}
		if a.Name != "" {
			continue
		}
		if i == pos {
			return a.Value
		}
		i++
	}
	return nil
}
