package flow

import (
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
)

// Assigned is an assignment to an attribute of a class.
type Assigned struct {
	Scope Scope
	Value *syntax.Expr
}

// File is the file of a definition.
func (f *Flow) File(d *syntax.Def) *syntax.File { return f.names.fileOf[d] }

// Calls are the places that call a project function.
func (f *Flow) Calls(d *syntax.Def) []CallSite { return f.calls[d] }

// Subclasses are the project classes that name d as a base.
func (f *Flow) Subclasses(d *syntax.Def) []*syntax.Def { return f.subs[d] }

// Assigned are the assignments to an attribute in the class or, when it has none, in its
// bases.
func (f *Flow) Assigned(class *syntax.Def, name string) []Assigned {
	for _, c := range f.lineage(class) {
		if a := f.assigned[attr{c, name}]; len(a) > 0 {
			return a
		}
	}
	return nil
}

// Results are what a project function gives.
func (f *Flow) Results(d *syntax.Def) []*Thing {
	if c := f.results[d]; c != nil {
		return c.things
	}
	return nil
}

// Function is what a table knows of a library's function or class.
func (f *Flow) Function(path string) (*library.Library, *library.Call) {
	lc := f.funcs[path]
	return lc.lib, lc.call
}

// Subclass is what a table knows of the library's class that a project class stands for.
func (f *Flow) Subclass(d *syntax.Def) (*library.Library, *library.Call) {
	lc := f.libraryClass(d)
	return lc.lib, lc.call
}

// Owns is the library that a dotted path belongs to, nil when it is of none that is read.
func (f *Flow) Owns(path string) *library.Library { return f.owns(path) }

// Passes reports whether a call gives back, keeps or hands on what it is given and does
// nothing to it: Promise.all(x), list.append(x), x.bind(…).
func (f *Flow) Passes(e *syntax.Expr) bool {
	if e.X == nil {
		return false
	}
	return through[e.X.Text] || puts[e.X.Text] || takes[e.X.Text] || e.X.Text == "isinstance" || e.X.Text == "bool" || e.X.Text == "partial" ||
		e.X.Text == "bind"
}

// Below are the project classes that inherit from d.
func (f *Flow) Below(d *syntax.Def) []*syntax.Def { return f.below(d) }

// AssignedIn says that a class itself sets an attribute.
func (f *Flow) AssignedIn(class *syntax.Def, name string) bool {
	return len(f.assigned[attr{class, name}]) > 0
}

// AssignedAbove are the assignments in the bases of a class that set more than null.
func (f *Flow) AssignedAbove(class *syntax.Def, name string) []Assigned {
	for _, c := range f.lineage(class)[1:] {
		var out []Assigned
		for _, x := range f.assigned[attr{c, name}] {
			if x.Value != nil && x.Value.Kind != syntax.NilLit {
				out = append(out, x)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// Made is the object that a library's call makes.
func (f *Flow) Made(lib *library.Library, c *library.Call, e *syntax.Expr, at Scope, from *Thing) *Thing {
	return f.thing(Thing{Form: Object, Kind: c.Gives, Lib: lib, Call: c, Expr: e, At: at, From: from})
}

// Member is an attribute of a thing.
func (f *Flow) Member(t *Thing, name string) []*Thing { return f.member(t, name) }

// Any is any object of a project class.
func (f *Flow) Any(class *syntax.Def) *Thing {
	return f.thing(Thing{Form: Self, Def: class, File: f.names.fileOf[class]})
}

// Defines says that a method is the one that objects of the class itself have: its own,
// or inherited and not overridden in it.
func (f *Flow) Defines(class, method *syntax.Def) bool {
	for _, c := range f.lineage(class) {
		things := f.attribute(c, method.Name).things
		if len(things) == 0 {
			continue
		}
		for _, t := range things {
			if t.Def == method {
				return true
			}
		}
		return false
	}
	return false
}

// Owner says that a definition stands in a class that inherits a name with the prefix.
func (f *Flow) Owner(d *syntax.Def, prefix string) bool {
	for ; d != nil; d = d.Parent {
		if d.Kind == syntax.Class {
			return f.libraryBase(d, prefix) != nil
		}
	}
	return false
}

// Once is the expression that a name has everywhere: set by one assignment in the scope
// that binds it.
func (f *Flow) Once(s Scope, name string) (Scope, *syntax.Expr, bool) {
	return f.once(s, name, 0)
}

func (f *Flow) once(s Scope, name string, depth int) (Scope, *syntax.Expr, bool) {
	at, ok := f.names.scopeOf(s.File, s.Def, name)
	if !ok {
		return s, nil, false
	}
	if ims := f.names.imports[at]; len(ims) > 0 {
		im := ims[0]
		file := f.names.module(at.file, im.Module)
		if file == nil || file == at.file || im.Name == "" || file.Lang != syntax.Python || depth > maxReexports {
			return s, nil, false
		}
		return f.once(Scope{File: file}, im.Name, depth+1)
	}
	return f.names.once(at)
}

// Fields are what the fields of a record stand for.
func (f *Flow) Fields(t *Thing) []*Thing { return f.contents([]*Thing{t}) }
