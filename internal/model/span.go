package model

import (
	"math"
	"time"
)

// Forever is the upper end of a span that has none.
const Forever = time.Duration(math.MaxInt64)

// Span is a duration known to lie within [Lo, Hi], with where each end comes from. An
// observation ("one job took 40 s") only raises Lo; a limit lowers Hi. What is not
// known at all is [0, Forever] and has no origin.
type Span struct {
	Lo, Hi   time.Duration
	LoFrom   *Origin
	HiFrom   *Origin
	What     string // "the time limit of mail.send", for messages
	Possible string // why the span may not apply, "" when it does
}

// Exactly is a duration read from one place.
func Exactly(d time.Duration, what string, o *Origin) Span {
	return Span{Lo: d, Hi: d, LoFrom: o, HiFrom: o, What: what}
}

// AtLeast is a duration that is known to be reached.
func AtLeast(d time.Duration, what string, o *Origin) Span {
	return Span{Lo: d, Hi: Forever, LoFrom: o, What: what}
}

// AtMost is a duration that is known not to be passed.
func AtMost(d time.Duration, what string, o *Origin) Span {
	return Span{Hi: d, HiFrom: o, What: what}
}

// Unlimited is a duration without end, by a setting or a default seen at o.
func Unlimited(what string, o *Origin) Span {
	return Span{Lo: Forever, Hi: Forever, LoFrom: o, HiFrom: o, What: what}
}

// Outlasts says whether a is at least as long as b: +1 yes, -1 no, 0 not known.
func (a Span) Outlasts(b Span) int {
	switch {
	case a.Hi < b.Lo:
		return -1
	case a.Lo >= b.Hi:
		return 1
	}
	return 0
}
