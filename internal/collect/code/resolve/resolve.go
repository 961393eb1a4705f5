// Package resolve follows names through a project: from an expression to the value that
// it has, from a call to the function that it calls. It concludes only what the source
// shows; all else is unresolved.
package resolve

import (
	"path"
	"strings"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// maxDepth bounds how many names are followed from one expression.
const maxDepth = 24

// maxSteps bounds the work for one expression, whatever its names lead to.
const maxSteps = 4000

// Project is all parsed files of a tree, with an index of their names.
type Project struct {
	Input   string
	Excerpt func(src []byte, start, end int) string

	files   []*syntax.File
	byPath  map[string]*syntax.File
	modules map[string][]*syntax.File // dotted Python module and its suffixes; JS path without extension
	scopes  map[scopeKey]*scope
	classes map[*syntax.Def]*class
	sites   map[*syntax.Def][]Site
	home    map[*syntax.Def]*syntax.File
	aliases map[string][]*syntax.File
	subs    map[*syntax.Def][]*syntax.Def
	blocks  int                   // counts runs of statements
	config  map[string]code.Value // of node-config, by the folder that has config/default.json
}

// scopeKey is a definition, or the module level of a file.
type scopeKey struct {
	file *syntax.File
	def  *syntax.Def
}

// Site is a call of a project function.
type Site struct {
	File  *syntax.File
	Scope *syntax.Def
	Call  *syntax.Expr
}

// New indexes the files.
func New(input string, files []*syntax.File, excerpt func(src []byte, start, end int) string) *Project {
	p := &Project{Input: input, Excerpt: excerpt, files: files, byPath: map[string]*syntax.File{},
		modules: map[string][]*syntax.File{}, scopes: map[scopeKey]*scope{}, classes: map[*syntax.Def]*class{},
		home: map[*syntax.Def]*syntax.File{}}
	for _, f := range files {
		p.byPath[f.Path] = f
		for _, d := range f.Defs {
			p.home[d] = f
		}
		for _, m := range moduleNames(f) {
			p.modules[m] = append(p.modules[m], f)
		}
	}
	for _, f := range files {
		p.index(f)
	}
	return p
}

// moduleNames are the names under which a file can be imported: a Python module also by
// each of its suffixes, since the import root is not known; a JS file by its path without
// extension, an index file also by its folder.
func moduleNames(f *syntax.File) []string {
	if f.Lang != syntax.Python {
		base := strings.TrimSuffix(f.Path, path.Ext(f.Path))
		if path.Base(base) == "index" {
			return []string{base, path.Dir(base)}
		}
		return []string{base}
	}
	var out []string
	parts := strings.Split(f.Module, ".")
	for i := range parts {
		out = append(out, strings.Join(parts[i:], "."))
	}
	return out
}

// Module finds the project's file of a module as seen from a file: of several with the
// same suffix the one that shares most of its folder. nil when there is none or it is not
// clear which.
func (p *Project) Module(from *syntax.File, module string) *syntax.File {
	found := p.modules[module]
	if len(found) == 0 && from.Lang != syntax.Python {
		found = p.aliased(module)
	}
	switch len(found) {
	case 0:
		return nil
	case 1:
		return found[0]
	}
	best, shared, tie := (*syntax.File)(nil), -1, false
	for _, f := range found {
		n := commonFolders(f.Path, from.Path)
		switch {
		case f.Module == module && f.Lang == syntax.Python && n >= shared, n > shared:
			best, shared, tie = f, n, false
		case n == shared:
			tie = true
		}
	}
	if tie {
		return nil
	}
	return best
}

// libraries are modules that projects call files of their own after: proj/celery.py says
// "from celery import Celery" and means the library.
var libraries = map[string]bool{"celery": true, "kombu": true, "pika": true, "aio_pika": true, "aiormq": true, "amqp": true,
	"redis": true, "requests": true, "django": true, "flask": true, "logging": true, "queue": true}

// imports is the project's file that an import names; nil when it names a library, or the
// file itself.
func (p *Project) imports(from *syntax.File, im *syntax.Import) *syntax.File {
	if ofLibrary(from, im) {
		return nil
	}
	m := p.Module(from, im.Module)
	if m == from {
		return nil
	}
	return m
}

func ofLibrary(f *syntax.File, im *syntax.Import) bool {
	top, _, _ := strings.Cut(im.Module, ".")
	return f.Lang == syntax.Python && !im.Relative && libraries[top]
}

// aliased finds the files that an alias such as "@/names" or "~/names" can mean: those
// whose path ends so. Which folder it stands for is in build files that are not read.
func (p *Project) aliased(module string) []*syntax.File {
	for _, mark := range []string{"@/", "~/", "src/"} {
		below, ok := strings.CutPrefix(module, mark)
		if !ok {
			continue
		}
		if p.aliases == nil {
			p.aliases = map[string][]*syntax.File{}
		}
		if found, ok := p.aliases[below]; ok {
			return found
		}
		var found []*syntax.File
		for name, files := range p.modules {
			if (name == below || strings.HasSuffix(name, "/"+below)) && files[0].Lang != syntax.Python {
				found = append(found, files...)
			}
		}
		p.aliases[below] = found
		return found
	}
	return nil
}

func commonFolders(a, b string) int {
	as, bs := strings.Split(path.Dir(a), "/"), strings.Split(path.Dir(b), "/")
	n := 0
	for n < len(as) && n < len(bs) && as[n] == bs[n] {
		n++
	}
	return n
}

// Origin is the place of a span.
func (p *Project) Origin(f *syntax.File, scope *syntax.Def, s syntax.Span) *model.Origin {
	o := &model.Origin{Kind: model.FromCode, Input: p.Input, Place: s.Place(f.Path)}
	if p.Excerpt != nil {
		o.Place.Excerpt = p.Excerpt(f.Shown, s.Start, s.End)
	}
	if scope != nil {
		o.Place.Symbol = scope.Qualified
		o.Tainted = scope.Tainted
	}
	return o
}

// Param is a parameter of a project function.
type Param struct {
	Def   *syntax.Def
	Index int // position among the parameters as written, self and cls included
	Name  string
}

// Parameter says that an expression is a parameter of the function that it stands in, or
// of one around it, and was not assigned anew.
func (p *Project) Parameter(f *syntax.File, scope *syntax.Def, e *syntax.Expr) (Param, bool) {
	if e == nil || e.Kind != syntax.Ident {
		return Param{}, false
	}
	b := p.lookup(f, scope, e.Text)
	if len(b) != 1 || b[0].param == nil {
		return Param{}, false
	}
	for i := range b[0].def.Params {
		if &b[0].def.Params[i] == b[0].param {
			return Param{b[0].def, i, e.Text}, true
		}
	}
	return Param{}, false
}

// Argument is what a call gives to the i-th parameter of def: by position, by keyword, or
// the parameter's default. self and cls are given by the receiver.
func (p *Project) Argument(def *syntax.Def, call *syntax.Expr, i int) (e *syntax.Expr, isDefault, ok bool) {
	if i >= len(def.Params) {
		return nil, false, false
	}
	param := def.Params[i]
	shift := 0
	if Method(def) {
		shift = 1
	}
	position := 0
	for _, a := range call.Args {
		switch {
		case a.Spread:
			return nil, false, false
		case a.Name != "":
			if a.Name == param.Name {
				return a.Value, false, true
			}
			continue
		}
		if position == i-shift {
			return a.Value, false, true
		}
		position++
	}
	if param.Default != nil {
		return param.Default, true, true
	}
	return nil, false, false
}

// Method says that the first parameter of a Python function is its receiver.
func Method(d *syntax.Def) bool {
	if d.Parent == nil || d.Parent.Kind != syntax.Class || len(d.Params) == 0 {
		return false
	}
	n := d.Params[0].Name
	return n == "self" || n == "cls"
}

// unresolved is the value that the source does not show.
func (p *Project) unresolved(f *syntax.File, scope *syntax.Def, e *syntax.Expr, text string) code.Value {
	return code.Value{Kind: code.Unresolved, Text: text, Origin: p.Origin(f, scope, e.Span)}
}
