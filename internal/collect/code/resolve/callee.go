package resolve

import (
	"qaudit/internal/collect/code/syntax"
)

// Path is the canonical dotted path of a name or attribute chain through the imports of
// its file: "pika.BlockingConnection" for BlockingConnection imported from pika. "" when
// the chain does not start at an import.
func (p *Project) Path(f *syntax.File, scope *syntax.Def, e *syntax.Expr) string {
	return p.pathAt(f, scope, e, 0)
}

func (p *Project) pathAt(f *syntax.File, scope *syntax.Def, e *syntax.Expr, depth int) string {
	if e == nil || depth > maxDepth {
		return ""
	}
	switch e.Kind {
	case syntax.Ident:
		bs := p.lookup(f, scope, e.Text)
		out := ""
		for _, b := range bs {
			switch {
			case b.imp != nil:
				to := p.throughProject(b.file, b.imp, 0)
				if out != "" && out != to && len(bs) > 1 {
					// try: import a except ImportError: import b — the first one leads
					continue
				}
				out = to
			case b.value != nil && !b.each && (b.value.Kind == syntax.Attr || b.value.Kind == syntax.Ident) && len(bs) == 1 && b.value.Path() != e.Text:
				return p.pathAt(b.file, b.scope, b.value, depth+1) // BlockingConnection = pika.BlockingConnection
			}
		}
		return out
	case syntax.Attr:
		x := p.pathAt(f, scope, e.X, depth+1)
		if x == "" {
			return ""
		}
		return x + "." + e.Text
	case syntax.Call:
		x := p.pathAt(f, scope, e.X, depth+1)
		if x == "" {
			return ""
		}
		return x + "()"
	case syntax.Await:
		return p.pathAt(f, scope, e.X, depth+1)
	}
	return ""
}

// throughProject follows a re-export: "from .compat import pika" leads to pika.
func (p *Project) throughProject(f *syntax.File, im *syntax.Import, depth int) string {
	if im.Name == "" || depth > 4 {
		return im.Path
	}
	m := p.imports(f, im)
	if m == nil || m == f {
		return im.Path
	}
	for _, b := range p.member(m, im.Name) {
		if b.imp != nil && b.imp != im {
			return p.throughProject(b.file, b.imp, depth+1)
		}
	}
	return im.Path
}

// Def is the project's function, method or class that an expression stands for; nil when
// it is none or not known which.
func (p *Project) Def(f *syntax.File, scope *syntax.Def, e *syntax.Expr) *syntax.Def {
	return p.defAt(f, scope, e, 0)
}

func (p *Project) defAt(f *syntax.File, scope *syntax.Def, e *syntax.Expr, depth int) *syntax.Def {
	if e == nil || depth > 8 {
		return nil
	}
	switch e.Kind {
	case syntax.LambdaLit:
		return e.Def
	case syntax.Ident:
		return p.defFrom(p.lookup(f, scope, e.Text), depth)
	case syntax.Attr:
		if b, ok := p.attributeAt(f, scope, e, depth+1); ok {
			return p.defFrom(b, depth)
		}
	case syntax.Call: // functools.partial(f, …), f.bind(this)
		path := p.Path(f, scope, e.X)
		if (path == "functools.partial" || e.X.Kind == syntax.Ident && e.X.Text == "partial") && len(e.Args) > 0 {
			return p.defAt(f, scope, e.Args[0].Value, depth+1)
		}
		if e.X.Kind == syntax.Attr && e.X.Text == "bind" && f.Lang != syntax.Python {
			return p.defAt(f, scope, e.X.X, depth+1)
		}
	}
	return nil
}

func (p *Project) defFrom(bs []binding, depth int) *syntax.Def {
	if depth > 8 {
		return nil
	}
	var found *syntax.Def
	for _, b := range bs {
		var d *syntax.Def
		switch {
		case b.def != nil && b.param == nil:
			d = b.def
		case b.value != nil && !b.each:
			d = p.defAt(b.file, b.scope, b.value, depth+1)
		case b.imp != nil && b.imp.Name != "":
			if m := p.imports(b.file, b.imp); m != nil {
				d = p.defFrom(p.member(m, b.imp.Name), depth+1)
			}
		}
		if d == nil || found != nil && found != d {
			return nil
		}
		found = d
	}
	return found
}

// FileOf is the file that a definition stands in.
func (p *Project) FileOf(d *syntax.Def) *syntax.File { return p.home[d] }

// CallSites are the calls of a project function or class in the project, in order.
func (p *Project) CallSites(d *syntax.Def) []Site {
	if p.sites == nil {
		p.sites = map[*syntax.Def][]Site{}
		for _, f := range p.files {
			p.callsIn(f, nil, f.Body)
			for _, def := range f.Defs {
				p.callsIn(f, def, def.Body)
			}
		}
	}
	return p.sites[d]
}

func (p *Project) callsIn(f *syntax.File, scope *syntax.Def, body []syntax.Stmt) {
	syntax.Inspect(body, nil, func(e *syntax.Expr) bool {
		if e.Kind == syntax.Call {
			if d := p.Def(f, scope, e.X); d != nil {
				p.sites[d] = append(p.sites[d], Site{f, scope, e})
			}
		}
		return true
	})
}
