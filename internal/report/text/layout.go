package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
)

// Clean makes a name from outside safe for a terminal: control characters and marks that
// reorder text are written as escapes.
func Clean(s string) string {
	bad := func(r rune) bool {
		return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || r == utf8.RuneError
	}
	if !strings.ContainsFunc(s, bad) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteByte(' ')
		case bad(r):
			fmt.Fprintf(&b, "\\u%04x", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// pad fills s with spaces up to the width; colours do not count.
func pad(s string, width int) string {
	if n := width - lipgloss.Width(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// cut shortens s to the width, with an ellipsis.
func cut(s string, width int) string {
	if lipgloss.Width(s) <= width {
		return s
	}
	var b strings.Builder
	w := 0
	for _, r := range s {
		n := lipgloss.Width(string(r))
		if w+n > width-1 {
			break
		}
		b.WriteRune(r)
		w += n
	}
	return b.String() + "…"
}

// twoColumns writes left, and right at the right edge where it fits, else after it.
func (p *printer) twoColumns(left, right string) {
	space := p.o.Width - lipgloss.Width(left) - lipgloss.Width(right)
	if space < 2 {
		space = 2
	}
	p.line("%s%s%s", left, strings.Repeat(" ", space), right)
}

// wrap writes text in lines of the width, the first after first, the others after rest.
func (p *printer) wrap(text, first, rest string) {
	line, empty := first, true
	for _, word := range strings.Split(text, " ") {
		if !empty && lipgloss.Width(line)+1+lipgloss.Width(word) > p.o.Width {
			p.line("%s", line)
			line, empty = rest, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	p.line("%s", line)
}

func plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ay"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(noun, "y"))
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func bytes(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.0f kB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}

// upperFirst makes a capital of a sentence's first letter. A first word that is not plain
// letters is a name or key and stays.
func upperFirst(s string) string {
	word, _, _ := strings.Cut(s, " ")
	if strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && r != ',' }) {
		return s
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
