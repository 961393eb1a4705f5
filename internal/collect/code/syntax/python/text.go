package python

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"qaudit/internal/collect/code/syntax"
)

// str lowers one string: a StringLit, or a Template when it has holes.
func (w *lowering) str(e *syntax.Expr, n *node) {
	if w.text(n.Find("string_start")) == "`" { // repr of Python 2
		e.Text = w.text(n)
		return
	}
	w.pieces(e, w.stringPieces(n))
}

// concatenated joins "a" 'b' f"{c}".
func (w *lowering) concatenated(e *syntax.Expr, n *node) {
	var all []syntax.Arg
	for _, c := range n.NamedChildren() {
		if c.Kind == "string" {
			all = append(all, w.stringPieces(c)...)
		}
	}
	w.pieces(e, all)
}

// pieces makes a StringLit of text alone, a Template of text with holes.
func (w *lowering) pieces(e *syntax.Expr, parts []syntax.Arg) {
	var out []syntax.Arg
	for _, p := range parts {
		if last := len(out) - 1; last >= 0 && p.Value.Kind == syntax.StringLit &&
			p.Name == "" && out[last].Name == "" && out[last].Value.Kind == syntax.StringLit {
			joined := *out[last].Value
			joined.Text += p.Value.Text
			joined.Span.End, joined.Span.EndLine, joined.Span.EndColumn =
				p.Value.Span.End, p.Value.Span.EndLine, p.Value.Span.EndColumn
			out[last].Value = &joined
			continue
		}
		out = append(out, p)
	}
	switch {
	case len(out) == 0:
		e.Kind = syntax.StringLit
	case len(out) == 1 && out[0].Value.Kind == syntax.StringLit && out[0].Name == "":
		e.Kind, e.Text = syntax.StringLit, out[0].Value.Text
	default:
		e.Kind, e.Args = syntax.Template, out
	}
}

func (w *lowering) stringPieces(n *node) []syntax.Arg {
	prefix := strings.ToLower(strings.TrimRight(w.text(n.Find("string_start")), `"'`))
	raw, format, bytes := strings.Contains(prefix, "r"), strings.ContainsAny(prefix, "ft"), strings.Contains(prefix, "b")
	var out []syntax.Arg
	for c := n.First; c != nil; c = c.Next {
		switch c.Kind {
		case "string_content":
			s := w.text(c)
			if format {
				s = strings.NewReplacer("{{", "{", "}}", "}").Replace(s)
			}
			if !raw {
				s = unescape(s, bytes)
			}
			out = append(out, syntax.Arg{Value: &syntax.Expr{Kind: syntax.StringLit, Span: w.span(c), Text: s}})
		case "interpolation":
			a := syntax.Arg{Value: w.expr(c.Child("expression"))}
			a.Name = w.text(c.Child("type_conversion")) + w.text(c.Child("format_specifier"))
			if c.Has("=") {
				a.Name = "=" + a.Name
			}
			out = append(out, a)
		}
	}
	return out
}

// unescape decodes the escapes of a string that is not raw; what is no escape stays.
func unescape(s string, bytes bool) string {
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
		text, n := escape(s[i+1:], bytes)
		if n == 0 {
			b.WriteByte('\\')
			i++
			continue
		}
		b.WriteString(text)
		i += 1 + n
	}
	return b.String()
}

const simpleEscapes = "a\ab\bf\fn\nr\rt\tv\v\\\\''\"\""

// escape decodes what follows a backslash: its text and length, 0 when it is no escape.
func escape(s string, bytes bool) (string, int) {
	c := s[0]
	switch {
	case c == '\n':
		return "", 1
	case c == '\r':
		if strings.HasPrefix(s, "\r\n") {
			return "", 2
		}
		return "", 1
	case c == 'x':
		return hex(s, 2)
	case c == 'u' && !bytes:
		return hex(s, 4)
	case c == 'U' && !bytes:
		return hex(s, 8)
	case c >= '0' && c <= '7':
		n := 1
		for n < 3 && n < len(s) && s[n] >= '0' && s[n] <= '7' {
			n++
		}
		v, _ := strconv.ParseInt(s[:n], 8, 32)
		return string(rune(v)), n
	}
	for i := 0; i < len(simpleEscapes); i += 2 {
		if simpleEscapes[i] == c {
			return simpleEscapes[i+1 : i+2], 1
		}
	}
	return "", 0
}

func hex(s string, digits int) (string, int) {
	if len(s) < 1+digits {
		return "", 0
	}
	v, err := strconv.ParseUint(s[1:1+digits], 16, 32)
	if err != nil || v > utf8.MaxRune {
		return "", 0
	}
	return string(rune(v)), 1 + digits
}
