package secret

import (
	"strings"
	"unicode/utf8"
)

// Line masks what is secret in a piece of source of any format read: userinfo in URLs, the
// values of secret keys, credentials on command lines. What it cannot tell apart it masks.
func Line(s string) string { return credentials(keyed(URLs(s))) }

// longest is how much of a line fits a report, in bytes; a minified file is one line of
// megabytes.
const longest = 200

// Excerpt is the piece of a line from column start (0-based, in bytes) that a report shows:
// the whole line where it is short, else what follows start, secrets masked.
func Excerpt(line string, start int) string {
	if len(line) > longest {
		start = min(max(start, 0), len(line))
		for start > 0 && start < len(line) && !utf8.RuneStart(line[start]) {
			start--
		}
		// Cut behind the end before masking, not after: a value is masked to its end.
		line = line[start:min(len(line), start+4*longest)]
	}
	out := strings.TrimSpace(Line(line))
	if len(out) <= longest {
		return out
	}
	cut := longest
	for cut > 0 && !utf8.RuneStart(out[cut]) {
		cut--
	}
	return out[:cut] + "…"
}

// URLs masks the userinfo of every URL in s. Userinfo that is only variables stays.
func URLs(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, "://")
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		i += len("://")
		b.WriteString(s[:i])
		s = s[i:]
		end := strings.IndexAny(s, " \t\r\n\"'`<>")
		if end < 0 {
			end = len(s)
		}
		at := userinfoEnd(s[:end])
		if at < 0 {
			continue
		}
		if user, pass, _ := strings.Cut(s[:at], ":"); onlyVariables(user) && onlyVariables(pass) {
			b.WriteString(s[:at])
		} else {
			b.WriteString(Mask)
		}
		s = s[at:]
	}
}

// userinfoEnd is the index of the @ that ends the userinfo of what follows "://", -1 when
// there is none. A password may hold an unescaped slash, question mark or @.
func userinfoEnd(rest string) int {
	authority := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority = rest[:i]
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		return at
	}
	if _, port, ok := strings.Cut(authority, ":"); ok && port != "" && strings.Trim(port, "0123456789") != "" {
		return strings.LastIndexByte(rest, '@')
	}
	return -1
}

// keyed masks the value behind each secret key of s.
func keyed(s string) string {
	var b strings.Builder
	previous := ""
	for i := 0; i < len(s); {
		if !tokenByte(s[i]) {
			b.WriteByte(s[i])
			i++
			continue
		}
		end := i
		for end < len(s) && tokenByte(s[end]) {
			end++
		}
		token := s[i:end]
		b.WriteString(token)
		if start, stop := valueOf(s, i, end, token, previous); stop > start {
			b.WriteString(s[end:start])
			b.WriteString(maskValue(s[start:stop]))
			end = stop
		}
		previous = token
		i = end
	}
	return b.String()
}

// valueOf finds the value that belongs to the token s[start:end] when that is a secret key:
// behind = or :, behind a comma in a list or tuple, behind a blank after --flag and ENV.
func valueOf(s string, start, end int, token, previous string) (from, to int) {
	if !Key(token) {
		return 0, 0
	}
	i := end
	for i < len(s) && (s[i] == '"' || s[i] == '\'' || s[i] == '>') {
		i++
	}
	quoted := i > end
	blank := i
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	listed := quoted || start > 0 && s[start-1] == '{' || strings.HasPrefix(token, "--")
	switch {
	case strings.HasPrefix(s[i:], "=>"), strings.HasPrefix(s[i:], ":="):
		i += 2
	case i < len(s) && (s[i] == '=' || s[i] == ':'):
		i++
	case i < len(s) && s[i] == ',' && listed:
		i++
	case i > blank && (strings.HasPrefix(token, "--") || previous == "ENV" || previous == "env"):
	default:
		return 0, 0
	}
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '<') {
		i++
	}
	if i < len(s) && (s[i] == '"' || s[i] == '\'') {
		return i + 1, closing(s, i)
	}
	return i, len(strings.TrimRight(s, " \t\r\n"))
}

// closing is the index of the quote that closes the one at i, or the end of s.
func closing(s string, i int) int {
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case s[i]:
			return j
		}
	}
	return len(s)
}

// maskValue masks a value; a variable stays, its fallback does not.
func maskValue(v string) string {
	// What closes the list or tuple around a value may stand behind it.
	for t := v; ; t = t[:len(t)-1] {
		if Reference(t) {
			return v
		}
		if strings.IndexByte(",}])", t[len(t)-1]) < 0 {
			break
		}
	}
	if name, ok := strings.CutPrefix(v, "${"); ok && strings.HasSuffix(v, "}") {
		for _, op := range []string{":-", "-", ":+", "+"} {
			if n, _, found := strings.Cut(name, op); found && bare(n) {
				return "${" + n + op + Mask + "}"
			}
		}
	}
	return Mask
}

func tokenByte(c byte) bool {
	return c == '_' || c == '-' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// credentials masks the operands of commands that take a password without a key.
func credentials(s string) string {
	if !strings.Contains(s, "add_user") && !strings.Contains(s, "change_password") &&
		!strings.Contains(s, "authenticate_user") && !strings.Contains(s, "-u") && !strings.Contains(s, "-a") {
		return s
	}
	fields := fieldsOf(s)
	words := make([]string, len(fields))
	for i, f := range fields {
		words[i] = s[f[0]:f[1]]
	}
	masked := Words(words)
	var b strings.Builder
	last := 0
	for i, f := range fields {
		b.WriteString(s[last:f[0]])
		b.WriteString(masked[i])
		last = f[1]
	}
	b.WriteString(s[last:])
	return b.String()
}

// fieldsOf is the [start, end) of the words of s, without quotes, commas and brackets
// around them, so that both forms of a command are cut alike.
func fieldsOf(s string) (out [][2]int) {
	const around = " \t\r\n\"',[];"
	for i := 0; i < len(s); {
		if strings.IndexByte(around, s[i]) >= 0 {
			i++
			continue
		}
		end := i
		for end < len(s) && strings.IndexByte(around, s[end]) < 0 {
			end++
		}
		out = append(out, [2]int{i, end})
		i = end
	}
	return out
}
