package audit

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qaudit/internal/collect"
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func queue(name string) rule.Ref {
	return rule.Ref{System: "rabbitmq", Kind: "queue", Name: name, Scope: model.Scope{Target: "orders", VHost: "/"}}
}

func code(file string, line int, excerpt string) rule.At {
	return rule.At{Where: &model.Origin{Kind: model.FromCode, Place: model.Place{File: file, Line: line, Column: 1, Excerpt: excerpt, Symbol: "handle"}}}
}

func live() rule.At {
	return rule.At{Where: &model.Origin{Kind: model.FromLive, Input: "orders", Via: "GET /api/queues", At: now}}
}

// judge runs one rule made of the check.
func judge(t *testing.T, check func(p *rule.Pass), change func(*Job, *[]collect.Result)) *Result {
	t.Helper()
	r := &rule.Rule{ID: "rabbitmq/auto-ack", Title: "T", Severity: rule.High, Area: rule.Delivery,
		Estate: func(p *rule.Pass, _ *model.Estate) { check(p) }}
	job := Job{Rules: []*rule.Rule{r}, Now: now}
	results := []collect.Result{{Input: model.Input{ID: "orders"}}}
	if change != nil {
		change(&job, &results)
	}
	return Judge(job, results)
}

func TestFailWinsOverUnknownOverPassOnOneSubject(t *testing.T) {
	r := judge(t, func(p *rule.Pass) {
		p.Pass(queue("a"))
		p.Unknown(queue("a"), "why")
		p.Fail(queue("a"), "from code").See(code("a.py", 3, "x")).At(rule.Medium)
		p.Fail(queue("a"), "from live").See(live(), "615 delivered")
		p.NotApplicable(queue("b"), "why")
		p.Pass(queue("b"))
		p.Pass(queue("c"))
		p.Unknown(queue("c"), "why")
	}, nil)
	if got, want := r.Outcomes["rabbitmq/auto-ack"], (Tally{Fail: 1, Pass: 1, Unknown: 1}); got != want {
		t.Errorf("outcomes %+v, want %+v", got, want)
	}
	if len(r.Findings) != 1 {
		t.Fatalf("%d findings, want 1", len(r.Findings))
	}
	f := r.Findings[0]
	if f.Message != "from live" || f.Severity != rule.High {
		t.Errorf("merged to %q at %v, want the worst", f.Message, f.Severity)
	}
	if len(f.Evidence) != 2 {
		t.Errorf("%d pieces of evidence, want both", len(f.Evidence))
	}
}

func TestMergedEvidenceTakesTheBestConfidence(t *testing.T) {
	assumed := *code("a.py", 3, "x").Where
	assumed.Assumed = "the version is not known"
	r := judge(t, func(p *rule.Pass) {
		p.Fail(queue("a"), "m").See(rule.At{Where: &assumed})
		p.Fail(queue("a"), "m").See(live())
	}, nil)
	if f := r.Findings[0]; f.Confidence != rule.Sure || f.Doubt != "" {
		t.Errorf("confidence %v (%s), want sure", f.Confidence, f.Doubt)
	}
}

func TestFamilyOfThreeIsOneFinding(t *testing.T) {
	names := []string{"user.1b4e28ba-2fa1-11d2-883f-0016d3cca427.inbox", "user.6fa459ea-ee8a-3ca4-894e-db77e160355e.inbox",
		"user.16fd2706-8baf-433b-82eb-8c7fada847da.inbox"}
	r := judge(t, func(p *rule.Pass) {
		for _, n := range names {
			p.Fail(queue(n), "%s loses messages", n).See(live())
		}
		for _, n := range []string{"orders.1", "orders.2"} {
			p.Fail(queue(n), "%s loses messages", n).See(live())
		}
	}, nil)
	if len(r.Findings) != 3 {
		t.Fatalf("%d findings, want one family and two", len(r.Findings))
	}
	for _, f := range r.Findings {
		if f.Count == 3 {
			if f.Display != "user.{uuid}.inbox" || len(f.Examples) != 3 || f.Message != "user.{uuid}.inbox loses messages" {
				t.Errorf("family %q %v %q", f.Display, f.Examples, f.Message)
			}
			return
		}
	}
	t.Error("no family")
}

func TestFingerprintsSurviveMovedLinesAndOtherAddresses(t *testing.T) {
	print := func(line int, input string) []string {
		l := live()
		o := *l.Where
		o.Input, o.Via = input, "GET "+input
		r := judge(t, func(p *rule.Pass) {
			p.Fail(queue("a"), "m").See(code("a.py", line, "ch.basic_consume( q )")).See(rule.At{Where: &o})
		}, nil)
		return r.Findings[0].Fingerprints
	}
	a, b := print(3, "http://one:15672"), print(90, "http://two:15672")
	if strings.Join(a, " ") != strings.Join(b, " ") {
		t.Errorf("fingerprints differ: %v %v", a, b)
	}
	if len(a) != 2 || a[0] == a[1] {
		t.Errorf("want one fingerprint for each piece of evidence, code first: %v", a)
	}
}

func TestSuppressionNeedsAReasonAndIsMissedWhenUnused(t *testing.T) {
	comment := func(line int, reason, bad string, until time.Time) collect.Suppression {
		return collect.Suppression{Rules: []string{"rabbitmq/auto-ack"}, Reason: reason, Bad: bad, Until: until,
			Place: model.Place{File: "a.py", Line: line}, First: line, Last: line + 1}
	}
	r := judge(t, func(p *rule.Pass) {
		p.Fail(queue("a"), "m").See(code("a.py", 11, "x"))
		p.Fail(queue("b"), "m").See(code("a.py", 21, "y"))
		p.Fail(queue("c"), "m").See(code("a.py", 31, "z"))
	}, func(_ *Job, results *[]collect.Result) {
		(*results)[0].Suppressions = []collect.Suppression{
			comment(10, "metrics only", "", time.Time{}),
			comment(20, "", "it gives no reason", time.Time{}),
			comment(30, "soon", "", now.AddDate(0, 0, -9)),
			comment(50, "moved", "", time.Time{}),
		}
	})
	got := map[string]int{}
	for _, f := range r.Findings {
		got[f.Rule.ID]++
	}
	want := map[string]int{"rabbitmq/auto-ack": 2, "qaudit/ignore-without-reason": 1, "qaudit/ignore-expired": 1, "qaudit/ignore-unused": 1}
	for id, n := range want {
		if got[id] != n {
			t.Errorf("%s: %d, want %d (%v)", id, got[id], n, got)
		}
	}
	if len(r.Suppressed) != 1 || r.Suppressed[0].Reason != "metrics only" {
		t.Errorf("suppressed %+v", r.Suppressed)
	}
}

func TestBaselineMatchesOnAnyFingerprint(t *testing.T) {
	both := func(p *rule.Pass) { p.Fail(queue("a"), "m").See(code("a.py", 3, "x")).See(live()) }
	first := judge(t, both, nil)
	file := filepath.Join(t.TempDir(), "qaudit.baseline.json")
	if err := NewBaseline(first, nil, nil).Write(file); err != nil {
		t.Fatal(err)
	}
	b, err := ReadBaseline(file)
	if err != nil {
		t.Fatal(err)
	}
	onlyLive := judge(t, func(p *rule.Pass) { p.Fail(queue("a"), "m").See(live()) }, func(j *Job, _ *[]collect.Result) { j.Baseline = b })
	if !onlyLive.Findings[0].Known || onlyLive.Findings[0].Breaks(rule.Low) {
		t.Error("a finding with one of the fingerprints is not known")
	}
	other := judge(t, func(p *rule.Pass) { p.Fail(queue("b"), "m").See(live()) }, func(j *Job, _ *[]collect.Result) { j.Baseline = b })
	if other.Findings[0].Known {
		t.Error("another queue's finding is taken for known")
	}
	if len(other.StaleEntries) != 1 {
		t.Errorf("stale entries %v, want the one that is gone", other.StaleEntries)
	}
}

func TestGrades(t *testing.T) {
	for _, c := range []struct {
		name    string
		entries map[rule.Severity]int
		want    string
	}{
		{"critical", map[rule.Severity]int{rule.Critical: 1, rule.Medium: 9}, "F"},
		{"high", map[rule.Severity]int{rule.High: 1}, "D"},
		{"four of medium", map[rule.Severity]int{rule.Medium: 4}, "C"},
		{"three of medium", map[rule.Severity]int{rule.Medium: 3}, "B"},
		{"low only", map[rule.Severity]int{rule.Low: 7}, "A"},
	} {
		if got := letter(c.entries); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	r := judge(t, func(p *rule.Pass) { p.Unknown(queue("a"), "hidden") }, nil)
	if g := r.Grades[rule.Delivery]; g.Letter != "—" || g.Unknown != 1 {
		t.Errorf("an area that was not looked at has grade %+v", g)
	}
}

func TestPossibleFindingsNeverBreakABuild(t *testing.T) {
	r := judge(t, func(p *rule.Pass) { p.Fail(queue("a"), "m").See(live()).Possible("unsure") }, nil)
	if r.Findings[0].Breaks(rule.Low) {
		t.Error("a possible finding breaks the build")
	}
	if g := r.Grades[rule.Delivery]; g.Letter != "A" {
		t.Errorf("a possible finding gives grade %s", g.Letter)
	}
}

func TestGlobMatchesTheWholeNameAndDots(t *testing.T) {
	for _, c := range []struct {
		glob, name string
		want       bool
	}{
		{"metrics.*", "metrics.cpu.load", true}, {"metrics.*", "xmetrics.a", false},
		{"rabbitmq/*", "rabbitmq/auto-ack", true}, {"a?c", "abc", true}, {"a.c", "abc", false}, {"*", "a\nb", true},
	} {
		if got := Glob(c.glob, c.name); got != c.want {
			t.Errorf("Glob(%q, %q) = %v", c.glob, c.name, got)
		}
	}
}
