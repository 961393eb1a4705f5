// Package rule says what a rule is: a risk that can be decided, and the pure checks
// that decide it.
package rule

import (
	"fmt"
	"strings"

	"qaudit/internal/model"
)

// Severity is the impact of a risk.
type Severity uint8

// Severities, the worst last so that they compare.
const (
	Info Severity = iota + 1
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"", "info", "low", "medium", "high", "critical"}

func (s Severity) String() string { return severityNames[s] }

// MarshalText writes the severity as its word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word.
func (s *Severity) UnmarshalText(b []byte) (err error) {
	*s, err = ParseSeverity(string(b))
	return err
}

// ParseSeverity reads a severity's word.
func ParseSeverity(word string) (Severity, error) {
	for i, n := range severityNames {
		if i > 0 && n == word {
			return Severity(i), nil
		}
	}
	return 0, fmt.Errorf("%q is no severity: critical, high, medium, low or info", word)
}

// Confidence is how sure a finding is.
type Confidence uint8

// Confidences, the surest last so that they compare.
const (
	Possible Confidence = iota + 1
	Likely
	Sure
)

var confidenceNames = [...]string{"", "possible", "likely", "sure"}

func (c Confidence) String() string { return confidenceNames[c] }

// MarshalText writes the confidence as its word.
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the word.
func (c *Confidence) UnmarshalText(b []byte) (err error) {
	*c, err = ParseConfidence(string(b))
	return err
}

// ParseConfidence reads a confidence's word.
func ParseConfidence(word string) (Confidence, error) {
	for i, n := range confidenceNames {
		if i > 0 && n == word {
			return Confidence(i), nil
		}
	}
	return 0, fmt.Errorf("%q is no confidence: sure, likely or possible", word)
}

// Area is a part of the report's grades.
type Area string

// The areas, in the order of the report.
const (
	Delivery   Area = "delivery"
	Failures   Area = "failures"
	Capacity   Area = "capacity"
	Durability Area = "durability"
	Security   Area = "security"
	Operations Area = "operations"
)

// Areas lists them in the order of the report.
var Areas = []Area{Delivery, Failures, Capacity, Durability, Security, Operations}

// Check decides a rule over an estate and reports its outcomes to the pass. It is pure:
// no network, no clock, no files.
type Check func(*Pass, *model.Estate)

// On makes a check that looks at one part at a time: a system's snapshot, the facts of
// a source tree, the settings of its files.
func On[P model.Part](f func(*Pass, P)) Check {
	return func(p *Pass, e *model.Estate) {
		for _, part := range model.All[P](e) {
			f(p, part)
		}
	}
}

// Rule is a risk, not an input.
type Rule struct {
	// ID is system/slug: the system of the subject and the pattern found, not the
	// remedy. Stable, never reused.
	ID string
	// Title is the consequence in plain words.
	Title string
	// Severity is the highest that the rule gives.
	Severity Severity
	Area     Area
	// Covers are the items of the mission that the rule serves.
	Covers []Item
	// Since is the version of qaudit that first had the rule.
	Since string
	// Advice is what to do, in one sentence that can be acted on; a finding may say it
	// better.
	Advice string
	// Brokers bounds the versions of the system to which the rule applies.
	Brokers Range
	// Preview rules run with --preview only, until they are measured.
	Preview bool
	// LiveDecides marks a state in force, where what is seen live is final: a live pass
	// is not overruled by code.
	LiveDecides bool

	// Live looks at running systems, Files at settings, Code at facts, Estate at all of
	// them joined. Any of the four may be nil.
	Live, Files, Code, Estate Check
}

// System is the part of the id before the slash.
func (r *Rule) System() string {
	s, _, _ := strings.Cut(r.ID, "/")
	return s
}

// Slug is the part of the id after the slash.
func (r *Rule) Slug() string {
	_, s, _ := strings.Cut(r.ID, "/")
	return s
}

// Range bounds versions: From ≤ v < Before; the zero Version is no bound.
type Range struct {
	From, Before model.Version
}

// Versions is the range [from, before); "" is no bound.
func Versions(from, before string) Range {
	f, _ := model.ParseVersion(from)
	b, _ := model.ParseVersion(before)
	return Range{f, b}
}

// Holds says whether v lies in the range.
func (r Range) Holds(v model.Version) bool {
	return !v.Less(r.From) && (r.Before == model.Version{} || v.Less(r.Before))
}

// All says that the range has no bounds.
func (r Range) All() bool { return r == Range{} }

// String is "3.8 and newer", "before 4.0", "3.8 to before 4.0" or "all versions".
func (r Range) String() string {
	none := model.Version{}
	switch {
	case r.All():
		return "all versions"
	case r.Before == none:
		return r.From.Series() + " and newer"
	case r.From == none:
		return "before " + r.Before.Series()
	}
	return r.From.Series() + " to before " + r.Before.Series()
}
