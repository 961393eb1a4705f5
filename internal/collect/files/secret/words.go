package secret

import (
	"slices"
	"strings"
)

// Words masks the secrets among the words of a command line. It returns a new slice.
func Words(words []string) []string {
	out := slices.Clone(words)
	redis := slices.ContainsFunc(words, func(w string) bool { return strings.HasSuffix(w, "redis-cli") })
	for i, w := range out {
		key, value, assigned := strings.Cut(w, "=")
		switch {
		case assigned && Key(strings.TrimLeft(key, "-")):
			out[i] = key + "=" + maskValue(value)
		case !assigned && strings.HasPrefix(w, "--") && Key(w):
			maskAt(out, i+1)
		case w == "add_user", w == "change_password", w == "authenticate_user":
			maskAt(out, i+2)
		case (w == "-u" || w == "--user") && i+1 < len(out) && strings.Contains(out[i+1], ":"):
			maskAt(out, i+1)
		case w == "-a" && redis:
			maskAt(out, i+1)
		default:
			out[i] = URLs(w)
		}
	}
	return out
}

func maskAt(words []string, i int) {
	if i < len(words) {
		words[i] = maskValue(words[i])
	}
}
