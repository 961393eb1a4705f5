// Package audit is the main job: collect, join, judge, settle. It names no system: what
// it reads comes as Sources, what it knows as rules.
package audit

import (
	"context"
	"sync"
	"time"

	"qaudit/internal/collect"
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Source is one input: a source tree, a running system, a recorded file. Collect returns
// what could be read; what could not is a gap in the result.
type Source interface {
	Collect(ctx context.Context) collect.Result
}

// Job is one audit.
type Job struct {
	Sources  []Source
	Rules    []*rule.Rule
	Now      time.Time
	Complete bool // the paths named hold all code that uses the targets
	Ignores  []Ignore
	Baseline *Baseline // nil: none
	// SourceRules are the ids of all rules that exist, with those not selected: an ignore
	// that names one of them is not unknown.
	KnownRules map[string]bool
}

// Result is what an audit found.
type Result struct {
	StartedAt    time.Time
	Duration     time.Duration
	Estate       *model.Estate
	Findings     []*Finding
	Known        int // findings that the baseline has
	Suppressed   []Suppressed
	Gaps         []model.Gap
	Outcomes     map[string]Tally // by rule
	Areas        map[rule.Area]Tally
	Grades       map[rule.Area]Grade
	Notes        []string
	Incomplete   bool
	StaleEntries []string // fingerprints of the baseline that are no longer found
}

// Run runs the job. It never fails as a whole: what went wrong is a gap.
func Run(ctx context.Context, job Job) *Result {
	results := make([]collect.Result, len(job.Sources))
	var wg sync.WaitGroup
	for i, s := range job.Sources {
		wg.Go(func() { results[i] = s.Collect(ctx) })
	}
	wg.Wait()
	return Judge(job, results)
}

// Judge joins what was collected, runs the rules and settles their verdicts. It is pure.
func Judge(job Job, results []collect.Result) *Result {
	var inputs []model.Input
	var parts []model.Part
	var comments []collect.Suppression
	r := &Result{StartedAt: job.Now}
	for _, c := range results {
		inputs = append(inputs, c.Input)
		parts = append(parts, c.Parts...)
		comments = append(comments, c.Suppressions...)
		r.Gaps = append(r.Gaps, c.Gaps...)
		r.Notes = append(r.Notes, c.Notes...)
	}
	r.Estate = model.NewEstate(job.Now, inputs, r.Gaps, job.Complete, parts...)
	var verdicts []*rule.Verdict
	for _, ru := range job.Rules {
		verdicts = append(verdicts, Verdicts(ru, r.Estate)...)
	}
	r.tally(job.Rules, verdicts)
	r.Findings = findings(r.Estate, verdicts)
	r.suppress(job, comments)
	r.compare(job.Baseline)
	r.grade()
	sortFindings(r.Findings)
	r.nameUnknown(verdicts)
	for _, g := range r.Gaps {
		r.Incomplete = r.Incomplete || g.Incomplete
	}
	return r
}

// nameUnknown adds to each gap the rules that it left unknown: those whose reason is the
// gap's own.
func (r *Result) nameUnknown(verdicts []*rule.Verdict) {
	for i := range r.Gaps {
		g := &r.Gaps[i]
		seen := map[string]bool{}
		for _, v := range verdicts {
			if v.Outcome == rule.Unknown && v.Why == g.Why && !seen[v.Rule.ID] {
				seen[v.Rule.ID] = true
				g.Rules = append(g.Rules, v.Rule.ID)
			}
		}
	}
}
