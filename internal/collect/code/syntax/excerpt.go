package syntax

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"qaudit/internal/collect/files/secret"
)

// longestExcerpt is how much of a place a report shows, in runes.
const longestExcerpt = 120

// longestStatement is how much of a statement an excerpt is made from, in bytes.
const longestStatement = 2000

// Excerpt is the source of a span on one line: the whole of a short line, else the span
// alone with its line breaks as blanks. Secrets are masked and control characters
// escaped. src is File.Shown, or the text of a file that was not lowered: then secrets
// are known only by the keys and URLs on the line itself.
func Excerpt(src []byte, start, end int) string {
	start = min(max(start, 0), len(src))
	end = min(max(end, start), len(src))
	first := bytes.LastIndexByte(src[:start], '\n') + 1
	last := len(src)
	if i := bytes.IndexByte(src[start:], '\n'); i >= 0 {
		last = start + i
	}
	text := src[start:min(end, start+longestStatement)]
	if end <= last {
		text = src[first:last]
		if len(text) > longestExcerpt && utf8.RuneCount(bytes.TrimSpace(text)) > longestExcerpt {
			text = src[start:min(last, start+longestStatement)]
		}
	}
	line := strings.Join(strings.Fields(string(bytes.ReplaceAll(text, []byte{blank}, nil))), " ")
	return cut(escape(quoted(secret.URLs(line))))
}

// keyLiteral is a key and the literal that is given to it: password="…", 'token': '…',
// get("PASSWORD", "…").
var keyLiteral = regexp.MustCompile("([A-Za-z0-9_.-]+)([\"']?\\]?\\s*(?:=>|:=|=|:|,)\\s*)(\"[^\"]*\"?|'[^']*'?|`[^`]*`?)")

// secretWords: one of them is in every name that secret.Key takes for one of a secret.
var secretWords = []string{"pass", "pw", "secret", "token", "cookie", "key", "cred", "auth"}

// hasSecretWord says that a line can hold the name of a secret.
func hasSecretWord(s string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(secretWords, func(w string) bool { return strings.Contains(s, w) })
}

// quoted masks literals behind secret keys on the line: what stands in code that did not
// parse, or in languages that are not lowered.
func quoted(s string) string {
	if !hasSecretWord(s) {
		return s // most lines: the longer expression below is slow
	}
	return keyLiteral.ReplaceAllStringFunc(s, func(m string) string {
		p := keyLiteral.FindStringSubmatch(m)
		comma := strings.Contains(p[2], ",")
		if !secret.Key(p[1]) || comma && !strings.ContainsAny(p[2], `"'`) || secret.Reference(strings.Trim(p[3], "\"'`")) {
			return m
		}
		return p[1] + p[2] + p[3][:1] + secret.Mask + p[3][:1]
	})
}

// escape writes what does not print, invalid bytes and marks that reorder text as \x and \u.
func escape(s string) string {
	plain := func(r rune) bool { return unicode.IsPrint(r) && r != utf8.RuneError }
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case plain(r):
			b.WriteRune(r)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += n
	}
	return b.String()
}

func cut(s string) string {
	n := 0
	for i := range s {
		if n == longestExcerpt {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
