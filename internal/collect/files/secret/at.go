package secret

import "qaudit/internal/collect/files/place"

// At is the excerpt of a span of a file: its first line, or of a long line the span alone.
func At(t *place.Text, s place.Span) string {
	line := t.Line(s.Line)
	text := line.Text
	if s.EndLine == s.Line && len(text) > longest {
		text = text[:min(len(text), max(s.End-line.Start, 0))]
		return Excerpt(text[min(len(text), s.Column-1):], 0)
	}
	return Excerpt(text, s.Column-1)
}
