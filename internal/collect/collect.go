// Package collect says what reading one input yields: parts of the estate, what could not
// be read, and what the authors asked to be ignored. Its folders do all the reading and
// judge nothing.
package collect

import (
	"time"

	"qaudit/internal/model"
)

// Result is what was read of one input. A failure is a gap in it, never a lost run.
type Result struct {
	Input        model.Input
	Parts        []model.Part
	Gaps         []model.Gap
	Suppressions []Suppression
	Notes        []string // said in the report: "guest/guest used", "certificate not verified"
}

// Suppression is a comment "qaudit:ignore rule[,rule] -- reason [until=DATE]".
type Suppression struct {
	Rules  []string
	Reason string
	Until  time.Time // zero: for ever
	// Bad says why the comment does not count: no reason, a date that does not parse.
	Bad   string
	Input string
	Place model.Place
	// First and Last are the lines of findings that it covers.
	First, Last int
}
