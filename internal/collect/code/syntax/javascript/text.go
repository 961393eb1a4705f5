package javascript

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"qaudit/internal/collect/code/syntax"
)

// literal is the text of a string, decoded.
func (w *lowering) literal(n *node) string {
	s := w.text(n)
	if len(s) < 2 {
		return ""
	}
	q := s[0]
	s = s[1:]
	if s[len(s)-1] == q { // not so when the string is broken off
		s = s[:len(s)-1]
	}
	return unescape(s)
}

// template lowers `…${x}…`; without holes it is a string. The text between the holes
// is taken from the source: old nodes leave parts of it out.
func (w *lowering) template(e *syntax.Expr, n *node) {
	e.Kind = syntax.Template
	from := n.Start + 1
	text := func(to int32) {
		if to > from {
			at := &node{Start: from, End: to}
			e.Args = append(e.Args, syntax.Arg{Value: &syntax.Expr{Kind: syntax.StringLit,
				Span: w.span(at), Text: unescape(w.text(at))}})
		}
	}
	holes := 0
	for c := n.First; c != nil; c = c.Next {
		if c.Kind == "template_substitution" {
			text(c.Start)
			e.Args = append(e.Args, syntax.Arg{Value: w.expr(c.FirstNamed())})
			from = c.End
			holes++
		}
	}
	end := n.End
	if strings.HasSuffix(w.text(n), "`") {
		end--
	}
	text(end)
	if holes == 0 {
		e.Kind = syntax.StringLit
		if len(e.Args) > 0 {
			e.Text = e.Args[0].Value.Text
		}
		e.Args = nil
	}
}

func (w *lowering) number(e *syntax.Expr, s string) {
	t := strings.ReplaceAll(s, "_", "")
	t = strings.TrimSuffix(t, "n")
	if i, err := strconv.ParseInt(t, base(t), 64); err == nil {
		e.Kind, e.Int = syntax.IntLit, i
		return
	}
	if f, err := strconv.ParseFloat(t, 64); err == nil {
		e.Kind, e.Float = syntax.FloatLit, f
		return
	}
	e.Kind, e.Text = syntax.Other, s
}

// base is that of strconv: 0 reads the prefix. 08 and 00 are decimal in JavaScript.
func base(s string) int {
	if strings.ContainsAny(s, "89") && !strings.ContainsAny(s, "xX") || strings.Trim(s, "0") == "" {
		return 10
	}
	return 0
}

// unescape decodes the escapes of a string.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		text, n := escape(s[i+1:])
		b.WriteString(text)
		i += 1 + n
	}
	return b.String()
}

const simpleEscapes = "b\bf\fn\nr\rt\tv\v"

// escape decodes what follows a backslash: its text and length, at least 1.
func escape(s string) (string, int) {
	switch c := s[0]; c {
	case '\n':
		return "", 1
	case '\r':
		if strings.HasPrefix(s, "\r\n") {
			return "", 2
		}
		return "", 1
	case 'x':
		return hex(s, 3)
	case 'u':
		if strings.HasPrefix(s, "u{") {
			if end := strings.IndexByte(s, '}'); end > 0 {
				return codePoint(s[2:end], s, end+1)
			}
		}
		return hex(s, 5)
	case '0':
		if len(s) == 1 || s[1] < '0' || s[1] > '9' {
			return "\x00", 1
		}
	default:
		for i := 0; i < len(simpleEscapes); i += 2 {
			if simpleEscapes[i] == c {
				return simpleEscapes[i+1 : i+2], 1
			}
		}
	}
	_, n := utf8.DecodeRuneInString(s)
	return s[:n], n
}

// hex decodes the digits of s[1:n].
func hex(s string, n int) (string, int) {
	if len(s) < n {
		return s[:1], 1
	}
	return codePoint(s[1:n], s, n)
}

func codePoint(digits, s string, n int) (string, int) {
	v, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || v > utf8.MaxRune {
		return s[:1], 1
	}
	return string(rune(v)), n
}
