package resolve

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// settingsField resolves an attribute of a pydantic settings class: the environment
// variable that it is read from, with the field's default.
func (r *resolver) settingsField(c *syntax.Def, name string) (code.Value, bool) {
	f := r.p.FileOf(c)
	if f == nil || !r.p.isSettings(f, c, 0) {
		return code.Value{}, false
	}
	for i := range c.Body {
		s := &c.Body[i]
		if s.Kind != syntax.Assign && s.Kind != syntax.Declare || len(s.Targets) != 1 || s.Targets[0].Text != name || s.Targets[0].Kind != syntax.Ident {
			continue
		}
		v := code.Value{Kind: code.Env, Text: strings.ToUpper(r.envPrefix(f, c) + name), Origin: r.p.Origin(f, c, s.Span)}
		def := s.Value
		if def != nil && def.Kind == syntax.Call && strings.HasSuffix("."+def.X.Path(), ".Field") {
			def = r.field(f, c, &v, def.Args)
		}
		if def != nil {
			d := r.value(f, c, def)
			v.Default = &d
		}
		return v, true
	}
	for _, base := range c.Bases {
		if b := r.p.ClassOf(f, c.Parent, base); b != nil && b != c && r.depth < maxDepth {
			r.depth++
			v, ok := r.settingsField(b, name)
			r.depth--
			if ok {
				return v, true
			}
		}
	}
	return code.Value{}, false
}

// field reads Field(default, env="X"): the variable's name into v, the default as result.
func (r *resolver) field(f *syntax.File, c *syntax.Def, v *code.Value, args []syntax.Arg) (def *syntax.Expr) {
	for i, a := range args {
		switch {
		case a.Name == "" && i == 0 && !a.Spread && a.Value.Kind != syntax.Other, // Field(...) has none
			a.Name == "default":
			def = a.Value
		case a.Name == "env", a.Name == "alias", a.Name == "validation_alias":
			if s := r.value(f, c, a.Value); s.Kind == code.String {
				v.Text = s.Text
			}
		}
	}
	return def
}

// isSettings says that a class is a pydantic BaseSettings.
func (p *Project) isSettings(f *syntax.File, c *syntax.Def, depth int) bool {
	if c.Kind != syntax.Class || f.Lang != syntax.Python || depth > 8 {
		return false
	}
	return slices.ContainsFunc(c.Bases, func(base *syntax.Expr) bool {
		if name := base.Path(); name == "BaseSettings" || strings.HasSuffix(name, ".BaseSettings") {
			return true
		}
		b := p.ClassOf(f, c.Parent, base)
		return b != nil && b != c && p.isSettings(p.FileOf(b), b, depth+1)
	})
}

// envPrefix is the env_prefix of a settings class: in model_config, in its class Config, or
// among its keywords.
func (r *resolver) envPrefix(f *syntax.File, c *syntax.Def) string {
	const key = "env_prefix"
	take := func(e *syntax.Expr) string {
		v := r.value(f, c, e)
		return v.Text
	}
	for _, a := range c.Keywords {
		if a.Name == key {
			return take(a.Value)
		}
	}
	for i := range c.Body {
		s := &c.Body[i]
		switch {
		case s.Kind == syntax.Assign && s.Targets[0].Text == "model_config":
			for _, a := range s.Value.Args { // SettingsConfigDict(…) or {…}
				if a.Name == key {
					return take(a.Value)
				}
			}
		case s.Kind == syntax.DefStmt && s.Def.Name == "Config":
			for j := range s.Def.Body {
				if in := &s.Def.Body[j]; in.Kind == syntax.Assign && in.Targets[0].Text == key {
					return take(in.Value)
				}
			}
		}
	}
	return ""
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

// isSettingsFile says that a file holds a Django project's settings.
func isSettingsFile(f *syntax.File) bool { return f.Lang == syntax.Python && settingsPath(f.Path) }

func settingsPath(file string) bool {
	return strings.HasPrefix(path.Base(file), "settings") || strings.Contains("/"+path.Dir(file)+"/", "/settings/")
}

// IsConfig says by its path that a file holds the defaults of node-config.
func IsConfig(file string) bool {
	return path.Base(path.Dir(file)) == "config" && path.Base(file) == "default.json"
}

// AddConfig makes the values of a config/default.json known to config.get(…). A file that
// is no JSON object is left out: node-config would not start with it either.
func (p *Project) AddConfig(file string, src []byte) {
	var v any
	if json.Unmarshal(src, &v) != nil {
		return
	}
	o := &model.Origin{Kind: model.FromConfig, Input: p.Input, Place: model.Place{File: file, Line: 1, Column: 1}}
	if p.config == nil {
		p.config = map[string]code.Value{}
	}
	p.config[path.Dir(path.Dir(file))] = fromJSON(v, o)
}

func fromJSON(v any, o *model.Origin) code.Value {
	switch v := v.(type) {
	case string:
		return code.Value{Kind: code.String, Text: v, Origin: o}
	case bool:
		return code.Value{Kind: code.Bool, Bool: v, Origin: o}
	case float64:
		if v == float64(int64(v)) {
			return code.Value{Kind: code.Int, Int: int64(v), Float: v, Origin: o}
		}
		return code.Value{Kind: code.Float, Float: v, Origin: o}
	case []any:
		out := code.Value{Kind: code.List, Origin: o}
		for _, x := range v {
			out.Items = append(out.Items, fromJSON(x, o))
		}
		return out
	case map[string]any:
		out := code.Value{Kind: code.Map, Origin: o}
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			out.Fields = append(out.Fields, code.Field{Key: k, Value: fromJSON(v[k], o)})
		}
		return out
	}
	return code.Value{Kind: code.Nil, Origin: o}
}

// configured resolves config.get('a.b') by the config/default.json nearest to the file. A
// file for the environment, or a variable, may say otherwise: the origin says what was
// assumed.
func (r *resolver) configured(f *syntax.File, key string) (code.Value, bool) {
	for dir := path.Dir(f.Path); ; dir = path.Dir(dir) {
		if v, ok := r.p.config[dir]; ok {
			for part := range strings.SplitSeq(key, ".") {
				if v, ok = v.Get(part); !ok {
					return code.Value{}, false
				}
			}
			o := *v.Origin
			o.Assumed = "config/default.json holds: no other configuration overrides it"
			v.Origin = &o
			return v, true
		}
		if dir == "." || dir == "/" {
			return code.Value{}, false
		}
	}
}

// configuration resolves config.get('a.b') of node-config and ConfigService.get('NAME') of
// Nest.
func (r *resolver) configuration(f *syntax.File, scope *syntax.Def, e *syntax.Expr, key string) (code.Value, bool) {
	if f.Lang == syntax.Python {
		return code.Value{}, false
	}
	if p := r.p.Path(f, scope, e.X.X); p == "config" || p == "config.default" {
		return r.configured(f, key)
	}
	name := e.X.X.Text
	if !strings.HasSuffix(strings.ToLower(name), "configservice") && r.p.typeOf(f, scope, e.X.X) != "ConfigService" {
		return code.Value{}, false
	}
	v := code.Value{Kind: code.Env, Text: key}
	if len(e.Args) > 1 {
		if d := r.value(f, scope, e.Args[1].Value); d.Known() {
			v.Default = &d
		}
	}
	return v, true
}

// typeOf is the annotation of a parameter, or of a field that takes one.
func (p *Project) typeOf(f *syntax.File, scope *syntax.Def, e *syntax.Expr) string {
	var bs []binding
	switch {
	case e.Kind == syntax.Ident:
		bs = p.lookup(f, scope, e.Text)
	case e.Kind == syntax.Attr && receiver(e.X):
		if c := enclosingClass(scope); c != nil {
			bs = p.classAttr(c, e.Text, 0)
		}
	}
	for _, b := range bs {
		if b.value != nil && b.value.Kind == syntax.Ident && b.scope != nil && b.value != e {
			for _, param := range b.scope.Params {
				if param.Name == b.value.Text {
					return plainType(param.Type)
				}
			}
		}
		if b.param != nil {
			return plainType(b.param.Type)
		}
	}
	return ""
}

// plainType drops the arguments of a generic type.
func plainType(t string) string {
	t, _, _ = strings.Cut(t, "<")
	return strings.TrimSpace(t)
}
