// Package yamltree reads YAML with the positions of its values. Aliases share the node of
// their anchor, so that a small file cannot grow large; merge keys are resolved.
package yamltree

import (
	"qaudit/internal/collect/files/place"
)

// Kind is the kind of a node.
type Kind uint8

// The kinds of nodes. A scalar is any text, number or truth value, as written.
const (
	Null Kind = iota
	Scalar
	Sequence
	Mapping
)

// Node is a value.
type Node struct {
	Kind   Kind
	Text   string // Scalar
	Quoted bool   // Scalar: in quotes or a block, so certainly text
	Tag    string // as written: "!reset"
	Items  []*Node
	Fields []Field // in source order, merged ones last; keys are unique
	Span   place.Span
}

// Field is an entry of a mapping. Span reaches from the key to the end of a scalar value.
type Field struct {
	Key   string
	Value *Node
	Span  place.Span
}

// Get returns the entry with this key.
func (n *Node) Get(key string) (Field, bool) {
	if n != nil {
		for _, f := range n.Fields {
			if f.Key == key {
				return f, true
			}
		}
	}
	return Field{}, false
}

// Value is the value of an entry, nil when there is none.
func (n *Node) Value(key string) *Node {
	f, _ := n.Get(key)
	return f.Value
}

// Is reports whether n is there and of a kind.
func (n *Node) Is(k Kind) bool { return n != nil && n.Kind == k }

// maxBytes and maxLines bound a file: the parser takes time that grows with the square of
// the keys of one mapping (50,000 take 15 s). Files that people write stay far below.
const (
	maxBytes = 1 << 20
	maxLines = 10_000
)

// maxNodes bounds what merge keys may copy.
const maxNodes = 200_000
