// Package erlang reads Erlang terms as configuration files hold them, with their positions.
package erlang

import (
	"strconv"
	"strings"

	"qaudit/internal/collect/files/place"
)

// Kind is the kind of a term.
type Kind uint8

// The kinds of terms. Broken is a place where a term was expected and none could be read.
const (
	Broken Kind = iota
	Atom
	Integer
	Float
	String
	Binary
	Tuple
	List
	Map
)

// Term is a term. Items are the elements of a tuple or list; of a map, keys and values in
// turn.
type Term struct {
	Kind  Kind
	Text  string // Atom, String, Binary: the text; numbers: as written
	Items []Term
	Open  bool // its end is missing: the file breaks off or does not parse within it
	Span  place.Span
}

// Pair returns the parts of a tuple of two that starts with an atom.
func (t Term) Pair() (key string, value Term, ok bool) {
	if t.Kind == Tuple && len(t.Items) == 2 && t.Items[0].Kind == Atom {
		return t.Items[0].Text, t.Items[1], true
	}
	return "", Term{}, false
}

// String is the term as Erlang writes it, without blanks.
func (t Term) String() string {
	var b strings.Builder
	t.write(&b)
	return b.String()
}

func (t Term) write(b *strings.Builder) {
	switch t.Kind {
	case Atom:
		if plainAtom(t.Text) {
			b.WriteString(t.Text)
		} else {
			b.WriteString("'" + strings.ReplaceAll(t.Text, "'", `\'`) + "'")
		}
	case Integer, Float:
		b.WriteString(t.Text)
	case String:
		b.WriteString(strconv.Quote(t.Text))
	case Binary:
		b.WriteString("<<" + strconv.Quote(t.Text) + ">>")
	case Tuple:
		t.items(b, "{", "}")
	case List:
		t.items(b, "[", "]")
	case Map:
		b.WriteString("#{")
		for i := 0; i+1 < len(t.Items); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			t.Items[i].write(b)
			b.WriteString("=>")
			t.Items[i+1].write(b)
		}
		b.WriteByte('}')
	}
}

func (t Term) items(b *strings.Builder, open, close string) {
	b.WriteString(open)
	for i, item := range t.Items {
		if i > 0 {
			b.WriteByte(',')
		}
		item.write(b)
	}
	b.WriteString(close)
}

func plainAtom(s string) bool {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !atomByte(s[i]) {
			return false
		}
	}
	return true
}

func atomByte(c byte) bool {
	return c == '_' || c == '@' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
