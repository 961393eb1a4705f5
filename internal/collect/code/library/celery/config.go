package celery

import (
	"strings"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// configure reads the configuration of every app.
func (r *reader) configure() {
	for i, a := range r.apps {
		r.constructor(a)
		r.statements(a, i+1)
		r.finish(a)
	}
}

// put sets a setting of the app under its present name.
func (a *app) put(name string, s setting) {
	s.Name = name
	if s.Only != "" {
		a.fact.Elsewhere = append(a.fact.Elsewhere, s.CeleryOption)
		return
	}
	a.settings[name] = s
}

func (a *app) opened(why string) {
	if a.open == "" {
		a.open = why
	}
}

// constructor reads the arguments of Celery(…).
func (r *reader) constructor(a *app) {
	for _, x := range a.call.Args {
		if x.Spread {
			a.opened("arguments of Celery(...) are put together at run time")
		}
	}
	names := []struct {
		pos     int
		keyword string
		setting string
	}{{-1, "broker", "broker_url"}, {-1, "backend", "result_backend"}, {-1, "include", "include"}}
	for _, n := range names {
		if e := argument(a.call.Args, n.pos, n.keyword); e != nil && e.Kind != syntax.NilLit {
			a.put(n.setting, r.setting(a.scope, n.keyword, e, ""))
		}
	}
	if e := argument(a.call.Args, -1, "config_source"); e != nil {
		namespace := argument(a.call.Args, -1, "namespace")
		r.source(a, a.scope, e, r.text(a.scope, namespace))
	}
	if e := argument(a.call.Args, -1, "changes"); e != nil {
		r.mapping(a, a.scope, e, "", "", 0)
	}
	if e := argument(a.call.Args, -1, "task_cls"); e != nil {
		r.base(a, a.scope, e)
	}
}

func (r *reader) text(s scope, e *syntax.Expr) string {
	if e == nil {
		return ""
	}
	if v := r.value(s, e); v.Kind == code.String {
		return v.Text
	}
	return ""
}

// statements reads what the tree does with app.conf and app.config_from_….
func (r *reader) statements(a *app, i int) {
	r.bodies(func(s scope, body []syntax.Stmt) {
		if s.f.Role == code.Test && a.f.Role != code.Test {
			return
		}
		r.confBlock(a, i, s, body, "")
	})
}

// confBlock walks a body for configuration of the app.
func (r *reader) confBlock(a *app, i int, s scope, body []syntax.Stmt, only string) {
	for k := range body {
		st := &body[k]
		then, other := only, only
		if st.Kind == syntax.If {
			t, o := onlyIn(st.Cond)
			then, other = first(only, t), first(only, o)
		}
		switch st.Kind {
		case syntax.Assign:
			for _, t := range st.Targets {
				r.confAssign(a, i, s, t, st.Value, only)
			}
		case syntax.ExprStmt:
			r.confCall(a, i, s, st.Value, only)
		}
		r.confBlock(a, i, s, st.Body, then)
		r.confBlock(a, i, s, st.Else, other)
		r.confBlock(a, i, s, st.Finally, only)
		for _, h := range st.Handlers {
			r.confBlock(a, i, s, h.Body, only)
		}
	}
}

// confOf says that an expression is app.conf of the app.
func (r *reader) confOf(i int, s scope, e *syntax.Expr) bool {
	if e == nil || e.Kind != syntax.Attr || e.Text != "conf" {
		return false
	}
	found, any := r.appOf(s, e.X)
	return found == i || any && found == 0 && len(r.apps) == 1
}

func (r *reader) confAssign(a *app, i int, s scope, target, value *syntax.Expr, only string) {
	switch {
	case target.Kind == syntax.Attr && r.confOf(i, s, target.X):
		a.put(newName(target.Text), r.setting(s, target.Text, value, only))
	case target.Kind == syntax.Index && r.confOf(i, s, target.X) && len(target.Args) == 1:
		if name := r.text(s, target.Args[0].Value); name != "" {
			a.put(newName(name), r.setting(s, name, value, only))
		}
	case target.Kind == syntax.Attr && target.Text == "Task":
		if found, _ := r.appOf(s, target.X); found == i {
			r.base(a, s, value)
		}
	}
}

func (r *reader) confCall(a *app, i int, s scope, e *syntax.Expr, only string) {
	if e == nil || e.Kind != syntax.Call || e.X.Kind != syntax.Attr {
		return
	}
	method := e.X.Text
	switch {
	case (method == "update" || method == "setdefault" || method == "add_defaults") && r.confOf(i, s, e.X.X):
		r.confUpdate(a, s, e, only)
		return
	}
	found, any := r.appOf(s, e.X.X)
	if found != i && !(any && found == 0 && len(r.apps) == 1) {
		return
	}
	switch method {
	case "config_from_object":
		namespace := r.text(s, argument(e.Args, -1, "namespace"))
		r.source(a, s, argument(e.Args, 0, "obj"), namespace)
	case "config_from_envvar":
		a.opened("configuration comes from a module that an environment variable names")
	case "add_defaults":
		r.confUpdate(a, s, e, only)
	}
}

func (r *reader) confUpdate(a *app, s scope, e *syntax.Expr, only string) {
	for _, x := range e.Args {
		switch {
		case x.Name != "" && !x.Spread:
			a.put(newName(x.Name), r.setting(s, x.Name, x.Value, only))
		default:
			r.mapping(a, s, x.Value, "", only, 0)
		}
	}
}

// maxSpread bounds how many times a map or list is followed into what it spreads.
const maxSpread = 8

// mapping reads settings out of a dictionary.
func (r *reader) mapping(a *app, s scope, e *syntax.Expr, namespace, only string, depth int) {
	if depth > maxSpread {
		return
	}
	at, m := r.literalMap(s, e)
	if m == nil {
		v := r.value(s, e)
		if v.Kind != code.Map {
			a.opened("configuration is read from " + sourceName(e, v))
			return
		}
		for _, f := range v.Fields {
			if name := settingName(f.Key, namespace); name != "" {
				a.put(name, setting{CeleryOption: code.CeleryOption{As: f.Key, Value: f.Value, Only: only}, scope: s})
			}
		}
		return
	}
	for _, x := range m.Args {
		switch {
		case x.Spread:
			r.mapping(a, at, x.Value, namespace, only, depth+1)
		case x.Name != "":
			if name := settingName(x.Name, namespace); name != "" {
				a.put(name, r.setting(at, x.Name, x.Value, only))
			}
		}
	}
}

// literalMap is the dictionary, or the call of dict, that an expression is or names.
func (r *reader) literalMap(s scope, e *syntax.Expr) (scope, *syntax.Expr) {
	for range 4 {
		switch {
		case e == nil:
			return s, nil
		case e.Kind == syntax.MapLit:
			return s, e
		case e.Kind == syntax.Call && e.X.Path() == "dict":
			return s, e
		}
		g := r.givens(s, e)
		if len(g) != 1 || g[0].element {
			return s, nil
		}
		s, e = g[0].scope, g[0].e
	}
	return s, nil
}

// newName is the present name of a setting, whatever the style it is written in.
func newName(name string) string {
	if n, ok := oldNames[name]; ok {
		return n
	}
	return strings.ToLower(name)
}

// settingName is the setting that a key means; "" when it is none. With a namespace both
// the prefixed names and the old ones count.
func settingName(key, namespace string) string {
	if namespace != "" {
		prefix := namespace + "_"
		if n, ok := strings.CutPrefix(key, prefix); ok && settingNames[strings.ToLower(n)] {
			return strings.ToLower(n)
		}
		if n, ok := strings.CutPrefix(key, strings.ToLower(prefix)); ok && settingNames[n] {
			return n
		}
	}
	if n, ok := oldNames[key]; ok {
		return n
	}
	if settingNames[key] {
		return key
	}
	return ""
}

// sourceName names what configuration is read from.
func sourceName(e *syntax.Expr, v code.Value) string {
	if p := e.Path(); p != "" {
		return p
	}
	return short(strings.TrimSpace(v.Text))
}

func short(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// take puts what a configuration gives to the app.
func (a *app) take(c *configuration, namespace string) {
	for key, s := range c.values {
		if name := settingName(key, namespace); name != "" {
			have, ok := a.settings[name]
			if ok && (!have.fromSource || better(have.As, key, namespace)) {
				continue // what is set on app.conf counts before any source
			}
			s.fromSource = true
			a.put(name, s)
		}
	}
	for _, s := range c.elsewhere {
		if name := settingName(s.As, namespace); name != "" {
			a.put(name, s)
		}
	}
	if c.open != "" {
		a.opened(c.open)
	}
}

// better says that of two keys for one setting the first one counts: the prefixed name
// before the plain one before the old one.
func better(have, key, namespace string) bool { return rank(have, namespace) < rank(key, namespace) }

func rank(key, namespace string) int {
	switch {
	case namespace != "" && strings.HasPrefix(key, namespace+"_") && settingNames[strings.ToLower(strings.TrimPrefix(key, namespace+"_"))]:
		return 0
	case settingNames[key]:
		return 1
	}
	return 2
}
