package audit

import "qaudit/internal/rule"

// Grade is the grade of an area, plain enough to work out by hand.
type Grade struct {
	Letter  string // A B C D F; "—" when the area was not looked at
	Checked int
	Unknown int
}

// grade grades each area by its entries (rules that found something): F a critical one, D
// a high one, C more than three of medium, B one to three, A none. Known findings count;
// ignored and possible ones do not.
func (r *Result) grade() {
	worst := map[string]rule.Severity{}
	areas := map[string]rule.Area{}
	for _, f := range r.Findings {
		if f.Confidence == rule.Possible {
			continue
		}
		worst[f.Rule.ID] = max(worst[f.Rule.ID], f.Severity)
		areas[f.Rule.ID] = f.Rule.Area
	}
	entries := map[rule.Area]map[rule.Severity]int{}
	for id, s := range worst {
		if entries[areas[id]] == nil {
			entries[areas[id]] = map[rule.Severity]int{}
		}
		entries[areas[id]][s]++
	}
	r.Grades = map[rule.Area]Grade{}
	for _, a := range rule.Areas {
		t := r.Areas[a]
		g := Grade{Letter: letter(entries[a]), Checked: t.Fail + t.Pass, Unknown: t.Unknown}
		if g.Checked == 0 {
			g.Letter = "—"
		}
		r.Grades[a] = g
	}
}

// MediumForB is how many entries of medium an area may have and still get a B.
const MediumForB = 3

func letter(entries map[rule.Severity]int) string {
	switch {
	case entries[rule.Critical] > 0:
		return "F"
	case entries[rule.High] > 0:
		return "D"
	case entries[rule.Medium] > MediumForB:
		return "C"
	case entries[rule.Medium] > 0:
		return "B"
	}
	return "A"
}
