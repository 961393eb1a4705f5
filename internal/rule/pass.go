package rule

import (
	"fmt"
	"time"

	"qaudit/internal/model"
)

// Outcome is the answer of a rule on one subject.
type Outcome uint8

// Outcomes, in the order in which they win when one rule answers twice on one subject.
const (
	NotApplicable Outcome = iota + 1
	Passed
	Unknown
	Failed
)

var outcomeNames = [...]string{"", "not_applicable", "pass", "unknown", "fail"}

func (o Outcome) String() string { return outcomeNames[o] }

// Subject is anything with a name in the estate.
type Subject interface{ Ref() model.Ref }

// Ref makes a plain name a Subject.
type Ref model.Ref

// Ref returns itself.
func (r Ref) Ref() model.Ref { return model.Ref(r) }

// Seen is anything that knows where it was seen: a Known value, a fact, a setting.
type Seen interface{ Origin() *model.Origin }

// At makes an origin a Seen.
type At struct{ Where *model.Origin }

// Origin returns the origin.
func (a At) Origin() *model.Origin { return a.Where }

// Verdict is one outcome of one rule on one subject.
type Verdict struct {
	Rule       *Rule
	Subject    model.Ref
	Outcome    Outcome
	Why        string // unknown and not applicable: the reason
	Message    string // fail: what happens to the subject
	Advice     string
	Severity   Severity
	Confidence Confidence
	Doubt      string // why the finding is not sure
	NowHarm    bool   // seen to do harm between the two looks
	Traffic    float64
	Evidence   []model.Evidence
}

// Pass collects the outcomes of one rule.
type Pass struct {
	Rule     *Rule
	Now      time.Time
	Verdicts []*Verdict
}

// Fail reports that the risk is there. The message says what happens to the subject; a
// failure must cite what was seen (See).
func (p *Pass) Fail(s Subject, format string, args ...any) *Verdict {
	return p.add(&Verdict{Subject: s.Ref(), Outcome: Failed, Message: fmt.Sprintf(format, args...),
		Advice: p.Rule.Advice, Severity: p.Rule.Severity, Confidence: Sure})
}

// Pass reports that the subject was looked at and the risk is not there.
func (p *Pass) Pass(s Subject) { p.add(&Verdict{Subject: s.Ref(), Outcome: Passed}) }

// Unknown reports that it could not be decided, and why.
func (p *Pass) Unknown(s Subject, why string, args ...any) *Verdict {
	return p.add(&Verdict{Subject: s.Ref(), Outcome: Unknown, Why: sprintf(why, args)})
}

// NotApplicable reports that the risk cannot exist on the subject, and why.
func (p *Pass) NotApplicable(s Subject, why string, args ...any) {
	p.add(&Verdict{Subject: s.Ref(), Outcome: NotApplicable, Why: sprintf(why, args)})
}

func sprintf(format string, args []any) string {
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

func (p *Pass) add(v *Verdict) *Verdict {
	v.Rule = p.Rule
	p.Verdicts = append(p.Verdicts, v)
	return v
}

// See cites what was seen, with words for the value where the place alone does not say
// it. The verdict's confidence falls to that of its weakest evidence. What has no origin
// is not cited.
func (v *Verdict) See(s Seen, value ...string) *Verdict {
	o := s.Origin()
	if o == nil {
		return v
	}
	e := model.Evidence{Origin: o}
	if len(value) > 0 {
		e.Value = value[0]
	}
	for _, have := range v.Evidence {
		if have.Origin == o && have.Value == e.Value {
			return v
		}
	}
	v.Evidence = append(v.Evidence, e)
	switch {
	case o.Tainted:
		v.lower(Possible, "the source around it did not parse")
	case o.Assumed != "":
		v.lower(Likely, o.Assumed)
	}
	return v
}

// At lowers the severity; it never raises it.
func (v *Verdict) At(s Severity) *Verdict {
	v.Severity = min(v.Severity, s)
	return v
}

// Likely lowers the confidence and says why.
func (v *Verdict) Likely(why string, args ...any) *Verdict {
	return v.lower(Likely, sprintf(why, args))
}

// Possible lowers the confidence and says why.
func (v *Verdict) Possible(why string, args ...any) *Verdict {
	return v.lower(Possible, sprintf(why, args))
}

func (v *Verdict) lower(c Confidence, why string) *Verdict {
	if c < v.Confidence {
		v.Confidence, v.Doubt = c, why
	}
	return v
}

// Do says what to do about this subject, where the rule's own advice is not the best.
func (v *Verdict) Do(format string, args ...any) *Verdict {
	v.Advice = sprintf(format, args)
	return v
}

// HarmSeen marks what was seen to do harm between the two looks.
func (v *Verdict) HarmSeen() *Verdict {
	v.NowHarm = true
	return v
}

// WithTraffic gives the subject's rate in messages a second, by which equal findings
// are ordered.
func (v *Verdict) WithTraffic(perSecond float64) *Verdict {
	v.Traffic = perSecond
	return v
}

// Run runs all checks of a rule over an estate.
func (r *Rule) Run(e *model.Estate) []*Verdict {
	p := &Pass{Rule: r, Now: e.Now}
	for _, check := range []Check{r.Live, r.Files, r.Code, r.Estate} {
		if check != nil {
			check(p, e)
		}
	}
	return p.Verdicts
}
