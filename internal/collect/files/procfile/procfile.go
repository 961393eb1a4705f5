// Package procfile reads Procfiles: one process type a line.
package procfile

import (
	"regexp"
	"strings"

	"qaudit/internal/collect/files/place"
)

// Process is a process type with its command, which a shell runs.
type Process struct {
	Name    string
	Command string
	Start   int        // offset of the command in the file
	Span    place.Span // of the line
}

var line = regexp.MustCompile(`^[ \t]*([A-Za-z0-9_-]+)[ \t]*:[ \t]*(.*?)[ \t]*$`)

// Parse returns the processes of a file in order, and the lines that are none.
func Parse(path string, src []byte) ([]Process, []place.Problem) {
	t := place.New(path, src)
	if p, bad := t.Unreadable(); bad {
		return nil, []place.Problem{p}
	}
	var out []Process
	var problems []place.Problem
	for l := range t.Lines {
		trimmed := strings.TrimSpace(l.Text)
		if trimmed == "" || trimmed[0] == '#' {
			continue
		}
		at := l.Start + strings.Index(l.Text, trimmed)
		m := line.FindStringSubmatchIndex(l.Text)
		switch {
		case strings.Contains(l.Text, "\x00"):
			problems = append(problems, t.Problem(at, "", "a null byte stands in the line"))
		case m == nil:
			problems = append(problems, t.Problem(at, "", `it is not of the form "name: command"`))
		case m[4] == m[5]:
			problems = append(problems, t.Problem(at, l.Text[m[2]:m[3]], "it has no command"))
		default:
			out = append(out, Process{Name: l.Text[m[2]:m[3]], Command: l.Text[m[4]:m[5]],
				Start: l.Start + m[4], Span: t.Span(l.Start+m[2], l.Start+m[5])})
		}
	}
	return out, problems
}
