package walk

import (
	"path"
	"strings"
)

// ignores are the ignore patterns that hold in a folder: its own and those of the folders
// around it. The matcher is our own: the one of go-git, the only library that follows
// git's rules closely, brings twenty modules (SSH, OpenPGP) for two hundred lines.
// TestIgnoreAsGit holds it to git itself.
type ignores struct {
	outer    *ignores
	base     string // folder of the patterns: "" or "app/"
	patterns []pattern
}

// pattern is one line of an ignore file.
type pattern struct {
	negate   bool     // "!": not ignored after all
	dirOnly  bool     // "build/"
	anchored bool     // has a slash before its end: it matches the path below base, not the name
	parts    []string // between slashes; "**" is any number of folders
	literal  bool     // no part has a wildcard
}

// parseIgnores reads the lines of an ignore file.
func parseIgnores(outer *ignores, base, text string) *ignores {
	i := &ignores{outer: outer, base: base}
	for _, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		if p, ok := parsePattern(strings.TrimSuffix(line, "\r")); ok {
			i.patterns = append(i.patterns, p)
		}
	}
	if len(i.patterns) == 0 {
		return outer
	}
	return i
}

func parsePattern(line string) (p pattern, ok bool) {
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	if line == "" || line[0] == '#' {
		return p, false
	}
	if line[0] == '!' {
		p.negate, line = true, line[1:]
	}
	if strings.HasSuffix(line, "/") {
		p.dirOnly, line = true, line[:len(line)-1]
	}
	p.anchored = strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if line == "" {
		return p, false
	}
	p.literal = !strings.ContainsAny(line, `*?[\`)
	for _, part := range strings.Split(line, "/") {
		if part != "**" {
			part = forMatch(part)
		}
		p.parts = append(p.parts, part)
	}
	return p, true
}

// forMatch writes a pattern as path.Match reads it: [!a] is [^a], a bracket that opens
// with ] holds it, and a row of stars is one.
func forMatch(s string) string {
	s = strings.NewReplacer("[!]", `[^\]`, "[^]", `[^\]`, "[]", `[\]`, "[!", "[^").Replace(s)
	for strings.Contains(s, "**") {
		s = strings.ReplaceAll(s, "**", "*")
	}
	return s
}

// match says whether the last pattern that matches a path ignores it. Whether a folder
// around it is ignored is for the caller: what is in one is never asked for.
func (i *ignores) match(file string, isDir bool) bool {
	ignored, _ := i.decide(file, isDir)
	return ignored
}

// decide also tells whether any pattern matched.
func (i *ignores) decide(file string, isDir bool) (ignored, decided bool) {
	for ; i != nil; i = i.outer {
		below := strings.TrimPrefix(file, i.base)
		for n := len(i.patterns) - 1; n >= 0; n-- {
			if p := &i.patterns[n]; (isDir || !p.dirOnly) && p.match(below) {
				return !p.negate, true
			}
		}
	}
	return false, false
}

func (p *pattern) match(below string) bool {
	switch {
	case !p.anchored:
		name := below[strings.LastIndexByte(below, '/')+1:]
		if p.literal {
			return name == p.parts[0]
		}
		return matchPart(p.parts[0], name)
	case p.literal:
		return len(p.parts) == strings.Count(below, "/")+1 && below == strings.Join(p.parts, "/")
	}
	return matchParts(p.parts, strings.Split(below, "/"))
}

// matchParts goes back to the last "**" only, which is enough: what an earlier one could
// take in addition, the last one can too.
func matchParts(pattern, parts []string) bool {
	if n := len(pattern) - 1; pattern[n] == "**" { // all below, not the folder itself
		pattern = append(pattern[:n:n], "*", "**")
	}
	i, star, from := 0, -1, 0
	for at := 0; at < len(parts); {
		switch {
		case i < len(pattern) && pattern[i] == "**":
			star, from = i, at
			i++
		case i < len(pattern) && matchPart(pattern[i], parts[at]):
			i++
			at++
		case star >= 0:
			from++
			i, at = star+1, from
		default:
			return false
		}
	}
	for i < len(pattern) && pattern[i] == "**" {
		i++
	}
	return i == len(pattern)
}

func matchPart(pattern, name string) bool {
	if pattern == "**" {
		return true
	}
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}
