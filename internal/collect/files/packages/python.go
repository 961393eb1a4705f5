package packages

import (
	"regexp"
	"strings"

	"qaudit/internal/collect/files/jsontree"
	"qaudit/internal/collect/files/place"
)

// pipfileLock reads the sections "default" and "develop" of Pipfile.lock.
func (r *reader) pipfileLock() {
	j := jsontree.NewReader(r.text)
	_, err := j.Object(func(section string, _ place.Span) error {
		if section != "default" && section != "develop" {
			return j.Skip()
		}
		_, err := j.Object(func(name string, at place.Span) error {
			v, err := j.Value()
			if spec := v.Str("version"); err == nil && spec != "" {
				r.python(name, spec, true, at.Start, v.Span.End)
			}
			return err
		})
		return err
	})
	if err != nil {
		r.problems = append(r.problems, j.Problem("", err))
	}
}

var (
	section    = regexp.MustCompile(`^\[([^\]]*)\]`)
	assignment = regexp.MustCompile(`^([A-Za-z0-9_.-]+)\s*[=:]\s*(.*)$`)
)

// setupCfg reads install_requires and extras_require.
func (r *reader) setupCfg() {
	at, key := "", ""
	for l := range r.text.Lines {
		text := strings.TrimSpace(l.Text)
		if text == "" || text[0] == '#' || text[0] == ';' {
			continue
		}
		if m := section.FindStringSubmatch(l.Text); m != nil {
			at, key = m[1], ""
			continue
		}
		start := l.Start + strings.Index(l.Text, text)
		if l.Text[0] != ' ' && l.Text[0] != '\t' {
			m := assignment.FindStringSubmatch(text)
			if m == nil {
				key = ""
				continue
			}
			key, text = m[1], m[2]
			start = l.Start + len(l.Text) - len(strings.TrimLeft(text, " "))
		}
		if text != "" && (at == "options" && key == "install_requires" || at == "options.extras_require" && key != "") {
			r.requirement(text, false, start, l.Start+len(strings.TrimRight(l.Text, " \t")))
		}
	}
}

var installRequires = regexp.MustCompile(`install_requires["']?\s*[=:]\s*\[`)

// setupPy reads a literal list install_requires; anything computed is left out.
func (r *reader) setupPy() {
	for _, m := range installRequires.FindAllStringIndex(r.text.Src, -1) {
		src := r.text.Src
		for i := m[1]; i < len(src) && src[i] != ']'; i++ {
			switch src[i] {
			case '#':
				if n := strings.IndexByte(src[i:], '\n'); n >= 0 {
					i += n
				} else {
					i = len(src)
				}
			case '"', '\'':
				end := strings.IndexByte(src[i+1:], src[i])
				if end < 0 {
					return
				}
				r.requirement(src[i+1:i+1+end], false, i, i+end+2)
				i += end + 1
			}
		}
	}
}
