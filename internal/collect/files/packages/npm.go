package packages

import (
	"encoding/json"
	"regexp"
	"strings"

	"qaudit/internal/collect/files/jsontree"
	"qaudit/internal/collect/files/place"
)

// packageJSON reads the dependencies of package.json. A peer dependency counts only when no
// other section names the package.
func (r *reader) packageJSON() {
	j := jsontree.NewReader(r.text)
	own := map[string]bool{}
	var peers []func()
	_, err := j.Object(func(section string, _ place.Span) error {
		switch section {
		case "dependencies", "devDependencies", "optionalDependencies", "peerDependencies":
		default:
			return j.Skip()
		}
		_, err := j.Object(func(name string, at place.Span) error {
			v, err := j.Value()
			if err != nil || v.Kind != jsontree.String {
				return err
			}
			add := func() { r.npm(name, v.Text, false, "", at.Start, v.Span.End) }
			if section == "peerDependencies" {
				peers = append(peers, func() {
					if !own[name] {
						add()
					}
				})
				return nil
			}
			if !own[name] {
				add()
			}
			own[name] = true
			return nil
		})
		return err
	})
	if err != nil {
		r.problems = append(r.problems, j.Problem("", err))
	}
	for _, add := range peers {
		add()
	}
}

// packageLock reads package-lock.json. Versions 2 and 3 have a key for each folder, which
// is found by its bytes; version 1 nests, and is read as a whole. Copies below another
// package are that package's own and left out.
func (r *reader) packageLock() {
	found := false
	for name := range r.want.npm {
		needle := "node_modules/" + name + `"`
		for from := 0; ; {
			i := strings.Index(r.text.Src[from:], needle)
			if i < 0 {
				break
			}
			i += from
			from = i + len(needle)
			found = r.installed(name, i, from) || found
		}
	}
	if !found && !strings.Contains(r.text.Src, `"node_modules/`) {
		r.lockVersion1()
	}
}

// installed reads the entry whose key holds "node_modules/name" from i to end, and says
// whether it is one of the project or of a workspace.
func (r *reader) installed(name string, i, end int) bool {
	src := r.text.Src
	start := strings.LastIndexByte(src[:i], '"')
	if start < 0 {
		return false
	}
	dir := strings.TrimSuffix(src[start+1:i], "/")
	rest := strings.TrimLeft(src[end:], " \t\r\n")
	if strings.Contains(dir, "node_modules") || len(dir) > 500 || !strings.HasPrefix(rest, ":") {
		return false
	}
	var entry struct{ Version string }
	if err := json.NewDecoder(strings.NewReader(rest[1:])).Decode(&entry); err != nil {
		r.problem(start, name, "its entry breaks off")
		return true
	}
	if entry.Version != "" { // a link to a workspace has none
		r.npm(name, entry.Version, true, dir, start, end)
	}
	return true
}

func (r *reader) lockVersion1() {
	j := jsontree.NewReader(r.text)
	_, err := j.Object(func(section string, _ place.Span) error {
		if section != "dependencies" {
			return j.Skip()
		}
		_, err := j.Object(func(name string, at place.Span) error {
			if !r.want.npm[name] {
				return j.Skip()
			}
			v, err := j.Value()
			if version := v.Str("version"); err == nil && version != "" {
				r.npm(name, version, true, "", at.Start, at.End)
			}
			return err
		})
		return err
	})
	if err != nil {
		r.problems = append(r.problems, j.Problem("", err))
	}
}

var bunEntry = regexp.MustCompile(`^\s*"((?:@[^"/]+/)?[^"/]+)"\s*:\s*\[\s*"(?:@[^"/]+/)?[^"@]+@([^"]+)"`)

// bunLock reads the text form of Bun's lock, one package a line.
func (r *reader) bunLock() {
	for l := range r.text.Lines {
		if m := bunEntry.FindStringSubmatchIndex(l.Text); m != nil {
			r.npm(l.Text[m[2]:m[3]], l.Text[m[4]:m[5]], true, "", l.Start+m[2]-1, l.Start+m[5]+1)
		}
	}
}
