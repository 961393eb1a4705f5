package flow

import (
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
)

// members is an attribute of each of the things.
func (f *Flow) members(_ Scope, things []*Thing, name string) []*Thing {
	var out []*Thing
	for _, t := range things {
		out = join(out, f.member(t, name))
	}
	return out
}

// member is an attribute of a thing.
func (f *Flow) member(t *Thing, name string) []*Thing {
	switch t.Form {
	case Symbol:
		return []*Thing{f.thing(Thing{Form: Symbol, Path: t.Path + "." + name})}
	case Module:
		return f.moduleMember(t, name, 0)
	case Record:
		if c := f.field(t, name); len(c.things) > 0 || t.fields["*"] == nil {
			return c.things
		}
		return f.field(t, "*").things
	case Object:
		return f.objectMember(t, name)
	case Self, Instance:
		return f.instanceMember(t, name)
	case Class:
		return f.classMember(t, name)
	case Super:
		var out []*Thing
		for _, c := range f.lineage(t.Def)[1:] {
			if out = f.attribute(c, name).things; len(out) > 0 {
				self := f.thing(Thing{Form: Self, Def: t.Def, File: t.File})
				return f.bound(out, self)
			}
		}
	case Function:
		return f.functionMember(t, name)
	case Partial:
		return f.member(t.Inner, name)
	}
	return nil
}

func (f *Flow) objectMember(t *Thing, name string) []*Thing {
	if t.Kind == library.Channel && name == "default_exchange" {
		return []*Thing{f.thing(Thing{Form: Object, Kind: library.Exchange, Lib: t.Lib, From: t, Path: "default"})}
	}
	if k := t.Lib.Prop(t.Kind, name); k != "" {
		return []*Thing{f.derived(t, k)}
	}
	if lib, c := t.Lib.Method(t.Kind, name); c != nil {
		return []*Thing{f.thing(Thing{Form: Method, Path: name, Lib: lib, Call: c, From: t})}
	}
	return nil
}

// derived is what an attribute of a library object is.
func (f *Flow) derived(t *Thing, k library.Kind) *Thing {
	switch {
	case t.Kind == k:
		return t
	case t.From != nil && t.From.Form == Object && t.From.Kind == k:
		return t.From
	case t.From != nil && t.From.From != nil && t.From.From.Form == Object && t.From.From.Kind == k:
		return t.From.From
	case k == library.Connection || k == library.Channel:
		// kombu: the channel of a producer may be its connection's default one.
		if t.Expr == nil {
			return f.thing(Thing{Form: Object, Kind: k, Lib: t.Lib, Path: "any"})
		}
	}
	return f.thing(Thing{Form: Object, Kind: k, Lib: t.Lib, Expr: t.Expr, At: t.At, From: t.From, Call: t.Call})
}

// instanceMember is an attribute of an object of a project class: of the class, its bases
// and, seen from inside, what its subclasses make of it.
func (f *Flow) instanceMember(t *Thing, name string) []*Thing {
	var out []*Thing
	lineage := f.lineage(t.Def)
	for _, c := range lineage {
		if out = f.attribute(c, name).things; len(out) > 0 {
			break
		}
	}
	// A field that the base sets is the subclass's too.
	if len(out) > 0 && out[0].Form != Function {
		for _, c := range lineage {
			out = join(out, f.attribute(c, name).things)
		}
	}
	if t.Form == Self {
		for _, c := range f.below(t.Def) {
			out = join(out, f.attribute(c, name).things)
		}
	}
	if len(out) == 0 {
		for _, c := range lineage {
			if out = f.ofType(f.names.fileOf[c], c, f.typed[slot{f.names.fileOf[c], c, name}]); len(out) > 0 {
				return out
			}
		}
		return nil
	}
	return f.bound(out, t)
}

// bound binds methods to their object; a property is what its getter gives.
func (f *Flow) bound(things []*Thing, self *Thing) []*Thing {
	out := make([]*Thing, 0, len(things))
	for _, t := range things {
		if t.Form != Function || t.Self != nil {
			out = append(out, t)
			continue
		}
		switch {
		case isProperty(t.Def):
			out = join(out, f.result(t.Def).things)
		case t.Def.Parent != nil && t.Def.Parent.Kind == syntax.Class || f.owner[t.Def] != nil:
			out = append(out, f.thing(Thing{Form: Function, Def: t.Def, File: t.File, Self: self}))
		default:
			out = append(out, t)
		}
	}
	return out
}

func isProperty(d *syntax.Def) bool {
	for _, e := range d.Decorators {
		switch e.Path() {
		case "property", "cached_property", "functools.cached_property", "abc.abstractproperty":
			return true
		}
	}
	return false
}

func (f *Flow) classMember(t *Thing, name string) []*Thing {
	if name == "prototype" {
		return []*Thing{t}
	}
	for _, c := range f.lineage(t.Def) {
		if out := f.attribute(c, name).things; len(out) > 0 {
			return out
		}
	}
	return nil
}

// functionMember is an attribute of a function: a JavaScript getter is read as one.
func (f *Flow) functionMember(t *Thing, name string) []*Thing {
	if c := f.attribute(t.Def, name); len(c.things) > 0 {
		return c.things
	}
	key := attr{t.Def, name}
	if t.Self != nil && len(t.Def.Params) == 0 && t.File.Lang != syntax.Python && !f.getting[key] {
		// A getter that returns itself leads back here.
		f.getting[key] = true
		defer delete(f.getting, key)
		return f.members(Scope{}, f.result(t.Def).things, name)
	}
	return nil
}
