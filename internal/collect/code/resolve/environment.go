package resolve

import (
	"strings"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// environment resolves process.env.NAME.
func (r *resolver) environment(f *syntax.File, e *syntax.Expr) (code.Value, bool) {
	if f.Lang != syntax.Python && (e.X.Path() == "process.env" || e.X.Path() == "import.meta.env") {
		return code.Value{Kind: code.Env, Text: e.Text}, true
	}
	return code.Value{}, false
}

// index resolves x[key]: the environment, a map, a list.
func (r *resolver) index(f *syntax.File, scope *syntax.Def, e *syntax.Expr) code.Value {
	if len(e.Args) != 1 {
		return r.p.unresolved(f, scope, e, r.source(f, e))
	}
	key := r.value(f, scope, e.Args[0].Value)
	path := r.p.Path(f, scope, e.X)
	if key.Kind == code.String && (path == "os.environ" || e.X.Path() == "os.environ" || e.X.Path() == "process.env") {
		return code.Value{Kind: code.Env, Text: key.Text}
	}
	x := r.value(f, scope, e.X)
	switch {
	case x.Kind == code.Map && key.Kind == code.String:
		if v, ok := x.Get(key.Text); ok {
			return v
		}
	case x.Kind == code.List && key.Kind == code.Int && key.Int >= 0 && int(key.Int) < len(x.Items):
		return x.Items[key.Int]
	case x.Kind == code.Symbol && key.Kind == code.String: // an enumeration's member by name
		return code.Value{Kind: code.Symbol, Text: x.Text + "." + key.Text}
	}
	return r.p.unresolved(f, scope, e, r.source(f, e))
}

// environmentCalls read a variable: its name is the first argument, the fallback the
// second or a keyword.
var environmentCalls = map[string]bool{
	"os.environ.get": true, "os.getenv": true, "os.environ.setdefault": true,
	"decouple.config": true, "starlette.config.Config()": true,
}

// environReaders are methods of django-environ's Env and environs' Env objects.
var environReaders = map[string]bool{
	"str": true, "int": true, "bool": true, "float": true, "url": true, "get": true, "list": true,
	"get_value": true, "db": true, "cache": true, "json": true, "dict": true,
}

// call resolves the calls that make plain values.
func (r *resolver) call(f *syntax.File, scope *syntax.Def, e *syntax.Expr) code.Value {
	path := r.p.Path(f, scope, e.X)
	if path == "" {
		path = e.X.Path()
	}
	if v, ok := r.readsEnvironment(f, scope, e, path); ok {
		return v
	}
	if v, ok := r.cast(f, scope, e, path); ok {
		return v
	}
	switch {
	case path == "dict" || path == "Object.assign" && len(e.Args) > 0:
		return r.dict(f, scope, e, path)
	case path == "Object.freeze" && len(e.Args) == 1, path == "frozenset" && len(e.Args) == 1, path == "list" && len(e.Args) == 1, path == "tuple" && len(e.Args) == 1:
		return r.value(f, scope, e.Args[0].Value)
	case e.X.Kind == syntax.Attr && e.X.Text == "format":
		if v, ok := r.format(f, scope, e); ok {
			return v
		}
	case e.X.Kind == syntax.Attr && (e.X.Text == "get" || e.X.Text == "getOrThrow"):
		if v, ok := r.get(f, scope, e); ok {
			return v
		}
	case e.X.Kind == syntax.Attr && len(e.Args) == 0 && e.X.Text == "toString":
		return r.value(f, scope, e.X.X)
	case e.X.Kind == syntax.Attr && len(e.Args) == 0 && (e.X.Text == "lower" || e.X.Text == "toLowerCase" || e.X.Text == "strip" || e.X.Text == "trim"):
		if x := r.value(f, scope, e.X.X); x.Kind == code.String {
			x.Text = strings.TrimSpace(strings.ToLower(x.Text))
			return x
		} else if x.Kind == code.Env {
			return x
		}
	}
	if d := r.p.Def(f, scope, e.X); d != nil && d.Kind != syntax.Class {
		if v, ok := r.returned(d); ok {
			return v
		}
	}
	if path != "" && strings.Contains(path, ".") && r.p.Path(f, scope, e.X) != "" {
		return code.Value{Kind: code.Unresolved, Text: r.source(f, e)}
	}
	return r.p.unresolved(f, scope, e, r.source(f, e))
}

// returned is the value of a project function without parameters that returns one thing.
func (r *resolver) returned(d *syntax.Def) (code.Value, bool) {
	if len(d.Body) == 0 || d.Async || d.Generator {
		return code.Value{}, false
	}
	last := d.Body[len(d.Body)-1]
	if last.Kind != syntax.Return || last.Value == nil || len(d.Body) > 3 {
		return code.Value{}, false
	}
	f := r.p.FileOf(d)
	if f == nil {
		return code.Value{}, false
	}
	v := r.value(f, d, last.Value)
	return v, v.Kind != code.Unresolved && v.Kind != code.Choice
}

func (r *resolver) readsEnvironment(f *syntax.File, scope *syntax.Def, e *syntax.Expr, path string) (code.Value, bool) {
	reads := environmentCalls[path] || strings.HasSuffix(path, "os.environ.get") || strings.HasSuffix(path, "os.getenv")
	if !reads {
		reads = r.environObject(f, scope, e)
	}
	if !reads || len(e.Args) == 0 || e.Args[0].Name != "" {
		return code.Value{}, false
	}
	name := r.value(f, scope, e.Args[0].Value)
	if name.Kind != code.String {
		return code.Value{}, false
	}
	v := code.Value{Kind: code.Env, Text: name.Text}
	for i, a := range e.Args[1:] {
		if a.Name == "default" || a.Name == "" && i == 0 && !a.Spread {
			d := r.value(f, scope, a.Value)
			v.Default = &d
		}
	}
	return v, true
}

// environObject says that a call is env("NAME"), env.str("NAME") on an object of
// django-environ or environs, or config("NAME") of decouple.
func (r *resolver) environObject(f *syntax.File, scope *syntax.Def, e *syntax.Expr) bool {
	base := e.X
	if base.Kind == syntax.Attr && environReaders[base.Text] {
		base = base.X
	}
	if base == nil || base.Kind != syntax.Ident {
		return false
	}
	for _, b := range r.p.lookup(f, scope, base.Text) {
		if b.value != nil && !b.each && b.value.Kind == syntax.Call {
			switch p := r.p.Path(b.file, b.scope, b.value.X); p {
			case "environ.Env", "environs.Env", "starlette.config.Config", "decouple.Config":
				return true
			}
		}
		if b.imp != nil && b.imp.Path == "decouple.config" {
			return true
		}
	}
	return false
}

// cast resolves int(x), str(x), Number(x), parseInt(x) and the like.
func (r *resolver) cast(f *syntax.File, scope *syntax.Def, e *syntax.Expr, path string) (code.Value, bool) {
	if len(e.Args) == 0 || e.Args[0].Name != "" || e.Args[0].Spread {
		return code.Value{}, false
	}
	switch path {
	case "int", "float", "Number", "parseInt", "Number.parseInt", "parseFloat", "str", "String", "bool", "Boolean":
	default:
		return code.Value{}, false
	}
	v := r.value(f, scope, e.Args[0].Value)
	return castTo(v, path), true
}

func castTo(v code.Value, path string) code.Value {
	if v.Kind == code.Env && v.Default != nil {
		d := castTo(*v.Default, path)
		v.Default = &d
		return v
	}
	if v.Kind == code.Env && path != "str" && path != "String" {
		// A number or truth value that the environment decides: no text any more.
		return code.Value{Kind: code.Unresolved, Text: path + " of the environment variable " + v.Text, Origin: v.Origin}
	}
	switch path {
	case "str", "String":
		if s, ok := text(v); ok {
			return code.Value{Kind: code.String, Text: s, Origin: v.Origin}
		}
	case "bool", "Boolean":
		if b, ok := v.Boolean().Get(); ok {
			return code.Value{Kind: code.Bool, Bool: b, Origin: v.Origin}
		}
	default:
		if v.Kind == code.String {
			if n, ok := parseInt(v.Text); ok {
				return code.Value{Kind: code.Int, Int: n, Float: float64(n), Origin: v.Origin}
			}
		}
	}
	return v
}

func parseInt(s string) (n int64, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 18 {
		return 0, false
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

func (r *resolver) dict(f *syntax.File, scope *syntax.Def, e *syntax.Expr, path string) code.Value {
	if path == "dict" {
		return r.mapping(f, scope, keywordsOnly(e.Args))
	}
	out := code.Value{Kind: code.Map}
	for _, a := range e.Args {
		v := r.value(f, scope, a.Value)
		if v.Kind == code.Map {
			out.Fields, out.Open = append(out.Fields, v.Fields...), out.Open || v.Open
		} else {
			out.Open = true
		}
	}
	return out
}

// keywordsOnly turns a positional argument of dict(x, a=1) into a spread.
func keywordsOnly(args []syntax.Arg) []syntax.Arg {
	out := make([]syntax.Arg, len(args))
	for i, a := range args {
		if a.Name == "" {
			a.Spread = true
		}
		out[i] = a
	}
	return out
}

// get resolves config.get('a.b') of node-config, ConfigService.get('NAME') of Nest, and
// map.get(key, default).
func (r *resolver) get(f *syntax.File, scope *syntax.Def, e *syntax.Expr) (code.Value, bool) {
	if len(e.Args) == 0 {
		return code.Value{}, false
	}
	key := r.value(f, scope, e.Args[0].Value)
	if key.Kind != code.String {
		return code.Value{}, false
	}
	if x := r.value(f, scope, e.X.X); x.Kind == code.Map {
		if v, ok := x.Get(key.Text); ok {
			return v, true
		}
		if !x.Open && len(e.Args) > 1 {
			return r.value(f, scope, e.Args[1].Value), true
		}
		return code.Value{}, false
	}
	if f.Lang == syntax.Python {
		return code.Value{}, false
	}
	last := e.X.X
	name := last.Text
	if strings.HasSuffix(strings.ToLower(name), "configservice") || strings.EqualFold(name, "config") {
		v := code.Value{Kind: code.Env, Text: key.Text}
		if len(e.Args) > 1 {
			if d := r.value(f, scope, e.Args[1].Value); d.Known() {
				v.Default = &d
			}
		}
		return v, true
	}
	return code.Value{}, false
}

// setting resolves settings.NAME of Django: the assignments in the project's settings
// files, a choice where they differ.
func (r *resolver) setting(f *syntax.File, scope *syntax.Def, e *syntax.Expr) (code.Value, bool) {
	if r.p.Path(f, scope, e.X) != "django.conf.settings" {
		return code.Value{}, false
	}
	return r.p.Setting(f, e, e.Text)
}

// Setting is the value of a Django setting.
func (p *Project) Setting(f *syntax.File, e *syntax.Expr, name string) (code.Value, bool) {
	var values []code.Value
	for _, s := range p.files {
		if !isSettingsFile(s) {
			continue
		}
		sc := p.scopes[scopeKey{s, nil}]
		if sc == nil {
			continue
		}
		for _, b := range sc.names[name] {
			if b.value != nil && !b.each {
				values = append(values, p.Value(b.file, b.scope, b.value))
			}
		}
	}
	if len(values) == 0 {
		return code.Value{}, false
	}
	return choice(values...), true
}
