// Package dotenv reads .env files: variables as shells, compose and the dotenv libraries
// take them. Variables in values stay as written.
package dotenv

import (
	"strings"

	"qaudit/internal/collect/files/place"
)

// Var is a variable.
type Var struct {
	Name  string
	Value string
	// Raw: the value stood in single quotes, so that a "$" in it starts no variable.
	Raw  bool
	Span place.Span // from the name to the end of the value
}

// Parse returns the variables of a file in order, and the lines that are none. A line with
// a name alone ("NAME", which compose passes through) gives nothing.
func Parse(path string, src []byte) ([]Var, []place.Problem) {
	t := place.New(path, src)
	if p, bad := t.Unreadable(); bad {
		return nil, []place.Problem{p}
	}
	r := reader{text: t}
	for n := 1; n <= t.Count(); {
		n = r.line(n)
	}
	return r.vars, r.problems
}

type reader struct {
	text     *place.Text
	vars     []Var
	problems []place.Problem
}

// line reads line n and returns the number of the next one.
func (r *reader) line(n int) int {
	l := r.text.Line(n)
	rest := strings.TrimLeft(l.Text, " \t")
	if rest == "" || rest[0] == '#' {
		return n + 1
	}
	if after, ok := strings.CutPrefix(rest, "export"); ok && strings.TrimLeft(after, " \t") != after {
		rest = strings.TrimLeft(after, " \t")
	}
	start := l.Start + len(l.Text) - len(rest)
	if strings.Contains(rest, "\x00") {
		r.problem(start, "", "a null byte stands in the line")
		return n + 1
	}
	sep := strings.IndexAny(rest, "=:")
	name := rest
	if sep >= 0 {
		name = rest[:sep]
	}
	name = strings.TrimRight(name, " \t")
	if !named(name) || sep > 0 && rest[sep] == ':' && (sep+1 == len(rest) || rest[sep+1] != ' ') {
		r.problem(start, "", `it is not of the form "NAME=value"`)
		return n + 1
	}
	if sep < 0 {
		return n + 1
	}
	at := start + sep + 1
	at += len(rest[sep+1:]) - len(strings.TrimLeft(rest[sep+1:], " \t"))
	value := r.text.Src[at : l.Start+len(l.Text)]
	if value != "" && (value[0] == '"' || value[0] == '\'' || value[0] == '`') {
		return r.quoted(n, name, start, at)
	}
	// A "#" starts a comment only behind a blank, so that URLs with fragments stay whole.
	for i := range value {
		if value[i] == '#' && (i == 0 || value[i-1] == ' ' || value[i-1] == '\t') {
			value = value[:i]
			break
		}
	}
	value = strings.TrimRight(value, " \t")
	r.vars = append(r.vars, Var{Name: name, Value: value, Span: r.text.Span(start, at+len(value))})
	return n + 1
}

// quoted reads a value in quotes, which may span lines. An unclosed one is a problem, and
// the line is taken as far as it goes for naught: the value is not known.
func (r *reader) quoted(n int, name string, start, at int) (next int) {
	src := r.text.Src
	quote := src[at]
	var b strings.Builder
	for i := at + 1; i < len(src); i++ {
		switch c := src[i]; {
		case c == quote:
			r.vars = append(r.vars, Var{Name: name, Value: strings.ReplaceAll(b.String(), "\r\n", "\n"),
				Raw: quote != '"', Span: r.text.Span(start, i+1)})
			return r.text.Span(i, i).Line + 1
		case c == '\\' && quote == '"' && i+1 < len(src):
			i++
			switch src[i] {
			case 'n':
				b.WriteByte('\n')
			case 'r':
				b.WriteByte('\r')
			case 't':
				b.WriteByte('\t')
			case '$':
				b.WriteString("$$") // interpolation reads it as a plain dollar sign
			default:
				b.WriteByte(src[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	r.problem(start, name, "its quote is never closed")
	return n + 1
}

func (r *reader) problem(at int, key, why string) {
	r.problems = append(r.problems, r.text.Problem(at, key, why))
}

func named(s string) bool {
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '_' && c != '.' && c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
