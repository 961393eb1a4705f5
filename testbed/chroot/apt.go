package chroot

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Mirror is the address of the Debian archive that the machine's own apt
// sources name, "" when they name none. aptDir is usually /etc/apt.
func Mirror(aptDir string) string {
	// The order that apt reads them in.
	names := []string{filepath.Join(aptDir, "sources.list")}
	for _, pattern := range []string{"*.list", "*.sources"} {
		more, _ := filepath.Glob(filepath.Join(aptDir, "sources.list.d", pattern)) // the pattern is well-formed
		names = append(names, more...)
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			continue // apt, too, does without a file that is not there
		}
		read := oneLine
		if strings.HasSuffix(name, ".sources") {
			read = deb822
		}
		mirror := read(f)
		_ = f.Close()
		if mirror != "" {
			return mirror
		}
	}
	return ""
}

// archive tells whether an entry is the archive of a whole suite, as opposed
// to its security updates or some vendor's packages.
func archive(types, uris, suites, components []string) string {
	if !slices.Contains(types, "deb") || !slices.Contains(components, "main") || len(uris) == 0 {
		return ""
	}
	plain := func(suite string) bool { return !strings.ContainsAny(suite, "-/") }
	uri := strings.TrimSuffix(uris[0], "/")
	if !slices.ContainsFunc(suites, plain) || !strings.HasSuffix(uri, "/debian") {
		return ""
	}
	return uri
}

// oneLine reads "deb [options] URI suite component…" lines.
func oneLine(r io.Reader) string {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if before, rest, ok := strings.Cut(text, "["); ok {
			_, after, _ := strings.Cut(rest, "]")
			text = before + after
		}
		words := strings.Fields(text)
		if len(words) < 4 {
			continue
		}
		if uri := archive(words[:1], words[1:2], words[2:3], words[3:]); uri != "" {
			return uri
		}
	}
	return ""
}

// deb822 reads paragraphs of "Types:", "URIs:", "Suites:", "Components:".
func deb822(r io.Reader) string {
	fields := map[string][]string{}
	found := func() string {
		if slices.Equal(fields["enabled"], []string{"no"}) {
			return ""
		}
		return archive(fields["types"], fields["uris"], fields["suites"], fields["components"])
	}
	lines, last := bufio.NewScanner(r), ""
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.TrimSpace(line) == "":
			if uri := found(); uri != "" {
				return uri
			}
			fields, last = map[string][]string{}, ""
		case line[0] == '#':
		case line[0] == ' ' || line[0] == '\t':
			fields[last] = append(fields[last], strings.Fields(line)...)
		default:
			key, value, _ := strings.Cut(line, ":")
			last = strings.ToLower(key)
			fields[last] = strings.Fields(value)
		}
	}
	return found()
}

// hostSettings picks from the output of `apt-config dump` what an apt inside
// a tree needs to reach the mirror the way the host does.
func hostSettings(dump string) string {
	var kept strings.Builder
	for line := range strings.Lines(dump) {
		for _, key := range []string{"Acquire::Check-", "Acquire::http::", "Acquire::https::", "Acquire::Retries"} {
			if strings.HasPrefix(line, key) && strings.Contains(line, `"`) {
				kept.WriteString(line)
			}
		}
	}
	return kept.String()
}
