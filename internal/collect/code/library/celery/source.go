package celery

import (
	"path"
	"slices"
	"sort"
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// source reads what config_from_object is given: the name of a module, with an attribute
// or without, a module, a class or an object of one, a dictionary, Django's settings.
func (r *reader) source(a *app, s scope, e *syntax.Expr, namespace string) {
	if e == nil {
		a.opened("config_from_object is called without a source")
		return
	}
	v := r.value(s, e)
	if v.Kind == code.Env && v.Default != nil && v.Default.Kind == code.String {
		a.opened("the environment variable " + v.Text + " can name another configuration")
		v = *v.Default
	}
	if v.Kind == code.String {
		r.named(a, s, v.Text, namespace)
		return
	}
	p := r.path(s, e)
	if p == "django.conf.settings" {
		r.django(a, namespace)
		return
	}
	if d := r.classFor(s, e); d != nil {
		r.class(a, d, namespace)
		return
	}
	if p != "" {
		if m := r.t.Project.Module(s.f.File, p); m != nil {
			r.configModule(a, r.t.File(m.Path), namespace)
			return
		}
	}
	if _, m := r.literalMap(s, e); m != nil {
		r.mapping(a, s, e, namespace, "", 0)
		return
	}
	a.opened("configuration is read from " + sourceName(e, v))
}

// classFor is the project class that an expression is, or is an object of.
func (r *reader) classFor(s scope, e *syntax.Expr) *syntax.Def {
	if d := r.def(s, e); d != nil && d.Kind == syntax.Class {
		return d
	}
	return r.t.Project.ClassOf(s.f.File, s.def, e)
}

// named reads a configuration by its name: "shop.celeryconfig", "shop.config:Config",
// "shop.config.Config", "django.conf:settings".
func (r *reader) named(a *app, s scope, name, namespace string) {
	dotted := strings.ReplaceAll(name, ":", ".")
	if dotted == "django.conf.settings" {
		r.django(a, namespace)
		return
	}
	if m := r.t.Project.Module(s.f.File, dotted); m != nil {
		r.configModule(a, r.t.File(m.Path), namespace)
		return
	}
	f, attr := r.split(s, dotted)
	if f == nil {
		a.opened("configuration comes from " + name + ", which was not found")
		return
	}
	at := scope{f, nil}
	ident := &syntax.Expr{Kind: syntax.Ident, Text: attr}
	if d := r.classFor(at, ident); d != nil {
		r.class(a, d, namespace)
		return
	}
	if where, m := r.literalMap(at, ident); m != nil {
		r.mapping(a, where, m, namespace, "", 0)
		return
	}
	a.opened("configuration comes from " + name + ", which could not be read")
}

// configModule reads a module whose names are settings.
func (r *reader) configModule(a *app, f *library.File, namespace string) {
	if f == nil {
		a.opened("a module of the configuration was not read")
		return
	}
	a.take(r.moduleConfig(f, map[string]bool{}), namespace)
}

// moduleConfig runs a module and what it imports whole.
func (r *reader) moduleConfig(f *library.File, seen map[string]bool) *configuration {
	c := newConfiguration()
	if seen[f.Path] || len(seen) > 16 {
		return c
	}
	seen[f.Path] = true
	for _, im := range f.Imports {
		s := scope{f, nil}
		switch {
		case im.Scope != nil:
		case im.Star:
			r.starred(s, im, c, seen)
		case im.Name != "" && settingName(im.Local, "CELERY") != "":
			// from .celery_settings import CELERY_BROKER_URL
			e := &syntax.Expr{Kind: syntax.Ident, Text: im.Local, Span: im.Span}
			c.set(im.Local, r.setting(s, im.Local, e, ""))
		}
	}
	r.evaluate(scope{f, nil}, f.Body, c, "")
	return c
}

// starred takes the settings of a module that is imported whole. One that was not parsed
// speaks of no setting of Celery when it is the project's own.
func (r *reader) starred(s scope, im syntax.Import, c *configuration, seen map[string]bool) {
	m := r.t.Project.Module(s.f.File, im.Module)
	if m == nil {
		if !im.Relative && top(im.Module) != top(r.module(s.f)) {
			c.open = "settings are imported from " + im.Module
		}
		return
	}
	from := r.moduleConfig(r.t.File(m.Path), seen)
	only := surroundings(m.Path)
	if only != "" && surroundings(s.f.Path) == "" {
		return // from .local import *
	}
	for k, v := range from.values {
		c.values[k] = v
	}
	c.elsewhere = append(c.elsewhere, from.elsewhere...)
	c.open = first(c.open, from.open)
}

func top(module string) string {
	t, _, _ := strings.Cut(module, ".")
	return t
}

// class reads a class whose attributes are settings, its superclasses first.
func (r *reader) class(a *app, d *syntax.Def, namespace string) {
	c := newConfiguration()
	r.classConfig(d, c, 0)
	if r.inherits(d, func(p string) bool { return strings.HasSuffix(p, ".BaseSettings") }) {
		for k, s := range c.values {
			if s.Value.Known() {
				fallback := s.Value
				s.Value = code.Value{Kind: code.Env, Text: strings.ToUpper(k), Default: &fallback, Origin: s.Value.Origin}
				c.values[k] = s
			}
		}
	}
	a.take(c, namespace)
}

func (r *reader) classConfig(d *syntax.Def, c *configuration, depth int) {
	f := r.homes[d]
	if f == nil || depth > 8 {
		return
	}
	for i := len(d.Bases) - 1; i >= 0; i-- {
		b := r.def(scope{f, d.Parent}, d.Bases[i])
		switch {
		case b != nil && b != d && b.Kind == syntax.Class:
			r.classConfig(b, c, depth+1)
		case lastName(d.Bases[i]) != "object" && lastName(d.Bases[i]) != "BaseSettings" && lastName(d.Bases[i]) != "Configuration":
			c.open = "settings are inherited from " + d.Bases[i].Path() + ", which was not found"
		}
	}
	r.evaluate(scope{f, d}, d.Body, c, "")
}

// django reads the project's Django settings: of several modules the one for production
// counts before all others, and those of tests and development hold there only.
func (r *reader) django(a *app, namespace string) {
	files := r.settingsFiles(a)
	if len(files) == 0 {
		a.opened("the Django settings were not found")
		return
	}
	m := &merged{c: newConfiguration()}
	for _, f := range files {
		m.add(r.moduleConfig(f, map[string]bool{}), surroundings(f.Path), liveWords.MatchString(stem(f.Path)))
	}
	r.settingsClasses(m, files, namespace)
	if !m.found {
		a.opened("only Django settings of tests and development were found")
	}
	a.take(m.c, namespace)
}

// merged is several configurations of which production takes one: the one that is called
// so, else any of them, so that what differs has several values.
type merged struct {
	c     *configuration
	found bool // one of production was met
	live  bool // one is called so
}

func (m *merged) add(own *configuration, only string, live bool) {
	switch {
	case only != "":
		for _, s := range own.values {
			s.Only = only
			if m.c.values[s.As].e == nil || m.c.values[s.As].e != s.e {
				m.c.elsewhere = append(m.c.elsewhere, s)
			}
		}
		return
	case !m.found:
		own.elsewhere = append(own.elsewhere, m.c.elsewhere...)
		m.c, m.found, m.live = own, true, live
		return
	}
	for k, s := range own.values {
		have, ok := m.c.values[k]
		switch {
		case ok && m.live && !live: // what production says counts; it can import the rest
			continue
		case live && !m.live:
		case ok && have.e != s.e:
			s = differing(have, s)
		}
		m.c.values[k] = s
	}
	m.live = m.live || live
	m.c.elsewhere = append(m.c.elsewhere, own.elsewhere...)
	m.c.open = first(m.c.open, own.open)
}

// differing is a setting that has one of two values.
func differing(a, b setting) setting {
	if sameLiteral(a.Value, b.Value) {
		return a
	}
	items := append(choices(a.Value), choices(b.Value)...)
	a.Value = code.Value{Kind: code.Choice, Items: items, Origin: a.Value.Origin}
	a.e = nil
	return a
}

func choices(v code.Value) []code.Value {
	if v.Kind == code.Choice {
		return v.Items
	}
	return []code.Value{v}
}

func sameLiteral(a, b code.Value) bool {
	return a.Known() && a.Kind == b.Kind && a.Text == b.Text && a.Int == b.Int && a.Float == b.Float && a.Bool == b.Bool
}

// settingsClasses reads settings that are attributes of classes, as django-configurations
// and some projects have them. Which class is taken is decided elsewhere.
func (r *reader) settingsClasses(m *merged, files []*library.File, namespace string) {
	type candidate struct {
		own  *configuration
		only string
		live bool
	}
	var found []candidate
	for _, f := range files {
		for _, d := range f.Defs {
			if d.Kind != syntax.Class || d.Parent != nil {
				continue
			}
			c := candidate{newConfiguration(), first(surroundings(f.Path), surroundings(snake(d.Name)+".py")), liveWords.MatchString(snake(d.Name))}
			r.classConfig(d, c.own, 0)
			if !c.own.about(namespace) {
				continue
			}
			c.own.open = "the Django settings are attributes of classes"
			found = append(found, c)
		}
	}
	for _, live := range []bool{true, false} { // what is called after production goes first
		for _, c := range found {
			if c.live == live {
				m.add(c.own, c.only, c.live)
			}
		}
	}
}

// about says that a configuration sets something of Celery.
func (c *configuration) about(namespace string) bool {
	for k := range c.values {
		if settingName(k, namespace) != "" {
			return true
		}
	}
	return false
}

// settingsFiles are the modules with Django settings of the app's project, the one that
// decides first.
func (r *reader) settingsFiles(a *app) []*library.File {
	named := r.settingsModules()
	var out []*library.File
	for _, f := range r.t.Files {
		if f.Lang != syntax.Python || f.Role != code.Application && f.Role != a.f.Role && f.Role != code.Test {
			continue
		}
		if named[f.Path] || isSettings(f.Path) {
			out = append(out, f)
		}
	}
	weight := func(f *library.File) int {
		switch {
		case surroundings(f.Path) != "":
			return 9
		case liveWords.MatchString(stem(f.Path)):
			return 0
		case named[f.Path]:
			return 1
		}
		return 2
	}
	sort.SliceStable(out, func(i, j int) bool {
		x, y := weight(out[i]), weight(out[j])
		if x != y {
			return x < y
		}
		return shared(out[i].Path, a.f.Path) > shared(out[j].Path, a.f.Path)
	})
	return nearProject(out, a.f.Path)
}

// nearProject leaves out the settings of other projects in the tree: those that share no
// folder with the app when others do.
func nearProject(files []*library.File, app string) []*library.File {
	best := 0
	for _, f := range files {
		best = max(best, shared(f.Path, app))
	}
	if best == 0 {
		return files
	}
	return slices.DeleteFunc(slices.Clone(files), func(f *library.File) bool { return shared(f.Path, app) == 0 })
}

func shared(a, b string) int {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(x)-1 && n < len(y)-1 && x[n] == y[n] {
		n++
	}
	return n
}

// settingsModules are the files that DJANGO_SETTINGS_MODULE names, in code or in files.
func (r *reader) settingsModules() map[string]bool {
	out := map[string]bool{}
	add := func(f *library.File, module string) {
		if m := r.t.Project.Module(f.File, module); m != nil {
			out[m.Path] = true
		}
	}
	r.bodies(func(s scope, body []syntax.Stmt) {
		if s.f.Role == code.Test {
			return
		}
		syntax.Inspect(body, nil, func(e *syntax.Expr) bool {
			if e.Kind == syntax.Call && e.X.Path() == "os.environ.setdefault" && len(e.Args) == 2 &&
				e.Args[0].Value.Text == "DJANGO_SETTINGS_MODULE" {
				add(s.f, r.text(s, e.Args[1].Value))
			}
			return true
		})
	})
	if r.t.Config != nil && len(r.t.Files) > 0 {
		for _, v := range r.t.Config.Env {
			if m, ok := v.Value.Get(); ok && v.Name == "DJANGO_SETTINGS_MODULE" {
				add(r.t.Files[0], m)
			}
		}
	}
	return out
}

// snake parts the words of a class's name by underscores.
func snake(name string) string {
	var b strings.Builder
	for i, c := range name {
		if i > 0 && c >= 'A' && c <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func stem(p string) string { return strings.TrimSuffix(path.Base(p), path.Ext(p)) }

// isSettings says that a file is one of Django's settings by its place.
func isSettings(p string) bool {
	name := stem(p)
	if name == "settings" || strings.HasPrefix(name, "settings_") || strings.HasSuffix(name, "_settings") {
		return true
	}
	for _, dir := range strings.Split(path.Dir(p), "/") {
		if dir == "settings" {
			return true
		}
	}
	return false
}

// surroundings says that a settings file is for tests or development by its name.
func surroundings(p string) string {
	name := stem(p)
	switch {
	case liveWords.MatchString(name):
		return ""
	case testWords.MatchString(name):
		return inTests
	case debugWords.MatchString(name):
		return inDevelopment
	}
	return ""
}

// finish turns what was read into the app's fact.
func (r *reader) finish(a *app) {
	a.fact.Settings = make(map[string]code.CeleryOption, len(a.settings))
	for name, s := range a.settings {
		a.fact.Settings[name] = s.CeleryOption
	}
	sort.SliceStable(a.fact.Elsewhere, func(i, j int) bool {
		x, y := a.fact.Elsewhere[i], a.fact.Elsewhere[j]
		return x.Name < y.Name || x.Name == y.Name && less(x.Value.Origin, y.Value.Origin)
	})
	a.fact.Elsewhere = slices.CompactFunc(a.fact.Elsewhere, func(x, y code.CeleryOption) bool {
		return x.Name == y.Name && x.Only == y.Only && !less(x.Value.Origin, y.Value.Origin) && !less(y.Value.Origin, x.Value.Origin)
	})
	a.fact.Open, a.fact.OpenWhy = a.open != "", a.open
	a.fact.Broker = r.brokerOf(a)
	a.fact.Backend = r.backendOf(a)
	r.queuesOf(a)
}

func less(a, b *model.Origin) bool {
	if a == nil || b == nil {
		return b != nil
	}
	if a.Place.File != b.Place.File {
		return a.Place.File < b.Place.File
	}
	return a.Place.Line < b.Place.Line
}
