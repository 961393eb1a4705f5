package resolve

import (
	"slices"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// untouched is the default of a constructor's parameter that no call in the project gives
// a value for, where there are calls at all. Other functions are called by frameworks too.
func (r *resolver) untouched(b binding) (code.Value, bool) {
	if !isConstructor(b.def) {
		return code.Value{}, false
	}
	i := slices.IndexFunc(b.def.Params, func(p syntax.Param) bool { return p.Name == b.param.Name })
	if b.param.Default == nil || i < 0 {
		return code.Value{}, false
	}
	sites := slices.Concat(r.p.CallSites(b.def), r.p.constructed(b.def.Parent, 0)) // super().__init__() and Class()
	for _, s := range sites {
		if _, isDefault, ok := r.p.Argument(b.def, s.Call, i); !ok || !isDefault {
			return code.Value{}, false
		}
	}
	if len(sites) == 0 {
		return code.Value{}, false
	}
	v := r.value(b.file, b.def.Parent, b.param.Default)
	if v.Origin != nil {
		o := *v.Origin
		o.Assumed = "no call gives the parameter " + b.param.Name + " another value"
		v.Origin = &o
	}
	return v, true
}

func isConstructor(d *syntax.Def) bool {
	return (d.Name == "__init__" || d.Name == "constructor") && d.Parent != nil && d.Parent.Kind == syntax.Class
}

// constructed are the calls of a class and of those that inherit its constructor.
func (p *Project) constructed(class *syntax.Def, depth int) []Site {
	sites := p.CallSites(class)
	if depth > maxClasses {
		return sites
	}
	for _, sub := range p.subclasses()[class] {
		if c := p.classes[sub]; len(c.attrs["__init__"]) == 0 && len(c.attrs["constructor"]) == 0 {
			sites = slices.Concat(sites, p.constructed(sub, depth+1))
		}
	}
	return sites
}

// maxClasses bounds how deep classes are followed; a class may name itself as its base.
const maxClasses = 8

// subclasses are the project's classes by the project's class that they extend.
func (p *Project) subclasses() map[*syntax.Def][]*syntax.Def {
	if p.subs == nil {
		p.subs = map[*syntax.Def][]*syntax.Def{}
		for _, f := range p.files {
			for _, d := range f.Defs {
				for _, b := range d.Bases {
					if base := p.ClassOf(f, d.Parent, b); base != nil && base != d {
						p.subs[base] = append(p.subs[base], d)
					}
				}
			}
		}
	}
	return p.subs
}
