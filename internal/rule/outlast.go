package rule

import (
	"time"

	"qaudit/internal/model"
)

// Pair is a question "must a outlast b?" about one subject.
type Pair struct {
	Subject Subject
	A, B    model.Span
	// Harm says what happens when a ends first; Advice what to do.
	Harm, Advice string
}

// Outlast makes a check of a row "A must outlast B by the margin": it fails when A.Hi <
// B.Lo + margin, passes when A.Lo ≥ B.Hi + margin, is possible where the row says that a
// span may not apply, and unknown else.
func Outlast(margin time.Duration, pairs func(*model.Estate) []Pair) Check {
	return func(p *Pass, e *model.Estate) {
		for _, q := range pairs(e) {
			b := q.B
			b.Lo, b.Hi = plus(b.Lo, margin), plus(b.Hi, margin)
			switch q.A.Outlasts(b) {
			case 1:
				p.Pass(q.Subject)
			case 0:
				p.Unknown(q.Subject, "%s or %s is not known well enough", q.A.What, q.B.What)
			case -1:
				v := p.Fail(q.Subject, "%s", q.Harm).
					See(At{q.B.LoFrom}, q.B.What+" "+Duration(q.B.Lo)).
					See(At{q.A.HiFrom}, q.A.What+" "+Duration(q.A.Hi))
				if q.Advice != "" {
					v.Do("%s", q.Advice)
				}
				for _, s := range []model.Span{q.A, q.B} {
					if s.Possible != "" {
						v.Possible("%s", s.Possible)
					}
				}
			}
		}
	}
}

func plus(d, margin time.Duration) time.Duration {
	if d > model.Forever-margin {
		return model.Forever
	}
	return d + margin
}

// Duration writes a duration as a person would: 30 min, 90 s, 250 ms, no limit.
func Duration(d time.Duration) string {
	switch {
	case d == model.Forever:
		return "no limit"
	case d >= 2*time.Hour && d%time.Hour == 0:
		return count(d, time.Hour, "h")
	case d >= 2*time.Minute && d%time.Minute == 0:
		return count(d, time.Minute, "min")
	case d >= time.Second:
		return count(d, time.Second, "s")
	}
	return count(d, time.Millisecond, "ms")
}
