package celery

import (
	"time"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// value resolves an expression; durations count as seconds.
func (r *reader) value(s scope, e *syntax.Expr) code.Value {
	if d, ok := r.duration(s, e); ok {
		return code.Value{Kind: code.Float, Float: d.Seconds(), Origin: r.origin(s, e.Span)}
	}
	v := r.t.Project.Value(s.f.File, s.def, e)
	if v.Kind == code.Unresolved && e != nil && e.Kind == syntax.Ident && builtins[e.Text] {
		v.Kind, v.Text = code.Symbol, e.Text
	}
	if v.Kind == code.List && e.Kind == syntax.ListLit && len(v.Items) == len(e.Args) {
		for i, a := range e.Args {
			v.Items[i] = r.value(s, a.Value)
		}
	}
	v.Origin = r.origin(s, spanOf(e))
	return v
}

func spanOf(e *syntax.Expr) syntax.Span {
	if e == nil {
		return syntax.Span{}
	}
	return e.Span
}

// builtins are error types that need no import.
var builtins = map[string]bool{"Exception": true, "BaseException": true, "OSError": true, "IOError": true,
	"ConnectionError": true, "TimeoutError": true, "ValueError": true, "KeyError": true, "RuntimeError": true}

// units are the keywords of timedelta, in the order of its positions.
var units = []struct {
	name string
	d    time.Duration
}{{"days", 24 * time.Hour}, {"seconds", time.Second}, {"microseconds", time.Microsecond},
	{"milliseconds", time.Millisecond}, {"minutes", time.Minute}, {"hours", time.Hour}, {"weeks", 7 * 24 * time.Hour}}

// duration reads timedelta(…), also by a name, and timedelta(…).total_seconds().
func (r *reader) duration(s scope, e *syntax.Expr) (time.Duration, bool) {
	return r.durationAt(s, e, 0)
}

func (r *reader) durationAt(s scope, e *syntax.Expr, depth int) (time.Duration, bool) {
	if e == nil || depth > 4 {
		return 0, false
	}
	if e.Kind == syntax.Ident || e.Kind == syntax.Attr && e.X.Kind == syntax.Ident {
		if g := r.givens(s, e); len(g) == 1 && g[0].e.Kind == syntax.Call && !g[0].element {
			return r.durationAt(g[0].scope, g[0].e, depth+1)
		}
		return 0, false
	}
	if e.Kind != syntax.Call {
		return 0, false
	}
	if e.X.Kind == syntax.Attr && (e.X.Text == "total_seconds" || e.X.Text == "seconds") {
		return r.durationAt(s, e.X.X, depth+1)
	}
	switch r.path(s, e.X) {
	case "datetime.timedelta", "django.utils.timezone.timedelta", "datetime.datetime.timedelta":
	default:
		return 0, false
	}
	var sum time.Duration
	for i, u := range units {
		x := argument(e.Args, i, u.name)
		if x == nil {
			continue
		}
		v := r.t.Project.Value(s.f.File, s.def, x)
		switch v.Kind {
		case code.Int:
			sum += time.Duration(v.Int) * u.d
		case code.Float:
			sum += time.Duration(v.Float * float64(u.d))
		default:
			return 0, false
		}
	}
	return sum, len(e.Args) > 0
}

// wait is a delay in seconds or as a timedelta.
func (r *reader) wait(s scope, e *syntax.Expr) (time.Duration, bool) {
	if d, ok := r.duration(s, e); ok {
		return d, true
	}
	switch v := r.t.Project.Value(s.f.File, s.def, e); v.Kind {
	case code.Int:
		return time.Duration(v.Int) * time.Second, true
	case code.Float:
		return time.Duration(v.Float * float64(time.Second)), true
	}
	return 0, false
}
