package rules

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"qaudit/internal/rule"
)

var update = flag.Bool("update", false, "write docs/rules.md anew")

// list is where the table of all rules stands.
const list = "../docs/rules.md"

func TestRules(t *testing.T) {
	id := regexp.MustCompile(`^[a-z]+/[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	titles := map[string]string{}
	for _, r := range All() {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
		if !id.MatchString(r.ID) {
			t.Errorf("%s is no id: system/slug-of-words", r.ID)
		}
		if other := titles[r.Title]; other != "" {
			t.Errorf("%s and %s have one title: %s", r.ID, other, r.Title)
		}
		titles[r.Title] = r.ID
		if r.Live == nil && r.Files == nil && r.Code == nil && r.Estate == nil {
			t.Errorf("%s checks nothing", r.ID)
		}
		if !slices.Contains(rule.Areas, r.Area) {
			t.Errorf("%s: area %q", r.ID, r.Area)
		}
		if r.Severity < rule.Info || r.Severity > rule.Critical || r.Since == "" || len(r.Covers) == 0 {
			t.Errorf("%s lacks a severity, Since or Covers", r.ID)
		}
		for _, item := range r.Covers {
			if !slices.ContainsFunc(rule.Mission, func(m rule.MissionItem) bool { return m.Item == item }) {
				t.Errorf("%s covers %s, which is no item of the mission", r.ID, item)
			}
		}
	}
}

// TestList holds docs/rules.md to the rules: go test ./rules -update writes it.
func TestList(t *testing.T) {
	want := table(All())
	if *update {
		if err := os.WriteFile(list, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != want {
		t.Error("docs/rules.md is not the list of the rules: go test ./rules -update")
	}
}

// table writes the list: one table a system, by area and severity.
func table(all []*rule.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Rules\n\nWritten from the rules by `go test ./rules -update`. %d rules; one of them in full: `qaudit explain RULE`.\n", len(all))
	systems := map[string][]*rule.Rule{}
	var order []string
	for _, r := range all {
		if systems[r.System()] == nil {
			order = append(order, r.System())
		}
		systems[r.System()] = append(systems[r.System()], r)
	}
	for _, s := range order {
		fmt.Fprintf(&b, "\n## %s\n", s)
		for _, area := range rule.Areas {
			writeArea(&b, area, systems[s])
		}
	}
	return b.String()
}

func writeArea(b *strings.Builder, area rule.Area, all []*rule.Rule) {
	var rules []*rule.Rule
	for _, r := range all {
		if r.Area == area {
			rules = append(rules, r)
		}
	}
	if len(rules) == 0 {
		return
	}
	slices.SortStableFunc(rules, func(x, y *rule.Rule) int { return int(y.Severity) - int(x.Severity) })
	fmt.Fprintf(b, "\n### %s\n| rule | up to | what happens | looks at | versions | covers |\n|---|---|---|---|---|---|\n", area)
	for _, r := range rules {
		preview := ""
		if r.Preview {
			preview = " (preview)"
		}
		versions := "all"
		if !r.Brokers.All() {
			versions = r.Brokers.String()
		}
		items := make([]string, 0, len(r.Covers))
		for _, i := range r.Covers {
			items = append(items, string(i))
		}
		fmt.Fprintf(b, "| `%s`%s | %s | %s | %s | %s | %s |\n", r.ID, preview, r.Severity, r.Title, inputs(r), versions, strings.Join(items, " "))
	}
}

// inputs says what a rule looks at.
func inputs(r *rule.Rule) string {
	var out []string
	for _, c := range []struct {
		name  string
		check rule.Check
	}{{"broker", r.Live}, {"files", r.Files}, {"code", r.Code}, {"all joined", r.Estate}} {
		if c.check != nil {
			out = append(out, c.name)
		}
	}
	return strings.Join(out, ", ")
}
