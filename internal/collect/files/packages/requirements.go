package packages

import (
	"path"
	"regexp"
	"strings"
)

// requirement is a name with extras, and a spec up to a marker, comment or option.
var requirement = regexp.MustCompile(`^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*([^;#]*)`)

var (
	includes = regexp.MustCompile(`^(?:-r|-c|--requirement|--constraint)(?:\s*=?\s*)(\S+)`)
	comment  = regexp.MustCompile(`(?:^|\s)#.*$`)
	option   = regexp.MustCompile(`\s--?[a-z].*$`)
)

// requirements reads a requirements file of pip.
func (r *reader) requirements() {
	for n := 1; n <= r.text.Count(); n++ {
		l := r.text.Line(n)
		start := l.Start
		line := comment.ReplaceAllString(l.Text, "")
		if strings.HasSuffix(line, `\`) {
			line, n = r.continued(line, n)
		}
		trimmed := strings.TrimSpace(line)
		if trimmed == "" {
			continue
		}
		start += len(l.Text) - len(strings.TrimLeft(l.Text, " \t"))
		if strings.Contains(trimmed, "\x00") {
			r.problem(start, "", "a null byte stands in the line")
			continue
		}
		if m := includes.FindStringSubmatch(trimmed); m != nil {
			r.result.Includes = append(r.result.Includes, Include{path.Join(path.Dir(r.text.Path), strings.Trim(m[1], `"'`)), r.text.Span(start, l.Start+len(l.Text))})
			continue
		}
		if trimmed[0] == '-' {
			continue
		}
		r.requirement(trimmed, false, start, l.Start+len(strings.TrimRight(l.Text, " \t")))
	}
}

// continued joins the lines that a backslash at the end of line n adds to it, and returns
// the number of the last. Hashes of a release are a few dozen lines.
func (r *reader) continued(line string, n int) (string, int) {
	var b strings.Builder
	for strings.HasSuffix(line, `\`) && n < r.text.Count() {
		b.WriteString(line[:len(line)-1] + " ")
		n++
		line = comment.ReplaceAllString(r.text.Line(n).Text, "")
	}
	b.WriteString(line)
	return b.String(), n
}

// requirement reads one requirement as PEP 508 writes it.
func (r *reader) requirement(text string, lock bool, start, end int) {
	m := requirement.FindStringSubmatch(text)
	if m == nil {
		return
	}
	spec := option.ReplaceAllString(" "+m[2], "")
	spec = strings.Trim(spec, " \t()")
	r.python(m[1], strings.TrimSpace(strings.TrimPrefix(spec, "@")), lock, start, end)
}
