package report

import (
	"path"
	"strconv"
	"time"

	"qaudit/internal/audit"
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// New makes the document of a result. exit is the code that the run will end with.
func New(r *audit.Result, version string, exit int) *Document {
	d := &Document{Schema: Schema, Tool: Tool{version}, StartedAt: r.StartedAt.UTC().Format(time.RFC3339),
		DurationMS: r.Duration.Milliseconds(), ExitCode: exit, Complete: !r.Incomplete,
		Inputs: []Input{}, Grades: map[string]Grade{}, Findings: []Finding{}, NotChecked: []NotChecked{},
		Suppressed: []Suppressed{}, Outcomes: map[string]Outcome{}, Notes: append([]string{}, r.Notes...)}
	for _, in := range r.Estate.Inputs {
		d.Inputs = append(d.Inputs, input(in))
	}
	for a, g := range r.Grades {
		d.Grades[string(a)] = Grade{g.Letter, g.Checked, g.Unknown}
	}
	prefix := func(input, file string) string {
		if in := r.Estate.Input(input); in != nil && file != "" {
			return path.Join(in.Prefix, file)
		}
		return file
	}
	for _, f := range r.Findings {
		d.Findings = append(d.Findings, finding(f, prefix))
	}
	for _, g := range r.Gaps {
		g.Place.File = prefix(g.Input, g.Place.File)
		d.NotChecked = append(d.NotChecked, notChecked(g))
	}
	for _, s := range r.Suppressed {
		d.Suppressed = append(d.Suppressed, Suppressed{s.Finding.Rule.ID, s.Finding.Display, s.Reason, s.Where})
	}
	for id, t := range r.Outcomes {
		d.Outcomes[id] = Outcome{t.Fail, t.Pass, t.Unknown, t.NotApplicable}
	}
	if share, ok := r.Checked(); ok {
		d.CheckedShare = &share
	}
	d.Summary = summary(d.Findings)
	d.Summary.Ignored = len(d.Suppressed)
	return d
}

// summary counts entries by severity and findings by status.
func summary(fs []Finding) Summary {
	var s Summary
	worst := map[string]rule.Severity{}
	for _, f := range fs {
		if f.Status == "known" {
			s.Known++
			continue
		}
		s.New++
		worst[f.Rule] = max(worst[f.Rule], f.Severity)
	}
	for _, w := range worst {
		switch w {
		case rule.Critical:
			s.Critical++
		case rule.High:
			s.High++
		case rule.Medium:
			s.Medium++
		case rule.Low:
			s.Low++
		case rule.Info:
			s.Info++
		}
	}
	return s
}

func input(in model.Input) Input {
	return Input{ID: in.ID, Kind: string(in.Kind), Name: in.Name, System: in.System, Version: in.Version,
		Summary: in.Summary, Files: in.Files, FilesRead: in.FilesRead, Bytes: in.Bytes, Requests: in.Requests,
		RecordedAt: stamp(in.Recorded), Languages: in.Languages}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func finding(f *audit.Finding, prefix func(input, file string) string) Finding {
	status := "new"
	if f.Known {
		status = "known"
	}
	out := Finding{Fingerprint: f.Fingerprint(), Fingerprints: f.Fingerprints, Rule: f.Rule.ID, Title: f.Rule.Title,
		Message: f.Message, Severity: f.Severity, Confidence: f.Confidence, Doubt: f.Doubt, Status: status,
		Now: f.NowHarm, Area: string(f.Rule.Area), System: f.Rule.System(), Covers: f.Rule.Covers,
		Subject: Subject{Kind: f.Subject.Kind, Scope: scope(f.Subject.Scope), Name: f.Subject.Name,
			Display: f.Display, Family: f.Family, Count: f.Count, Examples: f.Examples},
		Advice: f.Advice, Docs: "qaudit explain " + f.Rule.ID, Evidence: []Evidence{}}
	if out.Covers == nil {
		out.Covers = []rule.Item{}
	}
	for i, e := range f.Evidence {
		o := e.Origin
		out.Evidence = append(out.Evidence, Evidence{ID: "e" + strconv.Itoa(i+1), Kind: string(o.Kind), Input: o.Input,
			File: prefix(o.Input, o.Place.File), Line: o.Place.Line, Column: o.Place.Column, EndLine: o.Place.EndLine,
			EndColumn: o.Place.EndColumn, Excerpt: o.Place.Excerpt, Value: e.Value, At: stamp(o.At)})
		if out.Subject.Input == "" {
			out.Subject.Input = o.Input
		}
	}
	return out
}

func scope(s model.Scope) string {
	switch {
	case s.Target != "" && s.VHost != "":
		return s.Target + " " + s.VHost
	case s.VHost != "":
		return s.VHost
	}
	return s.Target
}

func notChecked(g model.Gap) NotChecked {
	n := NotChecked{Input: g.Input, Kind: string(g.Kind), What: g.What, Why: g.Why, Needs: g.Needs, Rules: g.Rules}
	if n.Rules == nil {
		n.Rules = []string{}
	}
	if g.Place.File != "" {
		n.Place = g.Place.String()
	}
	return n
}
