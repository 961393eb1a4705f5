package treesitter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sort"
	"strings"

	"qaudit/internal/collect/code/syntax"
)

// MaxDepth is how deep an expression or statement may be nested before the rest of it is
// called broken. People stay below 50; generated chains of "+" reach a few hundred.
const MaxDepth = 1000

// Lowering is what the lowering of one file shares between languages: the tree, the
// file that grows, the definition that is open.
type Lowering struct {
	Tree  *Tree
	File  *syntax.File
	Def   *syntax.Def // innermost open definition, nil at module level
	depth int
	seen  map[*Node]bool // calls that were lowered; kept only when something is broken
}

// Lower parses src and has body lower its root. It holds the size cap, the deadline and
// the recovery of panics. body returns how an expression is lowered, for calls that it
// did not reach.
func Lower(ctx context.Context, g Grammar, f *syntax.File, body func(*Lowering) func(*Node) *syntax.Expr) (_ *syntax.File, err error) {
	if len(f.Src) > syntax.MaxSize {
		return nil, &syntax.TooLargeError{Path: f.Path, Size: len(f.Src)}
	}
	defer func() {
		if v := recover(); v != nil {
			err = &syntax.PanicError{Path: f.Path, Value: v, Stack: debug.Stack()}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, syntax.Deadline)
	defer cancel()
	t, err := Parse(ctx, g, f.Src)
	if errors.Is(err, syntax.ErrNotBuilt) {
		return nil, fmt.Errorf("%s: %w", f.Lang, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	}
	l := &Lowering{Tree: t, File: f}
	l.scan()
	if len(f.Broken) > 0 {
		l.seen = map[*Node]bool{}
	}
	expr := body(l)
	if len(f.Broken) > 0 {
		l.rescue(expr)
		l.taint()
	}
	f.Mask()
	return f, nil
}

// Enter counts one level of nesting; false means that it is too deep and n was recorded
// as broken. Every true needs a Leave.
func (l *Lowering) Enter(n *Node) bool {
	if l.depth >= MaxDepth {
		l.File.Broken = append(l.File.Broken, l.Tree.Span(n))
		return false
	}
	l.depth++
	return true
}

// Leave ends what Enter began.
func (l *Lowering) Leave() { l.depth-- }

// Open makes d the innermost definition and enters it in the file; the result closes it.
func (l *Lowering) Open(d *syntax.Def, name string) (done func()) {
	d.Parent = l.Def
	if name == "" { // broken off before its name
		name = "<unnamed>"
	}
	d.Qualified = name
	if l.Def != nil {
		d.Qualified = l.Def.Qualified + "." + name
	}
	l.File.Defs = append(l.File.Defs, d)
	outer := l.Def
	l.Def = d
	return func() { l.Def = outer }
}

// Called notes that the call n is being lowered.
func (l *Lowering) Called(n *Node) {
	if l.seen != nil {
		l.seen[n] = true
	}
}

func isCall(n *Node) bool { return n.Kind == "call" || n.Kind == "call_expression" }

// rescue lowers the calls that stand where the parser's recovery left them, outside of
// anything that is lowered, and enters each in the definition around it.
func (l *Lowering) rescue(expr func(*Node) *syntax.Expr) {
	if l.seen == nil { // what is broken is only too deep: the calls inside are not looked for
		return
	}
	within := newEnclosing(l.File.Defs)
	found := map[*syntax.Def][]syntax.Stmt{}
	walk(l.Tree.Root, func(n *Node) {
		if !isCall(n) || l.seen[n] {
			return
		}
		l.Def = within.of(n)
		e := expr(n)
		found[l.Def] = append(found[l.Def], syntax.Stmt{Kind: syntax.ExprStmt, Span: e.Span, Value: e})
	})
	l.Def = nil
	for d, more := range found {
		body := &l.File.Body
		if d != nil {
			body = &d.Body
		}
		*body = append(*body, more...)
		sort.SliceStable(*body, func(i, j int) bool { return (*body)[i].Span.Start < (*body)[j].Span.Start })
	}
}

// enclosing finds the innermost definition around places that come in source order.
type enclosing struct {
	defs []*syntax.Def // by start, outer before inner
	open []*syntax.Def
}

func newEnclosing(defs []*syntax.Def) *enclosing {
	e := &enclosing{defs: slices.Clone(defs)}
	slices.SortStableFunc(e.defs, func(a, b *syntax.Def) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(b.Span.End, a.Span.End))
	})
	return e
}

func (e *enclosing) of(n *Node) *syntax.Def {
	for len(e.defs) > 0 && e.defs[0].Span.Start <= int(n.Start) {
		e.open = append(e.open, e.defs[0])
		e.defs = e.defs[1:]
	}
	for len(e.open) > 0 && e.open[len(e.open)-1].Span.End < int(n.End) {
		e.open = e.open[:len(e.open)-1]
	}
	if len(e.open) == 0 {
		return nil
	}
	return e.open[len(e.open)-1]
}

// walk calls f for every node in source order, without recursion.
func walk(root *Node, f func(*Node)) {
	stack := []*Node{root}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if n.Next != nil {
			stack = append(stack, n.Next)
		}
		f(n)
		if n.First != nil {
			stack = append(stack, n.First)
		}
	}
}

// scan collects comments and what did not parse.
func (l *Lowering) scan() {
	walk(l.Tree.Root, func(n *Node) {
		switch {
		case n.Kind == Error || n.Missing:
			l.File.Broken = append(l.File.Broken, l.Tree.Span(n))
		case n.Kind == "comment":
			l.File.Comments = append(l.File.Comments,
				syntax.Comment{Text: commentText(l.Tree.Text(n)), Span: l.Tree.Span(n)})
		}
	})
}

func commentText(s string) string {
	switch {
	case strings.HasPrefix(s, "/*"):
		s = strings.TrimSuffix(strings.TrimPrefix(s, "/*"), "*/")
	case strings.HasPrefix(s, "//"):
		s = s[2:]
	default:
		s = strings.TrimLeft(s, "#")
	}
	return strings.TrimSpace(s)
}

// taint marks every definition that holds, or stands in, something that did not parse,
// and leaves the broken places sorted and disjoint.
func (l *Lowering) taint() {
	b := l.File.Broken
	sort.SliceStable(b, func(i, j int) bool { return b[i].Start < b[j].Start })
	n := 0
	for _, s := range b {
		switch {
		case n == 0 || s.Start > b[n-1].End:
			b[n] = s
			n++
		case s.End > b[n-1].End:
			b[n-1].End, b[n-1].EndLine, b[n-1].EndColumn = s.End, s.EndLine, s.EndColumn
		}
	}
	b = b[:n]
	l.File.Broken = b
	for _, d := range l.File.Defs {
		i := sort.Search(len(b), func(i int) bool { return b[i].End >= d.Span.Start })
		d.Tainted = i < len(b) && b[i].Start <= d.Span.End
	}
}
