package resolve

import (
	"math"
	"strconv"
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
		return r.attr(f, scope, &syntax.Expr{Kind: syntax.Attr, Span: e.Span, X: e.X, Text: key.Text})
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
	case path == "getattr" && len(e.Args) > 1 && e.Args[1].Value.Kind == syntax.StringLit:
		return r.getattr(f, scope, e)
	case (path == "copy.copy" || path == "copy.deepcopy" || path == "structuredClone") && len(e.Args) == 1:
		return r.value(f, scope, e.Args[0].Value)
	case e.X.Kind == syntax.Attr && e.X.Text == "copy" && len(e.Args) == 0:
		if x := r.value(f, scope, e.X.X); x.Kind == code.Map || x.Kind == code.List {
			return x
		}
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

// getattr resolves getattr(x, "name", default).
func (r *resolver) getattr(f *syntax.File, scope *syntax.Def, e *syntax.Expr) code.Value {
	v := r.value(f, scope, &syntax.Expr{Kind: syntax.Attr, Span: e.Span, X: e.Args[0].Value, Text: e.Args[1].Value.Text})
	if len(e.Args) > 2 && (v.Kind == code.Unresolved || v.Kind == code.Symbol) {
		return choice(v, r.value(f, scope, e.Args[2].Value))
	}
	return v
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
	cast := ""
	for i, a := range e.Args[1:] {
		switch {
		case a.Name == "default" || a.Name == "" && i == 0 && !a.Spread:
			d := r.value(f, scope, a.Value)
			v.Default = &d
		case a.Name == "cast" && a.Value.Kind == syntax.Ident:
			cast = a.Value.Text
		}
	}
	if cast != "" {
		v = castTo(v, cast)
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
		return toNumber(v, path)
	}
	return v
}

// toNumber is what int, float, Number and parseInt make of a literal.
func toNumber(v code.Value, path string) code.Value {
	x, isNumber := number(v)
	if v.Kind == code.String {
		var err error
		x, err = strconv.ParseFloat(strings.TrimSpace(strings.ReplaceAll(v.Text, "_", "")), 64)
		isNumber = err == nil
	}
	whole := x == math.Trunc(x) && math.Abs(x) < 1<<53
	switch {
	case !isNumber || math.IsNaN(x) || math.IsInf(x, 0):
		return v
	case path == "float" || !whole && (path == "Number" || path == "parseFloat"):
		return code.Value{Kind: code.Float, Float: x, Origin: v.Origin}
	case path == "int" && v.Kind == code.String && !whole:
		return v // int("1.5") fails
	}
	return code.Value{Kind: code.Int, Int: int64(x), Float: math.Trunc(x), Origin: v.Origin}
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
	return r.configuration(f, scope, e, key.Text)
}
