package library

import "qaudit/internal/collect/code/syntax"

// Excerpt is the source of a span on one line, secrets masked; see syntax.Excerpt.
func Excerpt(src []byte, start, end int) string { return syntax.Excerpt(src, start, end) }
