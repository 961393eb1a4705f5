// Package model holds the nouns of qaudit: what was seen, where, when, and what
// could not be seen. It names no system and does no I/O; a value is never changed
// once it is in an Estate.
package model

import (
	"strconv"
	"time"
)

// Kind says from what kind of input a piece of evidence comes.
type Kind string

// The kinds of evidence; the list may grow.
const (
	FromCode   Kind = "code"   // application source
	FromConfig Kind = "config" // a file that configures or deploys
	FromLive   Kind = "live"   // a running system, or a recording of one
)

// Origin says where a value was seen. It is shared: the queues of one page of an
// answer point at one Origin.
type Origin struct {
	Kind  Kind
	Input string // id of the input, see Input
	Place Place  // for code and config
	Via   string // for live: the request that answered, "GET /api/queues"
	At    time.Time
	// Assumed is set when the value was not written there but follows from a
	// default that depends on something not known (a library's version); it says
	// what was assumed.
	Assumed string
	// Tainted says that the text around the place did not parse.
	Tainted bool
}

// Place is a position in a file; lines and columns count from 1, columns in bytes.
type Place struct {
	File               string
	Line, Column       int
	EndLine, EndColumn int
	Excerpt            string // the source, one line, secrets masked
	Symbol             string // enclosing function or section, for fingerprints
}

type state uint8

const (
	stateUnknown state = iota
	stateAbsent
	statePresent
)

// source is what a Known points at: its state and where the answer comes from.
type source struct {
	state  state
	origin *Origin
	why    string
}

// Known is a value in one of three states: present, absent (looked for and not
// there), or unknown (why). The zero Known is unknown: not looked at.
type Known[T any] struct {
	value T
	src   *source
}

// From makes values of one origin that share their bookkeeping, so that a hundred
// thousand of them cost a pointer each.
type From struct {
	present, absent *source
}

// NewFrom returns a maker of values seen at o.
func NewFrom(o *Origin) *From {
	return &From{&source{statePresent, o, ""}, &source{stateAbsent, o, ""}}
}

// Origin returns the origin that the maker stamps.
func (f *From) Origin() *Origin { return f.present.origin }

// Here is a present value of the maker's origin.
func Here[T any](f *From, v T) Known[T] { return Known[T]{v, f.present} }

// None says that the maker's origin was looked at and has no such value.
func None[T any](f *From) Known[T] { return Known[T]{src: f.absent} }

// Present is a value seen at o.
func Present[T any](v T, o *Origin) Known[T] {
	return Known[T]{v, &source{statePresent, o, ""}}
}

// Absent says that o was looked at and has no such value.
func Absent[T any](o *Origin) Known[T] { return Known[T]{src: &source{stateAbsent, o, ""}} }

// Unknown says why a value is not known; o may be nil.
func Unknown[T any](why string, o *Origin) Known[T] {
	return Known[T]{src: &source{stateUnknown, o, why}}
}

// Get returns the value and whether it is present.
func (k Known[T]) Get() (T, bool) { return k.value, k.Present() }

// Or returns the value, or d when it is not present.
func (k Known[T]) Or(d T) T {
	if k.Present() {
		return k.value
	}
	return d
}

// Present says that the value was seen.
func (k Known[T]) Present() bool { return k.src != nil && k.src.state == statePresent }

// Absent says that it was looked for and is not there.
func (k Known[T]) Absent() bool { return k.src != nil && k.src.state == stateAbsent }

// Unknown says that it could not be looked at.
func (k Known[T]) Unknown() bool { return k.src == nil || k.src.state == stateUnknown }

// Why says why the value is unknown; "" when it is known.
func (k Known[T]) Why() string {
	switch {
	case k.src == nil:
		return "not looked at"
	case k.src.state == stateUnknown:
		return k.src.why
	}
	return ""
}

// Origin says where the value, its absence or the failure to see it comes from; nil
// when nobody looked.
func (k Known[T]) Origin() *Origin {
	if k.src == nil {
		return nil
	}
	return k.src.origin
}

// Map returns k with f applied to a present value; absence and ignorance stay.
func Map[T, U any](k Known[T], f func(T) U) Known[U] {
	if !k.Present() {
		return Known[U]{src: k.src}
	}
	return Known[U]{f(k.value), k.src}
}

// Is says that k is present and equals v.
func Is[T comparable](k Known[T], v T) bool { return k.Present() && k.value == v }

// String is path:line:column, as far as it is known.
func (p Place) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return p.File + ":" + strconv.Itoa(p.Line)
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}
