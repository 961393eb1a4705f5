package code

import (
	"bytes"
	"regexp"
	"strings"
	"time"

	"qaudit/internal/collect"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/collect/code/walk"
	"qaudit/internal/model"
)

// ignoreComment is qaudit:ignore rule[,rule] [-- reason] [until=DATE].
var ignoreComment = regexp.MustCompile(`qaudit:ignore\s+([a-z0-9*/,\s-]*?[a-z0-9*])\s*(?:--\s*(.*))?$`)

var untilDate = regexp.MustCompile(`\s*\buntil=(\S+)\s*`)

// commentsOf keeps the comments of a source file that silence rules. One covers the
// statement that begins on its own line, or on the line below.
func (t *tree) commentsOf(f *syntax.File) {
	for _, c := range f.Comments {
		if strings.Contains(c.Text, walk.Ignore) {
			t.suppress(f.Path, c.Span.Line, c.Span.Column, c.Text)
		}
	}
}

// comments keeps those of a configuration file, by a scan of its lines.
func (t *tree) comments(path string, src []byte) {
	if !bytes.Contains(src, []byte(walk.Ignore)) {
		return
	}
	for i, line := range strings.Split(string(src), "\n") {
		if at := strings.Index(line, walk.Ignore); at >= 0 && strings.ContainsAny(line[:at], "#/%;") {
			t.suppress(path, i+1, at+1, line[at:])
		}
	}
}

func (t *tree) suppress(path string, line, column int, text string) {
	s := collect.Suppression{Input: t.o.Input, Place: model.Place{File: path, Line: line, Column: column}, First: line, Last: line + 1}
	m := ignoreComment.FindStringSubmatch(strings.TrimRight(strings.TrimSpace(text), "*/ "))
	if m == nil {
		s.Bad = "it names no rule: qaudit:ignore rule-id -- reason"
		t.suppressions = append(t.suppressions, s)
		return
	}
	for _, id := range strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ' ' }) {
		s.Rules = append(s.Rules, id)
	}
	s.Reason = m[2]
	if d := untilDate.FindStringSubmatch(s.Reason); d != nil {
		until, err := time.Parse(time.DateOnly, d[1])
		if err != nil {
			s.Bad = "until=" + d[1] + " is no date like 2027-03-01"
		}
		s.Until = until
		s.Reason = strings.TrimSpace(untilDate.ReplaceAllString(s.Reason, " "))
	}
	if s.Reason == "" && s.Bad == "" {
		s.Bad = "it gives no reason: qaudit:ignore " + strings.Join(s.Rules, ",") + " -- reason"
	}
	t.suppressions = append(t.suppressions, s)
}
