package ruletest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"qaudit/internal/rule"
)

// headings are those of every page, in order. The text before the first one says what the
// risk is.
var headings = []string{"Why it hurts", "Bad", "Good", "How it is decided", "When to ignore", "Is the fix safe?", "References"}

// block is a fenced block of a page.
type block struct {
	info, text string
}

// checkPage says what is wrong with a rule's page.
func checkPage(r *rule.Rule, page string) []string {
	var wrong []string
	lines := strings.SplitN(page, "\n", 4)
	if len(lines) < 4 {
		return []string{"the page is empty"}
	}
	if lines[0] != "# "+r.Title {
		wrong = append(wrong, fmt.Sprintf("starts with %q, want the title %q", lines[0], "# "+r.Title))
	}
	if want := fmt.Sprintf("`%s` · %s · %s", r.ID, r.Severity, r.Area); lines[1] != want {
		wrong = append(wrong, fmt.Sprintf("second line is %q, want %q", lines[1], want))
	}
	var have []string
	for line := range strings.Lines(page) {
		if h, ok := strings.CutPrefix(strings.TrimSpace(line), "## "); ok {
			have = append(have, h)
		}
	}
	if !slices.Equal(have, headings) {
		wrong = append(wrong, fmt.Sprintf("headings are %q, want %q", have, headings))
	}
	for _, h := range append([]string{""}, headings...) {
		if strings.TrimSpace(section(page, h)) == "" {
			wrong = append(wrong, fmt.Sprintf("section %q is empty", h))
		}
	}
	return append(wrong, badWords("page", prose(page))...)
}

// section is the text below a heading; of "" what stands between the rule's line and the
// first heading.
func section(page, heading string) string {
	if heading == "" {
		parts := strings.SplitN(page, "\n", 3)
		before, _, _ := strings.Cut(parts[len(parts)-1], "\n## ")
		return before
	}
	_, after, ok := strings.Cut(page, "\n## "+heading+"\n")
	if !ok {
		return ""
	}
	text, _, _ := strings.Cut(after, "\n## ")
	return text
}

var fence = regexp.MustCompile("(?ms)^```([^\n]*)\n(.*?)^```$")

func blocks(text string) []block {
	var out []block
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		out = append(out, block{m[1], m[2]})
	}
	return out
}

func prose(page string) string { return fence.ReplaceAllString(page, "") }

// pageCases are the cases of a section's blocks. Blocks of the management API make one
// broker, to which code and files beside them belong. Without them each block of code
// stands alone, with the files beside it; files alone make one case. A block whose info
// names nothing that can be run (sh) is for reading.
func pageCases(kind Kind, text string) ([]*Case, error) {
	var code []*Case
	files := &Case{Name: "page", Kind: kind, Complete: true}
	for i, b := range blocks(text) {
		words := strings.Fields(b.info)
		if len(words) < 2 {
			continue
		}
		if words[0] == "json" && words[1] == "management" {
			if err := files.management(words[2:], []byte(b.text)); err != nil {
				return nil, fmt.Errorf("block %d: %w", i+1, err)
			}
			continue
		}
		if ext := extensions[words[0]]; ext != "" && !strings.Contains(words[1], ".") {
			c := &Case{Name: fmt.Sprintf("page block %d", i+1), Kind: kind, Complete: true}
			c.put(&c.Tree, fmt.Sprintf("app%d.%s", i+1, ext), []byte(b.text))
			code = append(code, c)
			continue
		}
		files.put(&files.Tree, fileOf(words[1]), []byte(b.text))
	}
	out := joined(files, code)
	for _, c := range out {
		if err := c.finish(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// joined puts files and code together.
func joined(files *Case, code []*Case) []*Case {
	switch {
	case files.Live != nil:
		for _, c := range code {
			for name, text := range c.Tree {
				files.put(&files.Tree, name, text)
			}
		}
		return []*Case{files}
	case len(code) > 0:
		for _, c := range code {
			for name, text := range files.Tree {
				c.put(&c.Tree, name, text)
			}
		}
		return code
	case files.Tree != nil:
		return []*Case{files}
	}
	return nil
}

var extensions = map[string]string{"python": "py", "js": "js", "ts": "ts"}

// fileOf names the file of a block: "compose" is short for compose.yaml.
func fileOf(name string) string {
	if name == "compose" {
		return "compose.yaml"
	}
	return name
}

var later = regexp.MustCompile(`^(\d+)$`)

// management takes a block "json management ENDPOINT" or "json management ENDPOINT, 15 s
// later".
func (c *Case) management(words []string, data []byte) error {
	if len(words) == 0 {
		return fmt.Errorf("json management ENDPOINT is wanted")
	}
	endpoint := strings.TrimSuffix(words[0], ",")
	if len(words) == 1 {
		c.live().first[endpoint] = data
		return nil
	}
	m := later.FindStringSubmatch(words[1])
	if m == nil || len(words) != 4 || words[2] != "s" || words[3] != "later" {
		return fmt.Errorf("json management ENDPOINT, 15 s later is wanted")
	}
	n, err := strconv.Atoi(m[1])
	c.live().between = time.Duration(n) * time.Second
	c.live().again()[endpoint] = data
	return err
}

// versionOf is the version that the overview of a fixture names.
func versionOf(overview []byte) string {
	var o struct {
		Version string `json:"rabbitmq_version"`
	}
	_ = json.Unmarshal(overview, &o) // a section that is no JSON fails where it is laid
	return o.Version
}
