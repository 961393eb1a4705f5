package flow

import (
	"strings"

	"qaudit/internal/collect/code/syntax"
)

// slot is a name in a scope: of a function, of a class body, or of a module (def nil).
type slot struct {
	file *syntax.File
	def  *syntax.Def
	name string
}

// names is what is bound where.
type names struct {
	files   []*syntax.File
	modules map[string]*syntax.File
	found   map[moduleKey]*syntax.File
	fileOf  map[*syntax.Def]*syntax.File
	// bound tells the scopes in which a name is assigned, a parameter or a definition.
	bound   map[slot]bool
	imports map[slot][]syntax.Import
	stars   map[*syntax.File][]syntax.Import
	exports map[*syntax.File]map[string][]syntax.Export
}

func newNames(files []*syntax.File) *names {
	n := &names{files: files, modules: map[string]*syntax.File{}, found: map[moduleKey]*syntax.File{}, fileOf: map[*syntax.Def]*syntax.File{}, bound: map[slot]bool{},
		imports: map[slot][]syntax.Import{}, stars: map[*syntax.File][]syntax.Import{},
		exports: map[*syntax.File]map[string][]syntax.Export{}}
	for _, f := range files {
		n.modules[f.Module] = f
		for _, d := range f.Defs {
			n.fileOf[d] = f
		}
		for _, im := range f.Imports {
			if im.Star {
				n.stars[f] = append(n.stars[f], im)
			} else if im.Local != "" {
				n.imports[slot{f, im.Scope, im.Local}] = append(n.imports[slot{f, im.Scope, im.Local}], im)
			}
		}
		n.exports[f] = map[string][]syntax.Export{}
		for _, x := range f.Exports {
			n.exports[f][x.Name] = append(n.exports[f][x.Name], x)
		}
		n.bind(f, nil, f.Body)
		for _, d := range f.Defs {
			for _, p := range d.Params {
				n.param(f, d, p)
			}
			n.bind(f, d, d.Body)
		}
	}
	return n
}

func (n *names) param(f *syntax.File, d *syntax.Def, p syntax.Param) {
	if p.Name != "" {
		n.bound[slot{f, d, p.Name}] = true
	}
	for _, q := range p.Fields {
		n.param(f, d, q)
	}
}

// bind notes what the statements of a scope bind.
func (n *names) bind(f *syntax.File, d *syntax.Def, body []syntax.Stmt) {
	syntax.Inspect(body, func(s *syntax.Stmt) bool {
		if s.Kind == syntax.DefStmt && s.Def != nil {
			n.set(f, d, s.Def.Name)
		}
		for _, t := range s.Targets {
			n.target(f, d, t)
		}
		for _, i := range s.Items {
			n.target(f, d, i.As)
		}
		for _, h := range s.Handlers {
			n.set(f, d, h.Name)
		}
		return true
	}, func(e *syntax.Expr) bool {
		switch e.Kind {
		case syntax.Bind:
			n.target(f, d, e.X)
		case syntax.Comp:
			for _, a := range e.Args {
				if a.Name == "for" {
					n.target(f, d, a.Key)
				}
			}
		}
		return true
	})
}

func (n *names) target(f *syntax.File, d *syntax.Def, t *syntax.Expr) {
	if t == nil {
		return
	}
	switch t.Kind {
	case syntax.Ident:
		n.set(f, d, t.Text)
	case syntax.ListLit, syntax.MapLit, syntax.Other:
		for _, a := range t.Args {
			n.target(f, d, a.Value)
		}
	case syntax.Bind:
		n.target(f, d, t.X)
	}
}

func (n *names) set(f *syntax.File, d *syntax.Def, name string) {
	if name == "" {
		return
	}
	if d != nil && f.Lang == syntax.Python {
		for _, g := range d.Globals {
			if g == name {
				return
			}
		}
	}
	n.bound[slot{f, d, name}] = true
}

// once is the one assignment to a name in its scope, null aside.
func (n *names) once(at slot) (Scope, *syntax.Expr, bool) {
	body := at.file.Body
	if at.def != nil {
		body = at.def.Body
	}
	var found *syntax.Expr
	several := false
	syntax.Inspect(body, func(st *syntax.Stmt) bool {
		for _, t := range st.Targets {
			if t.Kind != syntax.Ident || t.Text != at.name {
				continue
			}
			switch {
			case st.Kind != syntax.Assign || found != nil:
				several = true
			case st.Value != nil && st.Value.Kind != syntax.NilLit:
				found = st.Value
			}
		}
		return true
	}, nil)
	return Scope{File: at.file, Def: at.def}, found, found != nil && !several
}

// scopeOf finds the scope in which a name that is used in d is bound; ok is false when
// none binds it. A class body is seen only by what stands in it directly.
func (n *names) scopeOf(f *syntax.File, d *syntax.Def, name string) (s slot, ok bool) {
	for at := d; ; at = at.Parent {
		s = slot{f, at, name}
		if (at == d || at == nil || at.Kind != syntax.Class) && (n.bound[s] || len(n.imports[s]) > 0) {
			return s, true
		}
		if at == nil {
			return slot{f, nil, name}, false
		}
	}
}

// module finds the file that a module's name stands for. Python names may lack the
// folders above the package's root, names of TypeScript may go through an alias.
func (n *names) module(from *syntax.File, name string) *syntax.File {
	k := moduleKey{from, name}
	f, ok := n.found[k]
	if !ok {
		f = n.find(from, name)
		n.found[k] = f
	}
	return f
}

type moduleKey struct {
	from *syntax.File
	name string
}

func (n *names) find(from *syntax.File, name string) *syntax.File {
	if f := n.modules[name]; f != nil {
		return f
	}
	if from.Lang == syntax.Python {
		if !strings.Contains(name, ".") {
			// "import logging" is of the project only where it lies beside the file.
			i := strings.LastIndexByte(from.Module, '.')
			return n.modules[from.Module[:i+1]+name]
		}
		return n.endsIn(from, "."+name)
	}
	for _, m := range []string{name + "/index", strings.TrimSuffix(name, ".js"), strings.TrimSuffix(name, ".ts")} {
		if f := n.modules[m]; f != nil {
			return f
		}
	}
	for _, alias := range []string{"@/", "~/", "src/", "app/"} {
		if tail, ok := strings.CutPrefix(name, alias); ok {
			if f := n.endsIn(from, "/"+tail); f != nil {
				return f
			}
			return n.endsIn(from, "/"+tail+"/index")
		}
	}
	if tail, ok := strings.CutPrefix(name, "@app/"); ok { // a library of a Nest workspace
		lib, rest, deep := strings.Cut(tail, "/")
		if !deep {
			rest = "index"
		}
		return n.endsIn(from, "libs/"+lib+"/src/"+rest)
	}
	return nil
}

// endsIn is the nearest file of from's language family whose module ends in tail.
func (n *names) endsIn(from *syntax.File, tail string) *syntax.File {
	var found *syntax.File
	for _, f := range n.files {
		if (f.Lang == syntax.Python) == (from.Lang == syntax.Python) && strings.HasSuffix(f.Module, tail) && f != from {
			if found == nil {
				found = f
			} else {
				found = nearer(from, found, f)
			}
		}
	}
	return found
}

// nearer is the one of two files that shares more of its path with from.
func nearer(from, a, b *syntax.File) *syntax.File {
	common := func(x *syntax.File) int {
		i := 0
		for i < len(x.Path) && i < len(from.Path) && x.Path[i] == from.Path[i] {
			i++
		}
		return i
	}
	if x, y := common(a), common(b); y > x || y == x && b.Path < a.Path {
		return b
	}
	return a
}
