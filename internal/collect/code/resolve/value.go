package resolve

import (
	"strconv"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// Value is what an expression resolves to.
func (p *Project) Value(f *syntax.File, scope *syntax.Def, e *syntax.Expr) code.Value {
	return p.ValueWith(f, scope, e, nil)
}

// Bind gives the value of a name or attribute that a caller knows better than the source
// alone: a parameter at one of its call sites, a field of one object. ok is false where it
// knows nothing.
type Bind func(f *syntax.File, scope *syntax.Def, e *syntax.Expr) (v code.Value, ok bool)

// ValueWith is what an expression resolves to where bind is asked first.
func (p *Project) ValueWith(f *syntax.File, scope *syntax.Def, e *syntax.Expr, bind Bind) code.Value {
	r := resolver{p: p, seen: map[*syntax.Expr]bool{}, bind: bind}
	v := r.value(f, scope, e)
	if e != nil && v.Origin == nil {
		v.Origin = p.Origin(f, scope, e.Span)
	}
	return v
}

type resolver struct {
	p     *Project
	seen  map[*syntax.Expr]bool
	depth int
	steps int
	bind  Bind
}

func (r *resolver) value(f *syntax.File, scope *syntax.Def, e *syntax.Expr) code.Value {
	if e == nil {
		return code.Value{Kind: code.Unresolved, Text: "nothing"}
	}
	r.steps++
	if r.seen[e] || r.depth > maxDepth || r.steps > maxSteps {
		return r.p.unresolved(f, scope, e, "a name that leads back to itself")
	}
	r.seen[e] = true
	r.depth++
	defer func() { delete(r.seen, e); r.depth-- }()
	if r.bind != nil && (e.Kind == syntax.Ident || e.Kind == syntax.Attr) {
		if v, ok := r.bind(f, scope, e); ok {
			return v
		}
	}
	v := r.expr(f, scope, e)
	if v.Origin == nil {
		v.Origin = r.p.Origin(f, scope, e.Span)
	}
	return v
}

func (r *resolver) expr(f *syntax.File, scope *syntax.Def, e *syntax.Expr) code.Value {
	switch e.Kind {
	case syntax.StringLit:
		return code.Value{Kind: code.String, Text: e.Text}
	case syntax.IntLit:
		return code.Value{Kind: code.Int, Int: e.Int, Float: float64(e.Int)}
	case syntax.FloatLit:
		return code.Value{Kind: code.Float, Float: e.Float}
	case syntax.BoolLit:
		return code.Value{Kind: code.Bool, Bool: e.Bool}
	case syntax.NilLit:
		return code.Value{Kind: code.Nil}
	case syntax.Template:
		return r.template(f, scope, e.Args)
	case syntax.ListLit:
		return r.list(f, scope, e)
	case syntax.MapLit:
		return r.mapping(f, scope, e.Args)
	case syntax.Unary:
		return r.unary(f, scope, e)
	case syntax.Binary:
		return r.binary(f, scope, e)
	case syntax.Cond:
		if len(e.Args) == 2 {
			if c, known := r.value(f, scope, e.X).Boolean().Get(); known {
				if c {
					return r.value(f, scope, e.Args[0].Value)
				}
				return r.value(f, scope, e.Args[1].Value)
			}
			return choice(r.value(f, scope, e.Args[0].Value), r.value(f, scope, e.Args[1].Value))
		}
	case syntax.Await:
		return r.value(f, scope, e.X)
	case syntax.Ident:
		return r.name(f, scope, e)
	case syntax.Attr:
		return r.attr(f, scope, e)
	case syntax.Index:
		return r.index(f, scope, e)
	case syntax.Call:
		return r.call(f, scope, e)
	}
	return r.p.unresolved(f, scope, e, r.source(f, e))
}

func (r *resolver) source(f *syntax.File, e *syntax.Expr) string {
	if r.p.Excerpt == nil {
		return e.Text
	}
	return r.p.Excerpt(f.Shown[e.Span.Start:e.Span.End], 0, e.Span.End-e.Span.Start)
}

// text is a literal as text. Truth values are written differently in each language.
func text(v code.Value) (string, bool) {
	switch v.Kind {
	case code.String:
		return v.Text, true
	case code.Int:
		return strconv.FormatInt(v.Int, 10), true
	}
	return "", false
}

func (r *resolver) list(f *syntax.File, scope *syntax.Def, e *syntax.Expr) code.Value {
	v := code.Value{Kind: code.List}
	for _, a := range e.Args {
		item := r.value(f, scope, a.Value)
		if !a.Spread {
			v.Items = append(v.Items, item)
			continue
		}
		if item.Kind == code.List {
			v.Items, v.Open = append(v.Items, item.Items...), v.Open || item.Open
		} else {
			v.Open = true
		}
	}
	return v
}

func (r *resolver) mapping(f *syntax.File, scope *syntax.Def, args []syntax.Arg) code.Value {
	v := code.Value{Kind: code.Map}
	for _, a := range args {
		switch {
		case a.Spread:
			spread := r.value(f, scope, a.Value)
			if spread.Kind == code.Map {
				v.Fields, v.Open = append(v.Fields, spread.Fields...), v.Open || spread.Open
			} else {
				v.Open = true
			}
		case a.Key != nil:
			if k, ok := text(r.value(f, scope, a.Key)); ok {
				v.Fields = append(v.Fields, code.Field{Key: k, Value: r.value(f, scope, a.Value)})
			} else {
				v.Open = true
			}
		default:
			v.Fields = append(v.Fields, code.Field{Key: a.Name, Value: r.value(f, scope, a.Value)})
		}
	}
	return v
}

func (r *resolver) unary(f *syntax.File, scope *syntax.Def, e *syntax.Expr) code.Value {
	v := r.value(f, scope, e.X)
	switch {
	case e.Text == "-" && v.Kind == code.Int:
		v.Int, v.Float = -v.Int, -v.Float
		return v
	case e.Text == "-" && v.Kind == code.Float:
		v.Float = -v.Float
		return v
	case (e.Text == "not" || e.Text == "!") && v.Boolean().Present():
		return code.Value{Kind: code.Bool, Bool: !v.Boolean().Or(false)}
	case e.Text == "+" && (v.Kind == code.Int || v.Kind == code.Float):
		return v
	}
	return r.p.unresolved(f, scope, e, r.source(f, e))
}

func (r *resolver) binary(f *syntax.File, scope *syntax.Def, e *syntax.Expr) code.Value {
	x, y := r.value(f, scope, e.X), r.value(f, scope, e.Y)
	switch e.Text {
	case "||", "or", "??":
		return fallback(x, y)
	case "+":
		if x.Kind == code.Int && y.Kind == code.Int {
			return code.Value{Kind: code.Int, Int: x.Int + y.Int, Float: float64(x.Int + y.Int)}
		}
		if stringly(x) || stringly(y) {
			return joined(append(pieces(x), pieces(y)...))
		}
	case "*", "-", "/", "//", "**":
		if v, ok := arithmetic(e.Text, x, y); ok {
			return v
		}
	case "%":
		if x.Kind == code.String {
			return r.percent(x, y)
		}
		if x.Kind == code.Int && y.Kind == code.Int && y.Int != 0 {
			return code.Value{Kind: code.Int, Int: x.Int % y.Int, Float: float64(x.Int % y.Int)}
		}
	case "|":
		if x.Kind == code.Map && y.Kind == code.Map {
			return code.Value{Kind: code.Map, Fields: append(append([]code.Field{}, x.Fields...), y.Fields...), Open: x.Open || y.Open}
		}
	}
	return r.p.unresolved(f, scope, e, r.source(f, e))
}

func stringly(v code.Value) bool { return v.Kind == code.String || v.Kind == code.Template }

func pieces(v code.Value) []code.Value {
	if v.Kind == code.Template {
		return append([]code.Value{}, v.Items...)
	}
	return []code.Value{v}
}

func arithmetic(op string, x, y code.Value) (code.Value, bool) {
	if x.Kind == code.Int && y.Kind == code.Int {
		n, ok := int64(0), true
		switch op {
		case "*":
			n = x.Int * y.Int
		case "-":
			n = x.Int - y.Int
		case "**":
			n, ok = power(x.Int, y.Int)
		default:
			if ok = y.Int != 0 && x.Int%y.Int == 0; ok {
				n = x.Int / y.Int
			}
		}
		return code.Value{Kind: code.Int, Int: n, Float: float64(n)}, ok
	}
	a, aok := number(x)
	b, bok := number(y)
	if !aok || !bok {
		return code.Value{}, false
	}
	switch {
	case op == "*":
		return code.Value{Kind: code.Float, Float: a * b}, true
	case op == "-":
		return code.Value{Kind: code.Float, Float: a - b}, true
	case op == "/" && b != 0:
		return code.Value{Kind: code.Float, Float: a / b}, true
	}
	return code.Value{}, false
}

func power(x, y int64) (n int64, ok bool) {
	if y < 0 || y > 62 {
		return 0, false
	}
	n = 1
	for range y {
		n *= x
		if n > 1<<53 || n < -(1<<53) {
			return 0, false
		}
	}
	return n, true
}

func number(v code.Value) (float64, bool) {
	switch v.Kind {
	case code.Int:
		return float64(v.Int), true
	case code.Float:
		return v.Float, true
	}
	return 0, false
}

// fallback is x, or y where x is not there: an environment variable takes y as its
// fallback.
func fallback(x, y code.Value) code.Value {
	switch {
	case x.Kind == code.Env && x.Default == nil:
		x.Default = &y
		return x
	case x.Kind == code.Nil, x.Kind == code.String && x.Text == "", x.Kind == code.Bool && !x.Bool:
		return y
	case x.Known(), x.Kind == code.Env, x.Kind == code.Map, x.Kind == code.List:
		return x
	}
	return choice(x, y)
}

// choice is one of several values; equal literals are one.
func choice(values ...code.Value) code.Value {
	var items []code.Value
	for _, v := range values {
		if v.Kind == code.Choice {
			items = append(items, v.Items...)
			continue
		}
		items = append(items, v)
	}
	for _, v := range items[1:] {
		if !same(items[0], v) {
			return code.Value{Kind: code.Choice, Items: items}
		}
	}
	return items[0]
}

func same(a, b code.Value) bool {
	if a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case code.String, code.Env, code.Symbol:
		return a.Text == b.Text && (a.Default == nil) == (b.Default == nil) && (a.Default == nil || same(*a.Default, *b.Default))
	case code.Int:
		return a.Int == b.Int
	case code.Float:
		return a.Float == b.Float
	case code.Bool:
		return a.Bool == b.Bool
	case code.Nil:
		return true
	}
	return false
}
