package celery

import (
	"strings"

	"qaudit/internal/collect/code/syntax"
)

// single are ORM calls that give one object, several those that give a query set.
var (
	single = map[string]bool{"create": true, "get": true, "first": true, "last": true, "latest": true, "earliest": true,
		"get_or_none": true, "one": true, "one_or_none": true, "get_or_404": true, "first_or_404": true}
	several = map[string]bool{"filter": true, "all": true, "exclude": true, "order_by": true, "select_related": true,
		"prefetch_related": true, "filter_by": true}
	pairs = map[string]bool{"get_or_create": true, "update_or_create": true}
)

// object says what live object an argument is; "" when it is not known to be one. All
// values that its name was given must be objects.
func (r *reader) object(s scope, e *syntax.Expr, depth int) string {
	if e == nil || depth > 3 {
		return ""
	}
	switch e.Kind {
	case syntax.Call:
		return r.objectCall(s, e)
	case syntax.Attr:
		if e.Text == "user" && e.X.Kind == syntax.Ident && r.isRequest(s, e.X) {
			return "model instance, request.user"
		}
	case syntax.Ident:
		return r.objectName(s, e, depth)
	}
	return ""
}

func (r *reader) objectName(s scope, e *syntax.Expr, depth int) string {
	if r.isRequest(s, e) {
		return "request"
	}
	if e.Text == "self" && s.def != nil {
		if c := enclosingClass(s.def); c != nil && r.isModel(c) {
			return "model instance, of " + c.Name
		}
	}
	if _, ok := r.t.Project.Parameter(s.f.File, s.def, e); ok {
		if e.Text == "instance" && s.def != nil && r.decorated(s).hook {
			return "model instance, of the signal"
		}
		return ""
	}
	out := ""
	for _, g := range r.givens(s, e) {
		if g.def != s.def {
			return "" // a name of another scope: what it holds here is not clear
		}
		what := r.object(g.scope, g.e, depth+1)
		if g.element {
			what = r.elementOf(g, depth)
		}
		if what == "" {
			return ""
		}
		out = what
	}
	return out
}

// elementOf is what a loop over an expression, or the first part of a pair, gives.
func (r *reader) elementOf(g given, depth int) string {
	if g.e.Kind == syntax.Call && g.e.X.Kind == syntax.Attr && pairs[g.e.X.Text] && r.manager(g.scope, g.e.X.X) {
		return "model instance, from " + describe(g.e.X)
	}
	if what := r.object(g.scope, g.e, depth+1); strings.HasPrefix(what, "query set") {
		return "model instance" + strings.TrimPrefix(what, "query set")
	}
	return ""
}

func (r *reader) objectCall(s scope, e *syntax.Expr) string {
	p := r.path(s, e.X)
	switch p {
	case "django.shortcuts.get_object_or_404", "rest_framework.generics.get_object_or_404":
		return "model instance, from get_object_or_404"
	case "django.shortcuts.get_list_or_404":
		return "query set, from get_list_or_404"
	}
	if e.X.Kind == syntax.Attr && r.manager(s, e.X.X) {
		switch {
		case single[e.X.Text]:
			return "model instance, from " + describe(e.X)
		case several[e.X.Text]:
			return "query set, from " + describe(e.X)
		}
	}
	if d := r.def(s, e.X); d != nil && d.Kind == syntax.Class && r.isModel(d) {
		return "model instance, of " + d.Name
	}
	return ""
}

// manager says that an expression is a manager or a query: Order.objects, Order.query,
// session.query(Order), with filters behind it.
func (r *reader) manager(s scope, e *syntax.Expr) bool {
	for e != nil {
		switch e.Kind {
		case syntax.Attr:
			if e.Text == "objects" || e.Text == "_default_manager" {
				return true
			}
			if e.Text == "query" && e.X.Kind == syntax.Ident && startsUpper(e.X.Text) {
				return true
			}
			if !several[e.Text] && !single[e.Text] {
				return false
			}
			e = e.X
		case syntax.Call:
			if e.X.Kind == syntax.Attr && e.X.Text == "query" && len(e.Args) == 1 && startsUpper(lastName(e.Args[0].Value)) {
				return true // session.query(Order); of one column it gives rows
			}
			if e.X.Kind != syntax.Attr || e.X.Text == "values" || e.X.Text == "values_list" {
				return false
			}
			e = e.X
		default:
			return false
		}
	}
	return false
}

func startsUpper(s string) bool { return s != "" && s[0] >= 'A' && s[0] <= 'Z' }

// isModel says that a class of the project is a model of Django's or SQLAlchemy's ORM.
func (r *reader) isModel(d *syntax.Def) bool {
	return r.inherits(d, func(p string) bool {
		return p == "django.db.models.Model" || strings.HasPrefix(p, "django.contrib.") && strings.Contains(p, ".models.") ||
			p == "sqlalchemy.orm.DeclarativeBase" || strings.HasSuffix(p, "db.Model") || strings.HasSuffix(p, "models.TimeStampedModel")
	})
}

// isRequest says that a name is the request of a view: its first parameter, called so.
func (r *reader) isRequest(s scope, e *syntax.Expr) bool {
	if e.Text != "request" || s.def == nil {
		return false
	}
	p, ok := r.t.Project.Parameter(s.f.File, s.def, e)
	return ok && p.Index <= 1
}
