package celery

import (
	"regexp"
	"strings"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// The words for settings that do not hold in production.
const (
	inTests       = "in tests"
	inDevelopment = "in development"
)

var (
	testWords  = regexp.MustCompile(`(?i)(^|_)(is_)?(tests?|testing|pytest|unittest|ci)(_|$)|^in_tests?$|pytest`)
	debugWords = regexp.MustCompile(`(?i)(^|_)(debug|dev|develop|development|local|localhost)(_|$)|^is_dev`)
	// liveWords turn a condition round: it holds in production.
	liveWords = regexp.MustCompile(`(?i)(^|_)(prod|production|live|staging)(_|$)`)
)

// onlyIn says in what surroundings alone a condition holds: then in its body, other in the
// branch beside it; "" is production as well.
func onlyIn(e *syntax.Expr) (then, other string) {
	if e == nil {
		return "", ""
	}
	switch {
	case e.Kind == syntax.Unary && (e.Text == "not" || e.Text == "!"):
		then, other = onlyIn(e.X)
		return other, then
	case e.Kind == syntax.Binary && (e.Text == "and" || e.Text == "or"):
		a, _ := onlyIn(e.X)
		b, _ := onlyIn(e.Y)
		if a == "" || b != "" && e.Text == "or" && a == b {
			return b, ""
		}
		if b == "" && e.Text == "or" {
			return "", ""
		}
		return a, ""
	case e.Kind == syntax.Binary && (e.Text == "!=" || e.Text == "not in" || e.Text == "is not"):
		then, other = onlyIn(&syntax.Expr{Kind: syntax.Binary, Text: "==", X: e.X, Y: e.Y})
		return other, then
	}
	test, debug, live := false, false, false
	e.Walk(func(x *syntax.Expr) bool {
		if x.Kind == syntax.Ident || x.Kind == syntax.Attr || x.Kind == syntax.StringLit {
			test = test || testWords.MatchString(x.Text)
			debug = debug || debugWords.MatchString(x.Text)
			live = live || liveWords.MatchString(x.Text)
		}
		return true
	})
	switch {
	case live && !test && !debug:
		return "", inDevelopment
	case test:
		return inTests, ""
	case debug:
		return inDevelopment, ""
	}
	return "", ""
}

// configuration is the settings that a piece of source gives.
type configuration struct {
	values    map[string]setting // by the name as written
	elsewhere []setting
	open      string
}

func newConfiguration() *configuration { return &configuration{values: map[string]setting{}} }

func (c *configuration) set(name string, s setting) {
	if s.Only != "" {
		c.elsewhere = append(c.elsewhere, s)
		return
	}
	c.values[name] = s
}

// setting makes a setting of an assignment.
func (r *reader) setting(s scope, name string, e *syntax.Expr, only string) setting {
	v := r.value(s, e)
	if b, ok := follows(e); ok {
		v = code.Value{Kind: code.Bool, Bool: b, Origin: v.Origin}
	}
	return setting{CeleryOption: code.CeleryOption{As: name, Value: v, Only: only}, scope: s, e: e}
}

// follows says what a value is in production that follows whether this is a test or
// development: DEBUG, not DEBUG, "test" in sys.argv.
func follows(e *syntax.Expr) (value, ok bool) {
	switch {
	case e == nil, e.Kind == syntax.StringLit, e.Kind == syntax.Call:
		return false, false
	case e.Kind == syntax.Ident, e.Kind == syntax.Attr, e.Kind == syntax.Unary, e.Kind == syntax.Binary && comparisons[e.Text]:
	default:
		return false, false
	}
	then, other := onlyIn(e)
	switch {
	case then != "" && other == "":
		return false, true
	case other != "" && then == "":
		return true, true
	}
	return false, false
}

var comparisons = map[string]bool{"==": true, "!=": true, "in": true, "not in": true, "is": true, "is not": true}

// evaluate runs the statements of a module or class body over the settings before them.
func (r *reader) evaluate(s scope, body []syntax.Stmt, c *configuration, only string) {
	for i := range body {
		st := &body[i]
		switch st.Kind {
		case syntax.Assign:
			r.assigns(s, st, c, only)
		case syntax.ExprStmt:
			r.runs(s, st.Value, c)
		case syntax.If:
			r.branches(s, st, c, only)
		case syntax.Try:
			r.evaluate(s, st.Body, c, only)
			r.evaluate(s, st.Else, c, only)
			r.evaluate(s, st.Finally, c, only)
		case syntax.With, syntax.Block:
			r.evaluate(s, st.Body, c, only)
		}
	}
}

func (r *reader) assigns(s scope, st *syntax.Stmt, c *configuration, only string) {
	for _, t := range st.Targets {
		switch t.Kind {
		case syntax.Ident:
			c.set(t.Text, r.setting(s, t.Text, st.Value, only))
		case syntax.Index: // SETTINGS["x"] = …, globals()["X"] = …
			if t.X.Path() == "globals()" || t.X.Path() == "locals()" {
				c.open = "settings are set by globals()"
			} else if t.X.Kind == syntax.Ident {
				c.changed(t.X.Text)
			}
		}
	}
}

// changed marks a setting whose map or list is changed after it was set.
func (c *configuration) changed(name string) {
	if have, ok := c.values[name]; ok {
		have.Value.Open = true
		c.values[name] = have
	}
}

// runs looks at a call at module level: X.update(…), X.append(…), locals().update(…).
func (r *reader) runs(s scope, e *syntax.Expr, c *configuration) {
	if e == nil || e.Kind != syntax.Call {
		return
	}
	switch p := e.X.Path(); {
	case p == "locals().update", p == "globals().update", p == "exec", p == "vars().update":
		c.open = "settings are set by " + p
	case strings.HasSuffix(r.path(s, e.X), "split_settings.tools.include"):
		c.open = "settings are put together by include()"
	case e.X.Kind == syntax.Attr && e.X.X.Kind == syntax.Ident && (e.X.Text == "update" || e.X.Text == "append" || e.X.Text == "extend"):
		c.changed(e.X.X.Text)
	}
}

// branches runs both branches of an if. What only tests or development see goes beside;
// what one branch alone sets has several values.
func (r *reader) branches(s scope, st *syntax.Stmt, c *configuration, only string) {
	then, other := onlyIn(st.Cond)
	if then != "" || other != "" || only != "" {
		r.evaluate(s, st.Body, c, first(only, then))
		r.evaluate(s, st.Else, c, first(only, other))
		return
	}
	a, b := c.copy(), c.copy()
	r.evaluate(s, st.Body, a, "")
	r.evaluate(s, st.Else, b, "")
	for name := range a.values {
		c.values[name] = either(a.values, b.values, name)
	}
	for name := range b.values {
		if _, ok := a.values[name]; !ok {
			c.values[name] = either(b.values, a.values, name)
		}
	}
	c.elsewhere = append(append([]setting{}, a.elsewhere...), b.elsewhere[len(c.elsewhere):]...)
	c.open = first(first(c.open, a.open), b.open)
}

func (c *configuration) copy() *configuration {
	out := &configuration{values: make(map[string]setting, len(c.values)), open: c.open,
		elsewhere: append([]setting{}, c.elsewhere...)}
	for k, v := range c.values {
		out.values[k] = v
	}
	return out
}

// either is a setting that has the value of a or, where the other branch is taken, of b.
func either(a, b map[string]setting, name string) setting {
	x := a[name]
	y, ok := b[name]
	if ok && y.e == x.e {
		return x
	}
	items := []code.Value{x.Value, {Kind: code.Unresolved, Text: "not set", Origin: x.Value.Origin}}
	if ok {
		items[1] = y.Value
	}
	x.Value = code.Value{Kind: code.Choice, Items: items, Origin: x.Value.Origin}
	x.e = nil
	return x
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
