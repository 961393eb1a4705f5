package syntaxtest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"qaudit/internal/collect/code/syntax"
)

// Hostile runs fe over input that nobody writes on purpose: each must give a file or a
// typed error, with every span inside the source. name is a file name of the language.
func Hostile(t *testing.T, fe syntax.Frontend, name string) {
	t.Helper()
	l, ok := syntax.LangOf(name)
	if !ok {
		t.Fatalf("%s is of no language", name)
	}
	for title, src := range hostile() {
		t.Run(title, func(t *testing.T) {
			f, err := fe.Parse(context.Background(), l, name, []byte(src))
			if errors.Is(err, context.DeadlineExceeded) {
				return // as good an answer as any
			}
			if err != nil {
				t.Fatal(err)
			}
			Check(t, f)
		})
	}
	t.Run("too large", func(t *testing.T) {
		_, err := fe.Parse(context.Background(), l, name, make([]byte, syntax.MaxSize+1))
		var large *syntax.TooLargeError
		if !errors.As(err, &large) || large.Path != name {
			t.Fatalf("got %v, want a TooLargeError of %s", err, name)
		}
	})
	t.Run("deadline", func(t *testing.T) {
		ctx, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
		defer cancel()
		_, err := fe.Parse(ctx, l, name, []byte(strings.Repeat("f(1)\n", 10000)))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v, want the deadline", err)
		}
	})
}

func hostile() map[string]string {
	const deep, deepest = 3_000, 100_000
	return map[string]string{
		"empty":            "",
		"null bytes":       "f(1)\x00g(2)\x00\x00",
		"only null bytes":  strings.Repeat("\x00", 1000),
		"crlf":             "f(1)\r\ng(\"a\",\r\n  2)\r\n",
		"bom":              "\ufefff(1)\n",
		"latin-1":          "x = 'caf\xe9'\nf(x)\n",
		"utf-16":           "\xff\xfef\x00(\x001\x00)\x00",
		"parens":           strings.Repeat("(", deepest) + strings.Repeat(")", deepest),
		"open parens":      strings.Repeat("(", deepest),
		"close parens":     strings.Repeat(")", deep),
		"brackets":         strings.Repeat("[", deep),
		"braces":           strings.Repeat("{", deep),
		"calls":            strings.Repeat("f(", deep) + strings.Repeat(")", deep),
		"chain":            "a" + strings.Repeat(".b()", deep),
		"plus":             "a" + strings.Repeat(" + a", deep),
		"not":              strings.Repeat("!", deep) + "a",
		"minus":            strings.Repeat("-", deep) + "1",
		"if":               strings.Repeat("if (a) ", deep) + "b",
		"else if":          strings.Repeat("if (a) {} else ", deep) + "{}",
		"lambda":           strings.Repeat("lambda: ", deep) + "1",
		"arrow":            strings.Repeat("x => ", deep) + "1",
		"quotes":           strings.Repeat("'", deep),
		"backquotes":       strings.Repeat("`${", deep),
		"f-strings":        strings.Repeat("f'{", deep),
		"blocks":           indented(1000),
		"indented columns": strings.Repeat(" ", deep) + "f()\n",
		"garbage":          strings.Repeat("def ( class } => ] @ if : \"", deep/3),
		"async generator":  strings.Repeat("async function* f() { await ", deep/3),
	}
}

func indented(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "if x:\n")
	}
	return b.String() + strings.Repeat(" ", n) + "f()\n"
}

// Check fails when f is not sound: a span outside of the source, a missing part that
// the kind of a statement or expression promises, nesting beyond measure.
func Check(t testing.TB, f *syntax.File) {
	t.Helper()
	c := checker{t: t, size: len(f.Src)}
	c.stmts(f.Body)
	for _, d := range f.Defs {
		c.span(d.Span)
		c.stmts(d.Body)
		if d.Qualified == "" {
			t.Errorf("a definition at %d has no qualified name", d.Span.Start)
		}
	}
	for _, b := range f.Broken {
		c.span(b)
	}
	for _, im := range f.Imports {
		c.span(im.Span)
	}
	Dump(f)
}

type checker struct {
	t    testing.TB
	size int
}

func (c checker) span(s syntax.Span) {
	if s.Start < 0 || s.End < s.Start || s.End > c.size || s.Line < 1 || s.Column < 1 ||
		s.EndLine < s.Line || s.EndLine == s.Line && s.EndColumn < s.Column {
		c.t.Errorf("span %+v is not in a source of %d bytes", s, c.size)
	}
}

func (c checker) stmts(list []syntax.Stmt) {
	for i := range list {
		s := &list[i]
		c.span(s.Span)
		switch {
		case s.Kind == 0 || s.Kind > syntax.Declare,
			s.Kind == syntax.DefStmt && s.Def == nil,
			s.Kind == syntax.Assign && (len(s.Targets) == 0 || s.Value == nil),
			s.Kind == syntax.ExprStmt && s.Value == nil,
			s.Kind == syntax.If && s.Cond == nil,
			s.Kind == syntax.Loop && s.Cond == nil && s.Value == nil:
			c.t.Errorf("statement %+v is not whole", *s)
		}
		for _, e := range append([]*syntax.Expr{s.Value, s.Cond}, s.Targets...) {
			e.Walk(func(e *syntax.Expr) bool { c.expr(e); return true })
		}
		c.stmts(s.Body)
		c.stmts(s.Else)
		c.stmts(s.Finally)
		for _, h := range s.Handlers {
			c.stmts(h.Body)
		}
	}
}

func (c checker) expr(e *syntax.Expr) {
	switch {
	case e.Span == syntax.Span{} && e.Kind == syntax.Other: // nothing stands there
		return
	case e.Kind == syntax.LambdaLit && e.Def == nil,
		e.Kind == syntax.Cond && len(e.Args) != 2,
		e.Kind == syntax.Index && len(e.Args) != 1,
		(e.Kind == syntax.Attr || e.Kind == syntax.Call || e.Kind == syntax.Unary) && e.X == nil,
		(e.Kind == syntax.Binary || e.Kind == syntax.Bind) && (e.X == nil || e.Y == nil):
		c.t.Errorf("expression %+v is not whole", *e)
	}
	for _, a := range e.Args {
		if a.Value == nil {
			c.t.Errorf("an argument of %+v has no value", *e)
		}
	}
	c.span(e.Span)
}
