package resolve

import (
	"qaudit/internal/collect/code/syntax"
)

// lookup finds the bindings of a name as seen from a scope: the innermost function that
// binds it, else the module. Class bodies are seen only from within themselves.
func (p *Project) lookup(f *syntax.File, d *syntax.Def, name string) []binding {
	for at := d; at != nil; at = at.Parent {
		if at.Kind == syntax.Class {
			if at == d {
				if c := p.classes[at]; c != nil && len(c.attrs[name]) > 0 {
					return c.attrs[name]
				}
			}
			continue
		}
		if s := p.scopes[scopeKey{f, at}]; s != nil && len(s.names[name]) > 0 {
			return s.names[name]
		}
	}
	if s := p.scopes[scopeKey{f, nil}]; s != nil && len(s.names[name]) > 0 {
		return s.names[name]
	}
	return p.starred(f, name)
}

// starred looks a name up in the project's modules that a file imports whole.
func (p *Project) starred(f *syntax.File, name string) []binding {
	for _, im := range f.Imports {
		if !im.Star {
			continue
		}
		if m := p.imports(f, &im); m != nil && m != f {
			if s := p.scopes[scopeKey{m, nil}]; s != nil && len(s.names[name]) > 0 {
				return s.names[name]
			}
		}
	}
	return nil
}

// member finds the bindings of a module's exported name.
func (p *Project) member(m *syntax.File, name string) []binding {
	if s := p.scopes[scopeKey{m, nil}]; s != nil && len(s.names[name]) > 0 {
		return s.names[name]
	}
	if b := p.exported(m, name); b != nil {
		return b
	}
	return p.starred(m, name)
}

// exported finds what a JS module gives under a name: export statements, exports.name = …,
// module.exports = {name: …}.
func (p *Project) exported(m *syntax.File, name string) []binding {
	var out []binding
	for _, x := range m.Exports {
		switch {
		case x.Name != name && x.Name != "*":
		case x.Module != "":
			to := p.Module(m, x.Module)
			if to == nil || to == m {
				continue
			}
			switch {
			case x.Name == "*":
				out = append(out, p.member(to, name)...)
			case x.Local != "":
				out = append(out, p.member(to, x.Local)...)
			}
		case x.Value != nil:
			out = append(out, binding{file: m, value: x.Value})
		case x.Local != "" && x.Local != name:
			if s := p.scopes[scopeKey{m, nil}]; s != nil {
				out = append(out, s.names[x.Local]...)
			}
		}
	}
	if m.Lang == syntax.Python || len(out) > 0 {
		return out
	}
	syntax.Inspect(m.Body, func(s *syntax.Stmt) bool {
		if s.Kind != syntax.Assign {
			return true
		}
		for _, t := range s.Targets {
			switch t.Path() {
			case "module.exports." + name, "exports." + name:
				out = append(out, binding{file: m, value: s.Value})
			case "module.exports":
				if name == "default" {
					out = append(out, binding{file: m, value: s.Value})
				} else if s.Value != nil && s.Value.Kind == syntax.MapLit {
					for _, a := range s.Value.Args {
						if a.Name == name {
							out = append(out, binding{file: m, value: a.Value})
						}
					}
				}
			}
		}
		return true
	}, nil)
	return out
}
