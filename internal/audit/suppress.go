package audit

import (
	"path"
	"regexp"
	"strings"
	"time"

	"qaudit/internal/collect"
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Ignore is an entry of "ignore:" in qaudit.yaml. Empty globs match everything.
type Ignore struct {
	Rule, Subject, Target, VHost, Path string
	Reason                             string
	Until                              time.Time
	At                                 *model.Origin
}

// Suppressed is a finding that was asked to be ignored.
type Suppressed struct {
	Finding *Finding
	Reason  string
	Where   string // file:line of the comment or entry
}

// The rules that audit itself answers: what is wrong with the asking.
var (
	suppressionReasonless = &rule.Rule{ID: "qaudit/ignore-without-reason", Title: "An ignore comment does not count",
		Severity: rule.Low, Area: rule.Operations, Since: "0.1", Covers: rule.Items("B8"),
		Advice: "Write qaudit:ignore rule-id -- reason."}
	suppressionUnused = &rule.Rule{ID: "qaudit/ignore-unused", Title: "An ignore covers nothing any more",
		Severity: rule.Low, Area: rule.Operations, Since: "0.1", Covers: rule.Items("B8"),
		Advice: "Remove it."}
	suppressionExpired = &rule.Rule{ID: "qaudit/ignore-expired", Title: "An ignore is past its date",
		Severity: rule.Low, Area: rule.Operations, Since: "0.1", Covers: rule.Items("B8"),
		Advice: "Fix what it covered, or give it a new date and reason."}
)

// OwnRules are the rules about the asking itself.
func OwnRules() []*rule.Rule {
	return []*rule.Rule{suppressionReasonless, suppressionUnused, suppressionExpired}
}

// suppress takes out what comments and entries ask to ignore, and reports those that do
// not count, are past their date, or cover nothing.
func (r *Result) suppress(job Job, comments []collect.Suppression) {
	used := map[int]bool{}
	usedEntry := map[int]bool{}
	var kept []*Finding
	for _, f := range r.Findings {
		if i, ok := coveredBy(f, comments, job.Now); ok {
			used[i] = true
			r.Suppressed = append(r.Suppressed, Suppressed{f, comments[i].Reason, where(comments[i].Place)})
			continue
		}
		if i, ok := ignoredBy(f, job.Ignores, job.Now); ok {
			usedEntry[i] = true
			r.Suppressed = append(r.Suppressed, Suppressed{f, job.Ignores[i].Reason, where(job.Ignores[i].At.Place)})
			continue
		}
		kept = append(kept, f)
	}
	r.Findings = kept
	ran := map[string]bool{}
	for _, ru := range job.Rules {
		ran[ru.ID] = true
	}
	for i, c := range comments {
		o := &model.Origin{Kind: model.FromCode, Input: c.Input, Place: c.Place}
		switch {
		case c.Bad != "":
			r.own(suppressionReasonless, o, c.Bad)
		case expired(c.Until, job.Now):
			r.own(suppressionExpired, o, "it ended on "+c.Until.Format(time.DateOnly))
		case !used[i] && allRan(c.Rules, ran):
			r.own(suppressionUnused, o, "no finding of "+strings.Join(c.Rules, ", ")+" stands here")
		}
	}
	for i, ig := range job.Ignores {
		switch {
		case expired(ig.Until, job.Now):
			r.own(suppressionExpired, ig.At, "it ended on "+ig.Until.Format(time.DateOnly))
		case !usedEntry[i] && anyRan(ig.Rule, ran):
			r.own(suppressionUnused, ig.At, "it matched no finding of "+ig.Rule)
		}
	}
}

func (r *Result) own(ru *rule.Rule, o *model.Origin, message string) {
	p := &rule.Pass{Rule: ru}
	v := p.Fail(rule.Ref(model.File(where(o.Place))), "%s", message).See(rule.At{Where: o})
	r.Findings = append(r.Findings, &Finding{Verdict: v, Display: v.Subject.Name, Count: 1,
		Fingerprints: fingerprints(v, v.Subject.Name)})
}

func where(p model.Place) string { return p.String() }

func expired(until, now time.Time) bool { return !until.IsZero() && now.After(until.AddDate(0, 0, 1)) }

// coveredBy finds the comment that covers a piece of the finding's evidence.
func coveredBy(f *Finding, comments []collect.Suppression, now time.Time) (int, bool) {
	for i, c := range comments {
		if c.Bad != "" || expired(c.Until, now) || !matchesAny(c.Rules, f.Rule.ID) {
			continue
		}
		for _, e := range f.Evidence {
			p := e.Origin.Place
			if e.Origin.Input == c.Input && p.File == c.Place.File && p.Line >= c.First && p.Line <= c.Last {
				return i, true
			}
		}
	}
	return 0, false
}

func ignoredBy(f *Finding, entries []Ignore, now time.Time) (int, bool) {
	for i, g := range entries {
		if expired(g.Until, now) || !Glob(g.Rule, f.Rule.ID) {
			continue
		}
		s := f.Subject
		if !globOrEmpty(g.Subject, s.Name) || !globOrEmpty(g.Target, s.Scope.Target) || !globOrEmpty(g.VHost, s.Scope.VHost) {
			continue
		}
		if g.Path != "" && !evidenceIn(f, g.Path) {
			continue
		}
		return i, true
	}
	return 0, false
}

func evidenceIn(f *Finding, glob string) bool {
	for _, e := range f.Evidence {
		if file := e.Origin.Place.File; file != "" && (Glob(glob, file) || strings.HasPrefix(file, path.Clean(glob)+"/")) {
			return true
		}
	}
	return false
}

func globOrEmpty(glob, s string) bool { return glob == "" || Glob(glob, s) }

func matchesAny(globs []string, id string) bool {
	for _, g := range globs {
		if Glob(g, id) {
			return true
		}
	}
	return false
}

// Glob is a shell glob over the whole name; * also matches dots and slashes.
func Glob(glob, s string) bool {
	var b strings.Builder
	for _, c := range glob {
		switch c {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	re, err := regexp.Compile("^(?s:" + b.String() + ")$")
	return err == nil && re.MatchString(s)
}

func allRan(ids []string, ran map[string]bool) bool {
	for _, id := range ids {
		if !anyRan(id, ran) {
			return false
		}
	}
	return true
}

func anyRan(glob string, ran map[string]bool) bool {
	for id := range ran {
		if Glob(glob, id) {
			return true
		}
	}
	return false
}
