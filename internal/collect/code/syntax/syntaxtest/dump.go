// Package syntaxtest writes lowered files as text, for golden tests.
package syntaxtest

import (
	"fmt"
	"strings"

	"qaudit/internal/collect/code/syntax"
)

// Dump writes f as pseudo-code: imports, exports, then the body with the bodies of
// lambdas after the statement that they stand in.
func Dump(f *syntax.File) string {
	d := &dumper{}
	for _, im := range f.Imports {
		d.line("import %s = %s%s%s", im.Local, im.Path, mark(im.Star, " *"), mark(im.Relative, " relative"))
	}
	for _, x := range f.Exports {
		v := x.Local
		if x.Value != nil {
			v = expr(x.Value)
		}
		d.line("export %s = %s%s", x.Name, v, mark(x.Module != "", " from "+x.Module))
	}
	d.stmts(f.Body)
	for _, c := range f.Comments {
		d.line("# %s", c.Text)
	}
	for _, b := range f.Broken {
		d.line("broken %d:%d-%d:%d", b.Line, b.Column, b.EndLine, b.EndColumn)
	}
	return d.b.String()
}

func mark(on bool, s string) string {
	if on {
		return s
	}
	return ""
}

type dumper struct {
	b      strings.Builder
	indent int
}

func (d *dumper) line(format string, args ...any) {
	d.b.WriteString(strings.Repeat("  ", d.indent))
	d.b.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " "))
	d.b.WriteByte('\n')
}

func (d *dumper) in(f func()) {
	d.indent++
	f()
	d.indent--
}

func (d *dumper) stmts(list []syntax.Stmt) {
	d.in(func() {
		for i := range list {
			d.stmt(&list[i])
		}
	})
}

func (d *dumper) stmt(s *syntax.Stmt) {
	label := mark(s.Label != "", s.Label+": ")
	async := mark(s.Async, "async ")
	for _, x := range s.Decorators {
		d.line("@%s", expr(x))
	}
	switch s.Kind {
	case syntax.ExprStmt:
		d.line("%s", expr(s.Value))
	case syntax.Assign, syntax.Declare:
		d.line("%s%s = %s", list(s.Targets), mark(s.Type != "", ": "+s.Type), expr(s.Value))
	case syntax.If:
		d.line("if %s", expr(s.Cond))
	case syntax.Loop:
		head := expr(s.Cond)
		if s.Value != nil {
			head = list(s.Targets) + " in " + expr(s.Value)
		}
		d.line("%s%sloop %s%s", label, async, head, mark(s.Once, " once"))
	case syntax.Try:
		d.line("try")
	case syntax.With:
		var items []string
		for _, it := range s.Items {
			items = append(items, expr(it.Value)+mark(it.As != nil, " as "+expr(it.As)))
		}
		d.line("%swith %s", async, strings.Join(items, ", "))
	case syntax.Return:
		d.line("return %s", expr(s.Value))
	case syntax.Raise:
		d.line("raise %s", expr(s.Value))
	case syntax.Break:
		d.line("break %s", s.Label)
	case syntax.Continue:
		d.line("continue %s", s.Label)
	case syntax.DefStmt:
		d.def(s.Def)
	case syntax.Block:
		d.line("%sblock%s", label, mark(s.Switch, " switch"))
	default:
		d.line("unknown statement %d", s.Kind)
	}
	d.stmts(s.Body)
	for _, h := range s.Handlers {
		d.line("except %s%s", list(h.Types), mark(h.Name != "", " as "+h.Name))
		d.stmts(h.Body)
	}
	d.branch("else", s.Else)
	d.branch("finally", s.Finally)
	for _, x := range exprsOf(s) {
		x.Walk(func(e *syntax.Expr) bool {
			if e.Kind == syntax.LambdaLit {
				d.in(func() { d.def(e.Def) })
			}
			return true
		})
	}
}

func (d *dumper) branch(name string, list []syntax.Stmt) {
	if len(list) > 0 {
		d.line("%s", name)
		d.stmts(list)
	}
}

func exprsOf(s *syntax.Stmt) []*syntax.Expr {
	out := append([]*syntax.Expr{s.Value, s.Cond}, s.Targets...)
	for _, it := range s.Items {
		out = append(out, it.Value)
	}
	return out
}

func (d *dumper) def(x *syntax.Def) {
	for _, dec := range x.Decorators {
		d.line("@%s", expr(dec))
	}
	kind := [...]string{"?", "def", "class", "lambda"}[x.Kind]
	d.line("%s%s %s(%s)%s%s", mark(x.Async, "async "), kind, x.Qualified,
		params(x.Params)+list(x.Bases)+args(x.Keywords), mark(x.Generator, " generator"), mark(x.Tainted, " tainted"))
	if len(x.Globals) > 0 {
		d.line("  global %s", strings.Join(x.Globals, ", "))
	}
	d.stmts(x.Body)
}

func params(ps []syntax.Param) string {
	var out []string
	for _, p := range ps {
		s := p.Name
		if p.Fields != nil {
			s = "{" + params(p.Fields) + "}"
		}
		if p.Key != "" && p.Key != p.Name {
			s = p.Key + ": " + s
		}
		for _, dec := range p.Decorators {
			s = "@" + expr(dec) + " " + s
		}
		s = mark(p.Rest, "*") + mark(p.Keywords, "*") + mark(p.KeywordOnly, "only ") + s
		out = append(out, s+mark(p.Type != "", ": "+p.Type)+mark(p.Default != nil, " = "+expr(p.Default)))
	}
	return strings.Join(out, ", ")
}

func list(es []*syntax.Expr) string {
	var out []string
	for _, e := range es {
		out = append(out, expr(e))
	}
	return strings.Join(out, ", ")
}

func args(as []syntax.Arg) string {
	var out []string
	for _, a := range as {
		s := expr(a.Value)
		if a.Key != nil {
			s = "[" + expr(a.Key) + "]: " + s
		}
		if a.Name != "" {
			s = a.Name + ": " + s
		}
		out = append(out, mark(a.Spread, "*")+s)
	}
	return strings.Join(out, ", ")
}

func expr(e *syntax.Expr) string {
	if e == nil {
		return "-"
	}
	switch e.Kind {
	case syntax.StringLit:
		return fmt.Sprintf("%q", e.Text)
	case syntax.IntLit:
		return fmt.Sprint(e.Int)
	case syntax.FloatLit:
		return fmt.Sprintf("%gf", e.Float)
	case syntax.BoolLit:
		return fmt.Sprint(e.Bool)
	case syntax.NilLit:
		return "nil"
	case syntax.Ident:
		return e.Text
	case syntax.Attr:
		return expr(e.X) + "." + e.Text
	case syntax.Index:
		return expr(e.X) + "[" + args(e.Args) + "]"
	case syntax.Call:
		return mark(e.New, "new ") + expr(e.X) + "(" + args(e.Args) + ")"
	case syntax.ListLit:
		return e.Text + "[" + args(e.Args) + "]"
	case syntax.MapLit:
		return "{" + args(e.Args) + "}"
	case syntax.LambdaLit:
		return "<" + e.Def.Qualified + ">"
	case syntax.Await:
		return "await " + expr(e.X)
	case syntax.Template:
		return "template(" + args(e.Args) + ")"
	case syntax.Binary:
		return "(" + expr(e.X) + " " + e.Text + " " + expr(e.Y) + ")"
	case syntax.Unary:
		return "(" + e.Text + " " + expr(e.X) + ")"
	case syntax.Cond:
		return "(" + expr(e.X) + " ? " + expr(e.Args[0].Value) + " : " + expr(e.Args[1].Value) + ")"
	case syntax.Yield:
		return "yield " + mark(e.Text != "", e.Text+" ") + expr(e.X)
	case syntax.Comp:
		return e.Text + "-comp(" + args(e.Args) + ")"
	case syntax.Bind:
		return "(" + expr(e.X) + " := " + expr(e.Y) + ")"
	}
	return "other(" + args(e.Args) + ")"
}
