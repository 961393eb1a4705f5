package erlang

import (
	"strings"
	"unicode/utf8"

	"qaudit/internal/collect/files/place"
)

// Parse reads the terms of t, each ended by a full stop. Of a file that breaks off or does
// not parse it returns what it could read: an unclosed list holds the elements before the
// break.
func Parse(t *place.Text) ([]Term, []place.Problem) {
	if p, bad := t.Unreadable(); bad {
		return nil, []place.Problem{p}
	}
	if p, deep := t.TooDeep(); deep {
		return nil, []place.Problem{p}
	}
	s := scanner{text: t, src: t.Src}
	var terms []Term
	for s.blank(); s.at < len(s.src); s.blank() {
		before := s.at
		term := s.term()
		if term.Kind != Broken {
			terms = append(terms, term)
		}
		s.blank()
		if s.at < len(s.src) && s.src[s.at] == '.' {
			s.at++
			continue
		}
		if len(s.problems) == 0 {
			s.problem(s.at, "a full stop is missing behind the term")
		}
		if s.at == before || len(s.problems) > 0 {
			break
		}
	}
	return terms, s.problems
}

type scanner struct {
	text     *place.Text
	src      string
	at       int
	problems []place.Problem
}

// problem records the first problem only: what follows it is its consequence.
func (s *scanner) problem(at int, why string) {
	if len(s.problems) == 0 {
		s.problems = append(s.problems, s.text.Problem(at, "", why))
	}
}

// blank skips white space and comments.
func (s *scanner) blank() {
	for s.at < len(s.src) {
		switch c := s.src[s.at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v':
			s.at++
		case c == '%':
			if i := strings.IndexByte(s.src[s.at:], '\n'); i >= 0 {
				s.at += i
			} else {
				s.at = len(s.src)
			}
		default:
			return
		}
	}
}

func (s *scanner) term() Term {
	s.blank()
	start := s.at
	t := s.bare()
	if t.Kind == Broken && s.at == start {
		s.problem(start, "no Erlang term starts here")
	}
	t.Span = s.text.Span(start, s.at)
	return t
}

func (s *scanner) bare() Term {
	if s.at >= len(s.src) {
		return Term{}
	}
	switch c := s.src[s.at]; {
	case c == '[':
		return s.sequence(List, ']')
	case c == '{':
		return s.sequence(Tuple, '}')
	case strings.HasPrefix(s.src[s.at:], "#{"):
		s.at++
		return s.sequence(Map, '}')
	case strings.HasPrefix(s.src[s.at:], "<<"):
		return s.binary()
	case c == '"':
		return s.strings()
	case c == '\'':
		text, _ := s.quoted('\'')
		return Term{Kind: Atom, Text: text}
	case c == '$':
		return s.char()
	case c == '-' || c == '+' || c >= '0' && c <= '9':
		return s.number()
	case c >= 'a' && c <= 'z':
		end := s.at
		for end < len(s.src) && atomByte(s.src[end]) {
			end++
		}
		t := Term{Kind: Atom, Text: s.src[s.at:end]}
		s.at = end
		return t
	}
	return Term{}
}

// sequence reads a list, tuple or map from its opening bracket.
func (s *scanner) sequence(kind Kind, close byte) Term {
	t := Term{Kind: kind, Open: true}
	open := s.at
	s.at++
	for s.blank(); ; s.blank() {
		switch {
		case s.at >= len(s.src):
			s.problem(open, "its bracket is never closed")
			return t
		case s.src[s.at] == close:
			s.at++
			t.Open = false
			return t
		case s.src[s.at] == ',' || s.src[s.at] == '|':
			s.at++
			continue
		}
		before := s.at
		item := s.term()
		if item.Kind == Broken {
			s.at = max(s.at, before)
			return t
		}
		t.Items = append(t.Items, item)
		if kind == Map {
			s.blank()
			if strings.HasPrefix(s.src[s.at:], "=>") || strings.HasPrefix(s.src[s.at:], ":=") {
				s.at += 2
			}
		}
		s.blank()
		if s.at < len(s.src) && s.src[s.at] != ',' && s.src[s.at] != '|' && s.src[s.at] != close && kind != Map {
			s.problem(s.at, "a comma or closing bracket is missing")
			return t
		}
		if len(s.problems) > 0 {
			return t
		}
	}
}

// binary reads <<"text">>, <<1,2>> and <<"text"/utf8>>.
func (s *scanner) binary() Term {
	open := s.at
	s.at += 2
	var b strings.Builder
	for s.blank(); s.at < len(s.src); s.blank() {
		if strings.HasPrefix(s.src[s.at:], ">>") {
			s.at += 2
			return Term{Kind: Binary, Text: b.String()}
		}
		switch c := s.src[s.at]; {
		case c == '"':
			text, _ := s.quoted('"')
			b.WriteString(text)
		case c >= '0' && c <= '9':
			n := 0
			for s.at < len(s.src) && s.src[s.at] >= '0' && s.src[s.at] <= '9' {
				n = (n*10 + int(s.src[s.at]-'0')) & 0xff
				s.at++
			}
			b.WriteByte(byte(n))
		case c == ',' || c == '/' || c == ':' || atomByte(c) || c == '-':
			s.at++
			for c == '/' && s.at < len(s.src) && (atomByte(s.src[s.at]) || s.src[s.at] == '-') {
				s.at++
			}
		default:
			s.problem(s.at, "the binary cannot be read")
			return Term{Kind: Binary, Text: b.String()}
		}
	}
	s.problem(open, "its >> is missing")
	return Term{Kind: Binary, Text: b.String()}
}

// strings reads a string; adjacent ones are one.
func (s *scanner) strings() Term {
	var b strings.Builder
	for s.at < len(s.src) && s.src[s.at] == '"' {
		text, closed := s.quoted('"')
		b.WriteString(text)
		if !closed {
			break
		}
		s.blank()
	}
	return Term{Kind: String, Text: b.String()}
}

// quoted reads the text in quotes at s.at.
func (s *scanner) quoted(quote byte) (text string, closed bool) {
	open := s.at
	var b strings.Builder
	for s.at++; s.at < len(s.src); s.at++ {
		switch c := s.src[s.at]; c {
		case quote:
			s.at++
			return b.String(), true
		case '\\':
			s.at++
			s.escape(&b)
		default:
			b.WriteByte(c)
		}
	}
	s.at = min(s.at, len(s.src))
	s.problem(open, "its quote is never closed")
	return b.String(), false
}

// escape reads what follows a backslash and leaves s.at on its last byte.
func (s *scanner) escape(b *strings.Builder) {
	if s.at >= len(s.src) {
		return
	}
	switch c := s.src[s.at]; c {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 's':
		b.WriteByte(' ')
	case 'x':
		s.hex(b)
	default:
		b.WriteByte(c)
	}
}

// hex reads \xHH and \x{H…}.
func (s *scanner) hex(b *strings.Builder) {
	braced := strings.HasPrefix(s.src[s.at+1:], "{")
	i, n, digits := s.at+1, 0, 0
	if braced {
		i++
	}
	for ; i < len(s.src) && (braced && digits < 6 || digits < 2); i++ {
		d := strings.IndexByte("0123456789abcdef", s.src[i]|0x20)
		if d < 0 {
			break
		}
		n, digits = n*16+d, digits+1
	}
	if digits == 0 {
		b.WriteByte('x')
		return
	}
	if braced && i < len(s.src) && s.src[i] == '}' {
		i++
	}
	if r := rune(n); utf8.ValidRune(r) {
		b.WriteRune(r)
	}
	s.at = i - 1
}

// char reads $a, an integer.
func (s *scanner) char() Term {
	start := s.at
	s.at++
	if s.at < len(s.src) && s.src[s.at] == '\\' {
		s.at++
	}
	if s.at < len(s.src) {
		_, n := utf8.DecodeRuneInString(s.src[s.at:])
		s.at += n
	}
	return Term{Kind: Integer, Text: s.src[start:s.at]}
}

// number reads integers (1_000, 16#ff) and floats (1.5e3).
func (s *scanner) number() Term {
	start := s.at
	kind := Integer
	s.at++
	for s.at < len(s.src) {
		c := s.src[s.at]
		switch {
		case c >= '0' && c <= '9' || c == '_' || c == '#':
		case c == '.' && s.at+1 < len(s.src) && s.src[s.at+1] >= '0' && s.src[s.at+1] <= '9':
			kind = Float
		case c == 'e' || c == 'E' || strings.Contains(s.src[start:s.at], "#") && atomByte(c):
		case (c == '-' || c == '+') && (s.src[s.at-1] == 'e' || s.src[s.at-1] == 'E'):
		default:
			return s.written(kind, start)
		}
		s.at++
	}
	return s.written(kind, start)
}

func (s *scanner) written(kind Kind, start int) Term {
	text := strings.ReplaceAll(s.src[start:s.at], "_", "")
	if strings.Trim(text, "+-") == "" {
		s.problem(start, "no Erlang term starts here")
		return Term{}
	}
	return Term{Kind: kind, Text: text}
}
