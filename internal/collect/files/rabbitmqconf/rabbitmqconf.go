// Package rabbitmqconf reads rabbitmq.conf: the sysctl-like format of cuttlefish.
package rabbitmqconf

import (
	"regexp"
	"strings"

	"qaudit/internal/collect/files/place"
)

// Include is the key of an entry that names further files ("include conf.d/*.conf").
const Include = "include"

// Parse returns the settings of a file in order, and its lines that are none. RabbitMQ does
// not boot with such a line; what stands on the others is returned all the same.
//
// Values are taken as cuttlefish takes them (its grammar is conf_parse.peg): single quotes
// enclose a value and may span lines, double quotes are part of it, and a "#" outside of
// single quotes starts a comment.
func Parse(path string, src []byte) ([]place.Entry, []place.Problem) {
	t := place.New(path, src)
	if p, bad := t.Unreadable(); bad {
		return nil, []place.Problem{p}
	}
	r := reader{text: t}
	for n := 1; n <= t.Count(); {
		n = r.line(n)
	}
	return r.entries, r.problems
}

type reader struct {
	text     *place.Text
	entries  []place.Entry
	problems []place.Problem
}

var (
	setting = regexp.MustCompile(`^[ \t]*((?:\\\.|[A-Za-z0-9_-])+(?:\.(?:\\\.|[A-Za-z0-9_-])+)*)[ \t]*=[ \t]*`)
	include = regexp.MustCompile(`^[ \t]*include[ \t]+([A-Za-z0-9\-_.*/]+)[ \t]*(?:#.*)?$`)
	yaml    = regexp.MustCompile(`^[ \t]*(?:- |[A-Za-z0-9_.-]+:(?:[ \t]|$))`)
)

// line reads line n and returns the number of the next one.
func (r *reader) line(n int) int {
	l := r.text.Line(n)
	trimmed := strings.Trim(l.Text, " \t")
	switch {
	case trimmed == "" || trimmed[0] == '#':
		return n + 1
	case strings.Contains(l.Text, "\x00"):
		r.problem(l, "", "a null byte stands in the line")
		return n + 1
	}
	m := setting.FindStringSubmatchIndex(l.Text)
	if m == nil {
		if inc := include.FindStringSubmatchIndex(l.Text); inc != nil {
			r.add(Include, l.Text[inc[2]:inc[3]], l.Start+indent(l.Text), l.Start+inc[3])
			return n + 1
		}
		r.problem(l, "", unread(l.Text))
		return n + 1
	}
	key := strings.ReplaceAll(l.Text[m[2]:m[3]], `\.`, ".")
	start, value := l.Start+m[2], l.Text[m[1]:]
	if strings.HasPrefix(value, "'") {
		if next, ok := r.quoted(l, key, start, l.Start+m[1]); ok {
			return next
		}
	}
	if i := strings.IndexByte(value, '#'); i >= 0 {
		value = value[:i]
	}
	value = strings.TrimRight(value, " \t")
	if value == "" {
		r.problem(l, key, "it has no value")
		return n + 1
	}
	r.add(key, value, start, l.Start+m[1]+len(value))
	return n + 1
}

// quoted reads the value in single quotes at offset at; ok is false when no quote closes
// it: cuttlefish then takes the line as a plain value.
func (r *reader) quoted(l place.Line, key string, start, at int) (next int, ok bool) {
	src := r.text.Src
	end := strings.IndexByte(src[at+1:], '\'')
	if end < 0 {
		return 0, false
	}
	end += at + 1
	last := r.text.Span(end, end).Line
	rest := strings.Trim(r.text.Line(last).Text[end+1-r.text.Line(last).Start:], " \t")
	if rest != "" && rest[0] != '#' {
		r.problem(l, key, "text stands behind its closing quote")
		return last + 1, true
	}
	r.add(key, src[at+1:end], start, end+1)
	return last + 1, true
}

func (r *reader) add(key, value string, start, end int) {
	r.entries = append(r.entries, place.Entry{Key: key, Value: value, Span: r.text.Span(start, end)})
}

func (r *reader) problem(l place.Line, key, why string) {
	r.problems = append(r.problems, r.text.Problem(l.Start+indent(l.Text), key, why))
}

// unread says what a line that is no setting looks like.
func unread(line string) string {
	switch {
	case strings.Contains(line, "{{"), strings.Contains(line, "{%"), strings.Contains(line, "<%"):
		return "it is a template"
	case yaml.MatchString(line):
		return `it is YAML; rabbitmq.conf has lines of the form "key = value"`
	}
	return `it is not of the form "key = value"`
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }
