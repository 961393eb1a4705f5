package place

import (
	"fmt"
	"strings"

	"qaudit/internal/model"
)

// Problem is a part of a file that could not be read. The parts around it were.
type Problem struct {
	Path         string
	Line, Column int
	Key          string // the key or object that it concerns, "" when it is none
	Why          string
}

// Error names file, line, column and key.
func (p Problem) Error() string {
	if p.Key == "" {
		return fmt.Sprintf("%s:%d:%d: %s", p.Path, p.Line, p.Column, p.Why)
	}
	return fmt.Sprintf("%s:%d:%d: %s: %s", p.Path, p.Line, p.Column, p.Key, p.Why)
}

// Gap is the problem as a gap of an input.
func (p Problem) Gap(input string) model.Gap {
	what := fmt.Sprintf("%s:%d", p.Path, p.Line)
	if p.Key != "" {
		what += " " + p.Key
	}
	return model.Gap{Input: input, Kind: model.GapUnreadable, What: what, Why: p.Why,
		Place: model.Place{File: p.Path, Line: p.Line, Column: p.Column}}
}

// Problem is a problem at an offset of the text.
func (t *Text) Problem(offset int, key, why string) Problem {
	line, column := t.position(min(max(offset, 0), len(t.Src)))
	return Problem{Path: t.Path, Line: line, Column: column, Key: key, Why: why}
}

// Unreadable says why the text cannot be read as text at all; ok is false when it can.
func (t *Text) Unreadable() (p Problem, ok bool) {
	if strings.HasPrefix(t.Src, "\xff\xfe") || strings.HasPrefix(t.Src, "\xfe\xff") {
		return t.Problem(0, "", "it is in UTF-16, which is not read"), true
	}
	return Problem{}, false
}

// MaxNesting is how deep brackets or dashes may nest before a file is refused: parsers
// that recurse would exhaust the stack. Files that people and tools write stay below 50.
const MaxNesting = 500

// TooDeep finds the first place where brackets, or the dashes of a YAML sequence, nest
// deeper than MaxNesting. Brackets in strings and comments count too: such a file would
// have to hold hundreds that are never closed.
func (t *Text) TooDeep() (p Problem, found bool) {
	depth, dashes := 0, 0
	for i := 0; i < len(t.Src); i++ {
		switch c := t.Src[i]; c {
		case '[', '{', '(':
			depth++
		case ']', '}', ')':
			depth = max(depth-1, 0)
		case '-', '?', ':':
			dashes++
		case ' ', '\t', '\r':
		default:
			dashes = 0
		}
		if t.Src[i] == '\n' {
			dashes = 0
		}
		if depth > MaxNesting || dashes > MaxNesting && spaced(t.Src, i) {
			return t.Problem(i, "", fmt.Sprintf("it nests deeper than %d levels", MaxNesting)), true
		}
	}
	return Problem{}, false
}

// spaced says that the dashes up to i are separated, as those of nested sequences are; a
// ruler of dashes in a comment is not.
func spaced(s string, i int) bool {
	return i >= 2 && (s[i-1] == ' ' || s[i-1] == '\t')
}
