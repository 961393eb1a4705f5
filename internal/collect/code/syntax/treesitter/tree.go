// Package treesitter parses source with the tree-sitter grammars and copies each tree
// into plain Go values. It is the only package that touches C: nothing backed by C
// leaves Parse.
package treesitter

import (
	"sort"
	"strings"

	"qaudit/internal/collect/code/syntax"
)

// Grammar names a grammar.
type Grammar uint8

// The grammars that are built in.
const (
	Python Grammar = iota
	JavaScript
	TypeScript
	TSX
)

// Node is a node of a tree: plain data. Punctuation without a field is left out.
type Node struct {
	Kind       string // "call", "ERROR", "async"
	Field      string // field of the parent that it fills, "" when none
	Start, End int32  // byte offsets
	Named      bool   // a rule of the grammar, not a literal token
	Missing    bool   // put in by the parser's recovery; it has no text
	First      *Node  // first child
	Next       *Node  // next sibling
}

// Error is the kind of a node whose text did not parse.
const Error = "ERROR"

// Tree is a parsed file.
type Tree struct {
	Src   []byte
	Root  *Node
	lines []int32 // offset of each line's first byte
}

// Child returns the first child that fills field, or nil.
func (n *Node) Child(field string) *Node {
	if n == nil {
		return nil
	}
	for c := n.First; c != nil; c = c.Next {
		if c.Field == field {
			return c
		}
	}
	return nil
}

// Has reports whether a token or rule of this kind is a direct child.
func (n *Node) Has(kind string) bool { return n.Find(kind) != nil }

// Find returns the first direct child of this kind, or nil.
func (n *Node) Find(kind string) *Node {
	if n == nil {
		return nil
	}
	for c := n.First; c != nil; c = c.Next {
		if c.Kind == kind {
			return c
		}
	}
	return nil
}

// NamedChildren returns the named children without comments.
func (n *Node) NamedChildren() []*Node {
	if n == nil {
		return nil
	}
	var out []*Node
	for c := n.First; c != nil; c = c.Next {
		if c.Named && c.Kind != "comment" {
			out = append(out, c)
		}
	}
	return out
}

// FirstNamed returns the first named child that is not a comment, or nil.
func (n *Node) FirstNamed() *Node {
	if n == nil {
		return nil
	}
	for c := n.First; c != nil; c = c.Next {
		if c.Named && c.Kind != "comment" {
			return c
		}
	}
	return nil
}

// Text returns the source of n.
func (t *Tree) Text(n *Node) string {
	if n == nil {
		return ""
	}
	return string(t.Src[n.Start:n.End])
}

// Span returns the place of n.
func (t *Tree) Span(n *Node) syntax.Span {
	if n == nil {
		return syntax.Span{}
	}
	s := syntax.Span{Start: int(n.Start), End: int(n.End)}
	s.Line, s.Column = t.position(n.Start)
	s.EndLine, s.EndColumn = t.position(n.End)
	return s
}

func (t *Tree) position(off int32) (line, column int) {
	i := sort.Search(len(t.lines), func(i int) bool { return t.lines[i] > off }) - 1
	return i + 1, int(off-t.lines[i]) + 1
}

func lineStarts(src []byte) []int32 {
	out := []int32{0}
	for i, b := range src {
		if b == '\n' {
			out = append(out, int32(i+1))
		}
	}
	return out
}

// Shape writes the tree under n as an S-expression of its named nodes and fields, the
// form that golden tests compare.
func (n *Node) Shape() string {
	var b strings.Builder
	n.shape(&b, 0)
	return b.String()
}

// shapeDepth bounds Shape on trees nested without end.
const shapeDepth = 200

func (n *Node) shape(b *strings.Builder, depth int) {
	if depth > shapeDepth {
		b.WriteString("…")
		return
	}
	if n.Field != "" {
		b.WriteString(n.Field + ": ")
	}
	if !n.Named {
		b.WriteString(`"` + n.Kind + `"`)
		return
	}
	b.WriteString("(" + n.Kind)
	if n.Missing {
		b.WriteString(" MISSING")
	}
	for c := n.First; c != nil; c = c.Next {
		if c.Named || c.Field != "" {
			b.WriteByte(' ')
			c.shape(b, depth+1)
		}
	}
	b.WriteByte(')')
}

// FirstOf is the first child of a node that may be nil.
func (n *Node) FirstOf() *Node {
	if n == nil {
		return nil
	}
	return n.First
}
