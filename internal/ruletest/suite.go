package ruletest

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"qaudit/internal/audit"
	"qaudit/internal/collect"
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Suite checks the rules of one folder: texts, pages, fixtures, and that each rule stands
// the fixtures of all others. dir holds the pages and testdata/<slug_with_underscores>.
func Suite(t *testing.T, dir fs.FS, rules []*rule.Rule) {
	s := suite{dir: dir}
	for _, r := range rules {
		t.Run(r.Slug(), func(t *testing.T) { s.rule(t, r) })
	}
	t.Run("strangers", func(t *testing.T) { s.strangers(t, rules) })
	t.Run("folders", func(t *testing.T) { s.folders(t, rules) })
}

// suite keeps the estates of all fixtures, so that every rule meets them.
type suite struct {
	dir     fs.FS
	estates []named
}

type named struct {
	name   string
	estate *model.Estate
}

func slugFile(r *rule.Rule) string { return strings.ReplaceAll(r.Slug(), "-", "_") }

// rule checks one rule.
func (s *suite) rule(t *testing.T, r *rule.Rule) {
	report(t, checkWords(r))
	page, err := fs.ReadFile(s.dir, slugFile(r)+".md")
	if err != nil {
		t.Fatalf("the rule has no page: %v", err)
	}
	report(t, checkPage(r, string(page)))
	s.page(t, r, string(page))
	files, err := fs.Glob(s.dir, path.Join("testdata", slugFile(r), "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	have := map[Kind]int{}
	for _, name := range files {
		data, err := fs.ReadFile(s.dir, name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := parseCase(name, data)
		if err != nil {
			t.Error(err)
			continue
		}
		have[c.Kind]++
		t.Run(strings.TrimSuffix(path.Base(name), ".txtar"), func(t *testing.T) { s.fixture(t, r, c) })
	}
	needed := []Kind{Bad, Good, Near}
	if r.Live != nil {
		needed = append(needed, UnknownKind)
	}
	for _, k := range needed {
		if have[k] == 0 {
			t.Errorf("no fixture %s_….txtar in testdata/%s", k, slugFile(r))
		}
	}
}

func report(t *testing.T, wrong []string) {
	t.Helper()
	for _, w := range wrong {
		t.Error(w)
	}
}

// fixture runs one fixture and compares.
func (s *suite) fixture(t *testing.T, r *rule.Rule, c *Case) {
	e := s.estate(t, c)
	verdicts := audit.Verdicts(r, e)
	for _, v := range verdicts {
		report(t, checkVerdict(v))
	}
	missing, extra := compare(c.Want, verdicts)
	for _, w := range missing {
		t.Errorf("wanted, not there: %s", w.line)
	}
	for _, v := range extra {
		t.Errorf("there, not wanted: %s", describe(v))
	}
	switch calm := slices.ContainsFunc(c.Want, func(w want) bool {
		return w.outcome == rule.Passed || w.outcome == rule.NotApplicable
	}); {
	case len(verdicts) == 0:
		t.Error("the case yields no outcome")
	case (c.Kind == Good || c.Kind == Near) && !calm:
		t.Errorf("a %s case wants a pass or n/a", c.Kind)
	case c.Kind == Bad && !slices.ContainsFunc(c.Want, func(w want) bool { return w.outcome == rule.Failed }):
		t.Error("a bad case wants a fail")
	}
	s.shuffled(t, r, c, verdicts)
}

// estate collects a case; gaps are the case's own affair.
func (s *suite) estate(t *testing.T, c *Case) *model.Estate {
	t.Helper()
	results, err := c.collect(t)
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	e := c.join(results)
	s.estates = append(s.estates, named{t.Name(), e})
	return e
}

func (c *Case) join(results []collect.Result) *model.Estate {
	var inputs []model.Input
	var gaps []model.Gap
	var parts []model.Part
	for _, r := range results {
		inputs = append(inputs, r.Input)
		gaps = append(gaps, r.Gaps...)
		parts = append(parts, r.Parts...)
	}
	return model.NewEstate(c.Now, inputs, gaps, c.Complete, parts...)
}

// shuffled runs the case again with its inputs in another order: the verdicts are the same.
func (s *suite) shuffled(t *testing.T, r *rule.Rule, c *Case, first []*rule.Verdict) {
	results, err := c.collect(t)
	if err != nil {
		t.Fatal(err)
	}
	shuffle := rand.New(rand.NewPCG(1, 2))
	shuffle.Shuffle(len(results), func(i, j int) { results[i], results[j] = results[j], results[i] })
	want, got := lines(first), lines(audit.Verdicts(r, c.join(results)))
	if !reflect.DeepEqual(want, got) {
		t.Errorf("the verdicts depend on the order of the inputs:\n%s\n\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
	}
}

func lines(verdicts []*rule.Verdict) []string {
	var out []string
	for _, v := range verdicts {
		out = append(out, describe(v))
	}
	slices.Sort(out)
	return out
}

// page runs the blocks of a page: the bad ones fail, the good ones do not.
func (s *suite) page(t *testing.T, r *rule.Rule, text string) {
	for heading, kind := range map[string]Kind{"Bad": Bad, "Good": Good} {
		cases, err := pageCases(kind, section(text, heading))
		if err != nil {
			t.Errorf("page, %s: %v", heading, err)
			continue
		}
		if len(cases) == 0 {
			t.Errorf("page, %s: no block that can be run", heading)
		}
		for _, c := range cases {
			t.Run(fmt.Sprintf("%s %s", heading, c.Name), func(t *testing.T) { s.block(t, r, c) })
		}
	}
}

func (s *suite) block(t *testing.T, r *rule.Rule, c *Case) {
	verdicts := audit.Verdicts(r, s.estate(t, c))
	failed := false
	for _, v := range verdicts {
		report(t, checkVerdict(v))
		failed = failed || v.Outcome == rule.Failed
	}
	if failed != (c.Kind == Bad) || len(verdicts) == 0 {
		t.Errorf("a %s block of the page gives:\n%s", c.Kind, strings.Join(lines(verdicts), "\n"))
	}
}

// strangers runs every rule over the fixtures of all others: no panic, no fail without
// evidence, no empty words.
func (s *suite) strangers(t *testing.T, rules []*rule.Rule) {
	for _, n := range s.estates {
		for _, r := range rules {
			func() {
				defer func() {
					if p := recover(); p != nil {
						t.Errorf("%s on %s: panic: %v", r.ID, n.name, p)
					}
				}()
				for _, v := range audit.Verdicts(r, n.estate) {
					report(t, checkVerdict(v))
				}
			}()
		}
	}
}

// guide is the page of the system, which stands among those of its rules.
const guide = "system"

// folders finds fixtures and pages of rules that do not exist.
func (s *suite) folders(t *testing.T, rules []*rule.Rule) {
	known := map[string]bool{}
	for _, r := range rules {
		known[slugFile(r)] = true
	}
	pages, _ := fs.Glob(s.dir, "*.md")
	cases, _ := fs.Glob(s.dir, "testdata/*")
	for _, p := range append(pages, cases...) {
		if name := strings.TrimSuffix(path.Base(p), ".md"); !known[name] && name != guide {
			t.Errorf("%s belongs to no rule", p)
		}
	}
}
