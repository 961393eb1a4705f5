// Package place finds where in a file something stands, and says what in it could not be
// read.
package place

import (
	"sort"
	"strings"
)

// Span is a piece of a file: byte offsets Start and End, lines and columns from 1, columns
// in bytes. Offsets and the columns of the first line do not count a byte order mark.
type Span struct {
	Start, End                       int
	Line, Column, EndLine, EndColumn int
}

// Text is a file with an index of its lines.
type Text struct {
	Path   string
	Src    string // without byte order mark
	starts []int  // offset of the first byte of each line
}

// New indexes src.
func New(path string, src []byte) *Text {
	t := &Text{Path: path, Src: strings.TrimPrefix(string(src), "\ufeff"), starts: []int{0}}
	for i := 0; i < len(t.Src); i++ {
		if t.Src[i] == '\n' {
			t.starts = append(t.starts, i+1)
		}
	}
	return t
}

// Span is the piece from offset start up to end, both brought within the file.
func (t *Text) Span(start, end int) Span {
	start = min(max(start, 0), len(t.Src))
	end = min(max(end, start), len(t.Src))
	s := Span{Start: start, End: end}
	s.Line, s.Column = t.position(start)
	s.EndLine, s.EndColumn = t.position(end)
	return s
}

func (t *Text) position(offset int) (line, column int) {
	i := sort.SearchInts(t.starts, offset+1)
	return i, offset - t.starts[i-1] + 1
}

// Offset is the offset of a line and column, both from 1 and brought within the file.
func (t *Text) Offset(line, column int) int {
	line = min(max(line, 1), len(t.starts))
	return min(t.starts[line-1]+max(column, 1)-1, len(t.Src))
}

// Line is one line of a text without its end.
type Line struct {
	N     int // from 1
	Start int // offset of its first byte
	Text  string
}

// Count is the number of lines.
func (t *Text) Count() int { return len(t.starts) }

// Line returns line n, counted from 1; an empty one when there is no such line.
func (t *Text) Line(n int) Line {
	if n < 1 || n > len(t.starts) {
		return Line{N: n, Start: len(t.Src)}
	}
	start, end := t.starts[n-1], len(t.Src)
	if n < len(t.starts) {
		end = t.starts[n] - 1
	}
	return Line{N: n, Start: start, Text: strings.TrimSuffix(t.Src[start:end], "\r")}
}

// Lines calls yield for each line in order.
func (t *Text) Lines(yield func(Line) bool) {
	for n := 1; n <= len(t.starts); n++ {
		if !yield(t.Line(n)) {
			return
		}
	}
}

// Entry is one key with its value, as a file of keys and values has it.
type Entry struct {
	Key, Value string
	Span       Span // from the key to the end of the value
}
