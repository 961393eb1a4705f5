package amqp

import (
	"maps"
	"path"
	"sort"
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// settle adds the libraries that were met, with the versions of the folders that use them.
func (r *reader) settle() {
	r.replies()
	seen := map[string]bool{}
	for _, s := range r.sites {
		for _, m := range s.means {
			if !r.used[m.lib.Name] {
				continue
			}
			// Folders that use the same version are one.
			v, _ := r.tree.Version(s.file.Path, m.lib.Name)
			version := v.Why()
			if n, known := v.Get(); known {
				version = n.String()
			}
			if key := m.lib.Name + "\x00" + version; !seen[key] {
				seen[key] = true
				r.facts.Libraries = append(r.facts.Libraries, code.Library{Name: m.lib.Name, Version: v, Dir: path.Dir(s.file.Path)})
			}
		}
	}
	for _, name := range []string{nestName, golevelupName} {
		if r.used[name] && !r.hasLibrary(name) {
			v, _ := r.tree.Version("x", name)
			r.facts.Libraries = append(r.facts.Libraries, code.Library{Name: name, Version: v, Dir: "."})
		}
	}
	sort.SliceStable(r.facts.Libraries, func(i, j int) bool { return r.facts.Libraries[i].Name < r.facts.Libraries[j].Name })
}

// replies marks the consumers of reply queues: what a file consumes from a temporary queue
// while it publishes with reply_to.
func (r *reader) replies() {
	asks := map[string]bool{}
	for _, p := range r.facts.Publishes {
		if p.ReplyTo.Kind != code.Nil {
			asks[p.At.Place.File] = true
		}
	}
	for i := range r.facts.Consumes {
		if c := &r.facts.Consumes[i]; model.Is(c.Temporary, true) && asks[c.At.Place.File] {
			c.RPC = true
		}
	}
}

func (r *reader) hasLibrary(name string) bool {
	for _, l := range r.facts.Libraries {
		if l.Name == name {
			return true
		}
	}
	return false
}

// exports are the names under which functions that lead to a library are used elsewhere:
// those that call one with their own parameters, what calls those, and the classes around
// them.
func (r *reader) exports() []library.Export {
	leads := map[*syntax.Def]bool{}
	for _, s := range r.sites {
		if d := outermost(s.scope.Def); d != nil && interesting(s) {
			leads[d] = true
		}
	}
	second := map[*syntax.Def]bool{}
	for d := range leads {
		for _, c := range r.flow.Calls(d) {
			if o := outermost(c.Scope.Def); o != nil {
				second[o] = true
			}
		}
	}
	maps.Copy(leads, second)
	seen := map[string]bool{}
	var out []library.Export
	add := func(name string, f *syntax.File) {
		module := ""
		if f != nil {
			module = moduleWord(f)
		}
		if name == "" || strings.HasPrefix(name, "__") || seen[name+"\x00"+module] {
			return
		}
		seen[name+"\x00"+module] = true
		out = append(out, library.Export{Name: name, Module: module})
	}
	for _, f := range r.tree.Files {
		for _, d := range f.Defs {
			if !leads[d] {
				continue
			}
			if d.Parent != nil && d.Parent.Kind == syntax.Class {
				add(d.Parent.Name, f.File)
			} else {
				add(d.Name, f.File)
			}
		}
		if f.Lang != syntax.Python && leadsIn(f, leads) && givesDefault(f) {
			// What a module gives as a whole has the name that others like: the path by
			// which they require it tells.
			add("/"+moduleWord(f.File), nil)
		}
		// Instances and closures that a module gives to others.
		for _, st := range f.Body {
			if st.Kind == syntax.Assign && st.Value != nil && st.Value.Kind == syntax.Call {
				for _, t := range st.Targets {
					if n := lastName(t); n != "" && r.leadsTo(f, st.Value, leads) {
						add(n, f.File)
					}
				}
			}
		}
	}
	return out
}

// leadsIn says that a file has a function that leads to a library.
func leadsIn(f *library.File, leads map[*syntax.Def]bool) bool {
	for _, d := range f.Defs {
		if leads[d] {
			return true
		}
	}
	return false
}

// givesDefault says that a module gives something as a whole: module.exports = new X(),
// export default.
func givesDefault(f *library.File) bool {
	for _, x := range f.Exports {
		if x.Name == "default" {
			return true
		}
	}
	found := false
	syntax.Inspect(f.Body, func(st *syntax.Stmt) bool {
		for _, t := range st.Targets {
			found = found || t.Path() == "module.exports" && st.Value != nil && st.Value.Kind != syntax.MapLit
		}
		return true
	}, nil)
	return found
}

// leadsTo says that a module-level call makes an object of a class that leads to a library.
func (r *reader) leadsTo(f *library.File, e *syntax.Expr, leads map[*syntax.Def]bool) bool {
	d := r.tree.Project.Def(f.File, nil, e.X)
	if d == nil {
		return false
	}
	for l := range leads {
		if l == d || l.Parent == d {
			return true
		}
	}
	return false
}

// outermost is the function or method that a closure stands in.
func outermost(d *syntax.Def) *syntax.Def {
	for d != nil && d.Parent != nil && d.Parent.Kind != syntax.Class {
		d = d.Parent
	}
	if d != nil && d.Kind == syntax.Class {
		return nil
	}
	return d
}

func interesting(s *site) bool {
	for _, m := range s.means {
		if m.call.Act != library.NoAct || m.call.Gives != "" {
			return true
		}
	}
	return false
}

// moduleWord is the word by which other files name a module.
func moduleWord(f *syntax.File) string {
	base := strings.TrimSuffix(path.Base(f.Path), path.Ext(f.Path))
	if base == "__init__" || base == "index" || base == "main" {
		return path.Base(path.Dir(f.Path))
	}
	return base
}
