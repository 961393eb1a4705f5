package library

import (
	"bytes"
	"strings"

	"qaudit/internal/collect/files/secret"
)

// longestStatement is how much of a statement an excerpt is made from; secrets beyond it
// are cut away with the rest.
const longestStatement = 2000

// Excerpt is the source of a span on one line, secrets masked: the whole of a short first
// line, else the span alone with its line breaks as blanks.
func Excerpt(src []byte, start, end int) string {
	start = min(max(start, 0), len(src))
	end = min(max(end, start), len(src))
	first := bytes.LastIndexByte(src[:start], '\n') + 1
	if i := bytes.IndexByte(src[start:], '\n'); i < 0 || start+i >= end {
		last := len(src)
		if i >= 0 {
			last = start + i
		}
		return secret.Excerpt(strings.TrimRight(string(src[first:last]), "\r"), start-first)
	}
	text := string(src[start:min(end, start+longestStatement)])
	return secret.Excerpt(strings.Join(strings.Fields(text), " "), 0)
}
