package packages

import (
	"fmt"
	"regexp"
	"strings"

	"qaudit/internal/model"
)

// bound is one comparison of a version range.
var bound = regexp.MustCompile(`(===?|~=|!=|<=|>=|<|>|\^|~)?\s*v?([0-9][0-9A-Za-z.*+!-]*|\*|x|latest)`)

// Version is the version that a spec names: exact, or the lowest that its range allows. why
// says what is the matter when there is none.
func Version(spec string) (v model.Version, exact bool, why string) {
	text := strings.TrimSpace(spec)
	for _, protocol := range []string{"workspace:", "npm:"} {
		if rest, ok := strings.CutPrefix(text, protocol); ok {
			text = rest
			if at := strings.LastIndexByte(rest, '@'); at > 0 {
				text = rest[at+1:]
			}
		}
	}
	if strings.Contains(text, ":") || strings.Contains(text, "/") {
		return v, false, "it comes from a URL or a path"
	}
	if text == "" || text == "*" || text == "x" || text == "latest" {
		return v, false, "any version is allowed"
	}
	found := false
	parts := strings.Split(text, "||")
	for _, part := range parts {
		low, one, ok := lowest(part)
		if !ok {
			return model.Version{}, false, fmt.Sprintf("%q has no lower bound", spec)
		}
		if !found || low.Less(v) {
			v = low
		}
		found, exact = true, one && len(parts) == 1
	}
	return v, exact, ""
}

// lowest is the lower bound of comparisons that all hold.
func lowest(part string) (v model.Version, exact, ok bool) {
	if low, _, hyphen := strings.Cut(part, " - "); hyphen {
		part = ">=" + strings.TrimSpace(low)
	}
	matches := bound.FindAllStringSubmatch(part, -1)
	for _, m := range matches {
		op, text := m[1], strings.TrimSuffix(strings.TrimSuffix(m[2], ".*"), ".x")
		if i := strings.IndexByte(text, '!'); i >= 0 { // a PEP 440 epoch
			text = text[i+1:]
		}
		low, numeric := model.ParseVersion(text)
		if op == "<" || op == "<=" || op == "!=" || !numeric {
			continue
		}
		if !ok || v.Less(low) {
			v = low
		}
		ok = true
		wild := text != m[2]
		exact = len(matches) == 1 && !wild && (op == "==" || op == "===" || op == "" && strings.Count(text, ".") >= 2)
	}
	return v, exact, ok
}
