package dockerfile

import (
	"regexp"
	"strings"

	"qaudit/internal/collect/files/place"
)

// instruction is an instruction with its operands on however many lines. body is as long
// as its source, with comments in it blanked and each line that goes on ended by a
// backslash, so that offsets in it are offsets from start in the file.
type instruction struct {
	name  string // upper case
	body  string
	start int // offset of body
	at    int // offset of the name
}

var (
	directive = regexp.MustCompile(`^#[ \t]*([a-z]+)[ \t]*=[ \t]*(.*?)[ \t]*$`)
	heredoc   = regexp.MustCompile(`<<-?[ \t]*(?:"([A-Za-z0-9_.]+)"|'([A-Za-z0-9_.]+)'|([A-Za-z0-9_.]+))`)
	keyword   = regexp.MustCompile(`^[ \t]*([A-Za-z]+)(?:[ \t]+|$)`)
)

// lexer cuts a text into instructions.
type lexer struct {
	text     *place.Text
	escape   byte
	out      []instruction
	problems []place.Problem
	endless  map[string]bool // words of here-documents that no later line ends
}

func (x *lexer) run() {
	x.escape, x.endless = '\\', map[string]bool{}
	n := 1
	for ; n <= x.text.Count(); n++ { // directives stand before anything else
		m := directive.FindStringSubmatch(x.text.Line(n).Text)
		if m == nil {
			break
		}
		if m[1] == "escape" && (m[2] == "`" || m[2] == `\`) {
			x.escape = m[2][0]
		}
	}
	for n <= x.text.Count() {
		n = x.instruction(n)
	}
}

// instruction reads the one that starts at line n and returns the line behind it.
func (x *lexer) instruction(n int) int {
	l := x.text.Line(n)
	trimmed := strings.TrimLeft(l.Text, " \t")
	if trimmed == "" || trimmed[0] == '#' {
		return n + 1
	}
	m := keyword.FindStringSubmatchIndex(l.Text)
	if m == nil || strings.Contains(l.Text, "\x00") {
		why := "it is no instruction"
		if strings.Contains(l.Text, "\x00") {
			why = "a null byte stands in the line"
		}
		x.problems = append(x.problems, x.text.Problem(l.Start+len(l.Text)-len(trimmed), "", why))
		return n + 1
	}
	ins := instruction{name: strings.ToUpper(l.Text[m[2]:m[3]]), start: l.Start + m[1], at: l.Start + m[2]}
	var b strings.Builder
	next := x.join(&b, n, m[1])
	ins.body = b.String()
	if ins.name == "RUN" || ins.name == "COPY" || ins.name == "ADD" {
		next = x.heredocs(ins.body, next)
	}
	x.out = append(x.out, ins)
	return next
}

// join writes the operands from column from of line n on, over the lines that it goes on,
// and returns the line behind.
func (x *lexer) join(b *strings.Builder, n, from int) int {
	for first := true; n <= x.text.Count(); n++ {
		l := x.text.Line(n)
		end := len(x.text.Src)
		if n < x.text.Count() {
			end = x.text.Line(n + 1).Start
		}
		source := x.text.Src[l.Start:end]
		trimmed := strings.TrimSpace(source)
		if !first && (trimmed == "" || trimmed[0] == '#') {
			b.WriteString(strings.Repeat(" ", len(source)))
			continue
		}
		source = source[from:]
		first, from = false, 0
		kept := strings.TrimRight(source, " \t\r\n")
		if !strings.HasSuffix(kept, string(x.escape)) {
			b.WriteString(kept)
			return n + 1
		}
		// The escape moves to the end of the line, where a shell wants it.
		blank := len(source) - len(kept)
		b.WriteString(kept[:len(kept)-1])
		if strings.HasSuffix(source, "\n") {
			b.WriteString(strings.Repeat(" ", blank-1) + "\\\n")
		} else {
			b.WriteString(strings.Repeat(" ", blank+1))
		}
	}
	return n
}

// heredocs skips the here-documents that an instruction opens; next is the line behind its
// own.
func (x *lexer) heredocs(body string, next int) int {
	for _, m := range heredoc.FindAllStringSubmatchIndex(body, -1) {
		if m[0] > 0 && body[m[0]-1] == '<' { // "<<<" is a here-string
			continue
		}
		word := ""
		for i := 2; i < len(m); i += 2 {
			if m[i] >= 0 {
				word = body[m[i]:m[i+1]]
			}
		}
		if x.endless[word] {
			return next
		}
		tabs := strings.HasPrefix(body[m[0]:], "<<-")
		end := next
		for ; end <= x.text.Count(); end++ {
			line := x.text.Line(end).Text
			if tabs {
				line = strings.TrimLeft(line, "\t")
			}
			if line == word {
				break
			}
		}
		if end > x.text.Count() {
			// Not a here-document, or one that breaks off: what follows is read as instructions.
			x.endless[word] = true
			return next
		}
		next = end + 1
	}
	return next
}
