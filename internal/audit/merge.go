package audit

import (
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Verdicts runs a rule over an estate and leaves one verdict a subject.
func Verdicts(r *rule.Rule, e *model.Estate) []*rule.Verdict { return mergeSubjects(r, r.Run(e)) }

// mergeSubjects makes one verdict of all that a rule answered on one subject: fail over
// unknown over pass over not applicable. Where the rule decides a state in force, what was
// seen live is final.
func mergeSubjects(r *rule.Rule, verdicts []*rule.Verdict) []*rule.Verdict {
	var order []string
	bySubject := map[string][]*rule.Verdict{}
	for _, v := range verdicts {
		k := v.Subject.Key()
		if bySubject[k] == nil {
			order = append(order, k)
		}
		bySubject[k] = append(bySubject[k], v)
	}
	out := make([]*rule.Verdict, 0, len(order))
	for _, k := range order {
		out = append(out, mergeOne(r, bySubject[k]))
	}
	return out
}

func mergeOne(r *rule.Rule, same []*rule.Verdict) *rule.Verdict {
	if len(same) == 1 {
		return same[0]
	}
	best := same[0]
	for _, v := range same[1:] {
		switch {
		case v.Outcome > best.Outcome,
			v.Outcome == best.Outcome && v.Severity > best.Severity,
			v.Outcome == best.Outcome && v.Severity == best.Severity && v.Confidence > best.Confidence:
			best = v
		}
	}
	if best.Outcome != rule.Failed {
		return best
	}
	merged := *best
	merged.Evidence = slices.Clone(best.Evidence)
	for _, v := range same {
		if v == best || v.Outcome != rule.Failed {
			continue
		}
		merged.NowHarm = merged.NowHarm || v.NowHarm
		merged.Traffic = max(merged.Traffic, v.Traffic)
		if v.Confidence > merged.Confidence {
			merged.Confidence, merged.Doubt = v.Confidence, v.Doubt
		}
		for _, e := range v.Evidence {
			if !hasEvidence(merged.Evidence, e) {
				merged.Evidence = append(merged.Evidence, e)
			}
		}
	}
	return &merged
}

func hasEvidence(have []model.Evidence, e model.Evidence) bool {
	return slices.ContainsFunc(have, func(h model.Evidence) bool {
		return h.Value == e.Value && h.Origin != nil && e.Origin != nil &&
			(h.Origin == e.Origin || h.Origin.Place == e.Origin.Place && h.Origin.Via == e.Origin.Via)
	})
}

// Tally counts the outcomes of a rule or area.
type Tally struct{ Fail, Pass, Unknown, NotApplicable int }

func (t *Tally) add(o rule.Outcome) {
	switch o {
	case rule.Failed:
		t.Fail++
	case rule.Passed:
		t.Pass++
	case rule.Unknown:
		t.Unknown++
	case rule.NotApplicable:
		t.NotApplicable++
	}
}

// tally counts outcomes by rule and by area.
func (r *Result) tally(rules []*rule.Rule, verdicts []*rule.Verdict) {
	r.Outcomes = map[string]Tally{}
	r.Areas = map[rule.Area]Tally{}
	for _, ru := range rules {
		r.Outcomes[ru.ID] = Tally{}
	}
	for _, v := range verdicts {
		t := r.Outcomes[v.Rule.ID]
		t.add(v.Outcome)
		r.Outcomes[v.Rule.ID] = t
		a := r.Areas[v.Rule.Area]
		a.add(v.Outcome)
		r.Areas[v.Rule.Area] = a
	}
}

// Checked is the share of the applicable checks that could be made, 0 to 1; ok is false
// when none applied.
func (r *Result) Checked() (share float64, ok bool) {
	var made, all int
	for _, t := range r.Outcomes {
		made += t.Fail + t.Pass
		all += t.Fail + t.Pass + t.Unknown
	}
	for _, g := range r.Gaps {
		if g.Kind == model.GapUnsupported {
			all++
		}
	}
	if all == 0 {
		return 0, false
	}
	return float64(made) / float64(all), true
}
