//go:build cgo

package treesitter

import (
	"context"
	"fmt"
	"math"
	"strings"

	sitter "github.com/smacker/go-tree-sitter"
	"github.com/smacker/go-tree-sitter/javascript"
	"github.com/smacker/go-tree-sitter/python"
	"github.com/smacker/go-tree-sitter/typescript/tsx"
	"github.com/smacker/go-tree-sitter/typescript/typescript"
)

// checkEvery is how many nodes are copied between two looks at the deadline.
const checkEvery = 4096

// Parse parses src. It gives up when ctx ends; a source with errors still yields a
// tree, with nodes of kind Error or Missing in it.
func Parse(ctx context.Context, g Grammar, src []byte) (*Tree, error) {
	l := language(g)
	p := sitter.NewParser()
	defer p.Close()
	p.SetLanguage(l)
	tree, err := p.ParseCtx(ctx, nil, src)
	if err != nil {
		return nil, fmt.Errorf("parsing: %w", err)
	}
	defer tree.Close()
	t := &Tree{Src: src, lines: lineStarts(src)}
	c := copier{ctx: ctx, lang: l, names: map[sitter.Symbol]name{}}
	if t.Root, err = c.copy(tree.RootNode(), len(src)); err != nil {
		return nil, fmt.Errorf("parsing: %w", err)
	}
	return t, nil
}

func language(g Grammar) *sitter.Language {
	switch g {
	case JavaScript:
		return javascript.GetLanguage()
	case TypeScript:
		return typescript.GetLanguage()
	case TSX:
		return tsx.GetLanguage()
	}
	return python.GetLanguage()
}

type name struct {
	kind  string
	named bool
	skip  bool // punctuation
}

// copier copies a C tree in one pass of a cursor. A call into C costs more than a node
// is worth, so each fact of a node is asked for once and kinds are looked up by symbol.
type copier struct {
	ctx   context.Context
	lang  *sitter.Language
	names map[sitter.Symbol]name
	arena []Node
}

const punctuation = "()[]{},;:."

func (c *copier) name(s sitter.Symbol) name {
	n, ok := c.names[s]
	if !ok {
		if s == math.MaxUint16 {
			n = name{kind: Error, named: true}
		} else {
			n.kind = c.lang.SymbolName(s)
			n.named = c.lang.SymbolType(s) == sitter.SymbolTypeRegular
			n.skip = !n.named && len(n.kind) == 1 && strings.Contains(punctuation, n.kind)
		}
		c.names[s] = n
	}
	return n
}

func (c *copier) alloc() *Node {
	if len(c.arena) == 0 {
		c.arena = make([]Node, 1024)
	}
	n := &c.arena[0]
	c.arena = c.arena[1:]
	return n
}

// copy walks without recursion: source nested 100,000 deep must not grow the stack.
func (c *copier) copy(root *sitter.Node, size int) (*Node, error) {
	cur := sitter.NewTreeCursor(root)
	defer cur.Close()
	top := c.alloc()
	c.fill(top, root, "", size)
	if !cur.GoToFirstChild() {
		return top, nil
	}
	type level struct{ parent, last *Node }
	stack := []level{{parent: top}}
	for seen := 1; ; seen++ {
		if seen%checkEvery == 0 && c.ctx.Err() != nil {
			return nil, c.ctx.Err()
		}
		n := cur.CurrentNode()
		l := &stack[len(stack)-1]
		here := c.name(n.Symbol())
		field := cur.CurrentFieldName()
		var node *Node
		if !here.skip || field != "" || n.IsMissing() {
			node = c.alloc()
			c.fill(node, n, field, size)
			if l.last == nil {
				l.parent.First = node
			} else {
				l.last.Next = node
			}
			l.last = node
		}
		if node != nil && cur.GoToFirstChild() {
			stack = append(stack, level{parent: node})
			continue
		}
		for !cur.GoToNextSibling() {
			stack = stack[:len(stack)-1]
			if len(stack) == 0 || !cur.GoToParent() {
				return top, nil
			}
		}
	}
}

func (c *copier) fill(to *Node, n *sitter.Node, field string, size int) {
	here := c.name(n.Symbol())
	to.Kind, to.Named, to.Field = here.kind, here.named, field
	to.Start = int32(min(int(n.StartByte()), size))
	to.End = max(to.Start, int32(min(int(n.EndByte()), size)))
	to.Missing = to.Start == to.End && n.IsMissing()
}
