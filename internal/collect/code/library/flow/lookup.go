package flow

import (
	"qaudit/internal/collect/code/syntax"
)

// ident is what a name stands for.
func (f *Flow) ident(s Scope, name string) []*Thing {
	switch name {
	case "this":
		return f.this(s)
	case "super":
		for _, t := range f.this(s) {
			if t.Form == Self {
				return []*Thing{f.thing(Thing{Form: Super, Def: t.Def, File: t.File})}
			}
		}
		return nil
	}
	at, ok := f.names.scopeOf(s.File, s.Def, name)
	if !ok {
		return f.free(s, name)
	}
	out := f.named(at)
	if len(out) == 0 && at.def != nil && s.File.Lang != syntax.Python {
		if up, ok := f.names.scopeOf(s.File, at.def.Parent, name); ok {
			out = f.named(up)
		}
	}
	return out
}

// named is what a name that is bound in a scope stands for.
func (f *Flow) named(at slot) []*Thing {
	var out []*Thing
	if at.def != nil && at.def.Kind == syntax.Class {
		out = f.attribute(at.def, at.name).things
	} else {
		out = f.variable(at).things
	}
	if ims := f.names.imports[at]; len(ims) > 0 && !f.looking[at] {
		f.looking[at] = true // modules that import a name from one another
		for _, im := range ims {
			out = join(out, f.imported(at.file, im))
		}
		delete(f.looking, at)
	}
	if len(out) == 0 {
		return f.ofType(at.file, at.def, f.typed[at])
	}
	return out
}

// free is a name that nothing in the file binds.
func (f *Flow) free(s Scope, name string) []*Thing {
	if c := f.variable(slot{s.File, nil, name}); len(c.things) > 0 {
		return c.things
	}
	if c := f.variable(slot{s.File, nil, "let " + name}); len(c.things) > 0 {
		return c.things
	}
	for _, im := range f.names.stars[s.File] {
		if file := f.names.module(s.File, im.Module); file != nil && file != s.File {
			if out := f.named(slot{file, nil, name}); len(out) > 0 {
				return out
			}
			continue
		}
		if f.owns(im.Module) != nil {
			return []*Thing{f.thing(Thing{Form: Symbol, Path: im.Module + "." + name})}
		}
	}
	switch name {
	case "functools", "asyncio", "threading", "Promise", "require", "process", "setTimeout", "setImmediate":
		return []*Thing{f.thing(Thing{Form: Symbol, Path: name})}
	}
	return nil
}

// imported is what an import binds.
func (f *Flow) imported(from *syntax.File, im syntax.Import) []*Thing {
	if file := f.names.module(from, im.Path); file != nil && from.Lang == syntax.Python && file != from {
		return []*Thing{f.thing(Thing{Form: Module, File: file})}
	}
	file := f.names.module(from, im.Module)
	if file == nil || file == from {
		if im.Relative {
			return nil
		}
		return []*Thing{f.thing(Thing{Form: Symbol, Path: im.Path})}
	}
	module := f.thing(Thing{Form: Module, File: file})
	if im.Name == "" {
		if from.Lang != syntax.Python {
			if out := f.export(file, "=").things; len(out) > 0 {
				return join(out, []*Thing{module})
			}
		}
		return []*Thing{module}
	}
	return f.moduleMember(module, im.Name, 0)
}

// maxReexports is how many modules a name is followed through.
const maxReexports = 5

// moduleMember is a name of a project module.
func (f *Flow) moduleMember(m *Thing, name string, depth int) []*Thing {
	file := m.File
	if depth > maxReexports {
		return nil
	}
	if file.Lang == syntax.Python {
		out := f.named(slot{file, nil, name})
		if len(out) == 0 {
			out = f.free(Scope{File: file}, name)
		}
		if len(out) == 0 {
			if sub := f.names.modules[joinPath(file.Module, name)]; sub != nil {
				return []*Thing{f.thing(Thing{Form: Module, File: sub})}
			}
		}
		return out
	}
	out := f.export(file, name).things
	for _, x := range f.names.exports[file][name] {
		out = join(out, f.exported(file, x, depth))
	}
	if len(out) == 0 {
		// module.exports = { name } or an instance with that method; a CommonJS module
		// imported by default.
		for _, t := range f.export(file, "=").things {
			if name == "default" {
				out = join(out, []*Thing{t})
			} else {
				out = join(out, f.member(t, name))
			}
		}
	}
	if len(out) == 0 {
		for _, x := range f.names.exports[file]["*"] {
			if next := f.names.module(file, x.Module); next != nil && next != file {
				if out = f.moduleMember(f.thing(Thing{Form: Module, File: next}), name, depth+1); len(out) > 0 {
					break
				}
			}
		}
	}
	if len(out) == 0 && name == "default" {
		return []*Thing{m}
	}
	return out
}

func (f *Flow) exported(file *syntax.File, x syntax.Export, depth int) []*Thing {
	switch {
	case x.Module != "":
		next := f.names.module(file, x.Module)
		if next == nil {
			return []*Thing{f.thing(Thing{Form: Symbol, Path: joinPath(x.Module, x.Local)})}
		}
		if x.Local == "" {
			return []*Thing{f.thing(Thing{Form: Module, File: next})}
		}
		return f.moduleMember(f.thing(Thing{Form: Module, File: next}), x.Local, depth+1)
	case x.Local != "":
		return f.ident(Scope{File: file}, x.Local)
	}
	return nil
}

func joinPath(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "." + b
}
