package packages

import (
	"regexp"
	"strings"
)

var (
	yarnVersion  = regexp.MustCompile(`^\s+version:?\s+"?([^"\s]+)"?`)
	yarnDescr    = regexp.MustCompile(`"?((?:@[^@/",\s]+/)?[^@/",\s]+)@`)
	pnpmKey      = regexp.MustCompile(`^( *)'?([^'\s:][^':]*)'?:(?: +(.*))?$`)
	pnpmVersions = regexp.MustCompile(`^'?([0-9][^'(_\s]*)`)
)

// yarnLock reads yarn.lock, both of Yarn 1 and of Yarn 2 and newer: an entry is a line
// without indent that names what was asked for, and a line with the version below.
func (r *reader) yarnLock() {
	name, start, end := "", 0, 0
	for l := range r.text.Lines {
		switch {
		case l.Text == "" || l.Text[0] == '#':
		case l.Text[0] != ' ':
			name = ""
			if m := yarnDescr.FindStringSubmatch(l.Text); m != nil && r.want.npm[m[1]] && !strings.Contains(l.Text, "@workspace:") {
				name, start, end = m[1], l.Start, l.Start+len(l.Text)
			}
		case name != "":
			if m := yarnVersion.FindStringSubmatch(l.Text); m != nil {
				r.npm(name, m[1], true, "", start, end)
				name = ""
			}
		}
	}
}

// pnpmLock reads pnpm-lock.yaml by its indents, which pnpm always writes alike: below
// "importers" a folder, below that its dependencies with the version installed; older
// files have the dependencies of the one project at the top.
func (r *reader) pnpmLock() {
	var keys [8]string // the key at each depth
	for l := range r.text.Lines {
		m := pnpmKey.FindStringSubmatch(l.Text)
		if m == nil || len(m[1])%2 != 0 || len(m[1])/2 >= len(keys) {
			continue
		}
		depth := len(m[1]) / 2
		keys[depth] = m[2]
		clear(keys[depth+1:])
		dir, path := "", keys[:depth+1]
		if path[0] == "importers" && len(path) > 1 {
			dir, path = path[1], path[2:]
		}
		if len(path) < 2 || !strings.HasSuffix(strings.ToLower(path[0]), "dependencies") {
			continue
		}
		name := path[1]
		if len(path) == 2 && m[3] == "" || len(path) == 3 && path[2] != "version" || len(path) > 3 {
			continue
		}
		if v := pnpmVersions.FindStringSubmatch(m[3]); v != nil {
			start := l.Start + len(m[1])
			r.npm(name, v[1], true, dir, start, l.Start+len(l.Text))
		}
	}
}
