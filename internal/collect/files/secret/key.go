// Package secret knows which keys hold secrets and masks them, so that no reader, report
// or error shows one.
package secret

import (
	"slices"
	"strings"
	"unicode"
)

// Mask stands for a secret.
const Mask = "***"

// Key reports whether a key or variable of this name holds a secret: RABBITMQ_DEFAULT_PASS,
// ssl_options.password, erlangCookie, apiKey. Names of things about a secret (PASSWORD_FILE,
// token_ttl) do not.
func Key(name string) bool {
	words := split(name)
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	if slices.Contains(about, last) {
		return false
	}
	if slices.ContainsFunc(words, strong) {
		return true
	}
	switch last {
	case "token", "cookie", "apikey", "accesskey", "privatekey":
		return true
	case "key":
		return len(words) > 1 && slices.Contains(keys, words[len(words)-2])
	}
	return false
}

// about are the last words of names that tell something of a secret and not the secret.
var about = []string{"file", "files", "path", "dir", "name", "names", "id", "ttl", "timeout", "expires",
	"expire", "expiry", "expiration", "length", "len", "min", "max", "policy", "enabled", "enable",
	"disabled", "required", "require", "module", "algorithm", "hashers", "type", "url", "uri", "endpoint",
	"host", "port", "user", "username", "header", "domain", "secure", "httponly", "samesite", "count",
	"age", "days", "hours", "minutes", "seconds", "rotation", "interval", "provider", "backend", "backends",
	"mechanism", "manager", "arn", "ref", "version", "prefix", "field", "validators", "reset", "through"}

// keys are the words that make a "key" a secret one.
var keys = []string{"api", "access", "private", "signing", "encryption", "account", "auth", "master", "shared"}

func strong(word string) bool {
	switch word {
	case "pwd", "pw", "credential", "credentials", "masterauth", "secrets", "passwords":
		return true
	case "compass", "bypass", "surpass", "trespass", "encompass":
		return false
	}
	for _, end := range []string{"pass", "passwd", "password", "passphrase", "secret"} {
		if strings.HasSuffix(word, end) {
			return true
		}
	}
	return false
}

// split cuts a name at punctuation and where small letters meet capitals, and drops digits
// at the end of a word: dbPassword2 is db, password.
func split(name string) []string {
	var words []string
	var word strings.Builder
	flush := func() {
		if w := strings.TrimRight(strings.ToLower(word.String()), "0123456789"); w != "" {
			words = append(words, w)
		}
		word.Reset()
	}
	small := false
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			small = false
			continue
		case unicode.IsUpper(r) && small:
			flush()
		}
		small = unicode.IsLower(r)
		word.WriteRune(r)
	}
	flush()
	return words
}

// Reference reports whether a value holds no secret itself but names where it comes from:
// a variable, a template's hole, a vault, an encrypted value. "" is one too.
func Reference(value string) bool {
	v := strings.TrimSpace(value)
	for _, start := range []string{"{{", "{%", "<%", "$(", "encrypted:", "vault:", "ssm:", "secretsmanager:"} {
		if strings.HasPrefix(v, start) {
			return true
		}
	}
	if strings.HasPrefix(v, "<") && strings.HasSuffix(v, ">") && !strings.HasPrefix(v, "<<") {
		return true
	}
	return v == "" || onlyVariables(v)
}

// onlyVariables says that s is made of $VAR and ${VAR} without a fallback.
func onlyVariables(s string) bool {
	for s != "" {
		if s[0] != '$' || len(s) < 2 {
			return false
		}
		s = s[1:]
		if s[0] == '{' {
			end := strings.IndexByte(s, '}')
			if end < 0 || !bare(s[1:end]) {
				return false
			}
			s = s[end+1:]
			continue
		}
		n := strings.IndexFunc(s, func(r rune) bool { return !wordRune(r) })
		if n < 0 {
			n = len(s)
		}
		if n == 0 {
			return false
		}
		s = s[n:]
	}
	return true
}

// bare says that the inside of ${…} is a name, or a name that must be set ("NAME:?why").
func bare(s string) bool {
	n := strings.IndexFunc(s, func(r rune) bool { return !wordRune(r) })
	if n < 0 {
		return s != ""
	}
	rest := strings.TrimPrefix(s[n:], ":")
	return n > 0 && strings.HasPrefix(rest, "?")
}

func wordRune(r rune) bool {
	return r == '_' || r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
