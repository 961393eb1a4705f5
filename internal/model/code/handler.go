package code

import (
	"time"

	"qaudit/internal/model"
)

// Handler is what happens to a delivery: every distinct way out, at most 32.
type Handler struct {
	At      *model.Origin
	Name    string
	Exits   []Exit
	TooMany bool // more ways out than are followed: nothing is concluded
	Tainted bool // the source did not parse whole
	Works   bool // it does something that reaches outside, or may: see Work
	Work    []Work
	Async   bool // a delivery does not wait for the one before
	// Spawns: hands the delivery to a thread, task or goroutine; Bounded: at most so many.
	Spawns, Bounded bool
	// Keeps: the delivery is stored in a field or handed to code not read: it may be
	// settled elsewhere.
	Keeps bool
	// NullChecked (Node): the handler looks whether the delivery is null.
	NullChecked model.Known[bool]
	// ReadsDeath: reads x-death, x-delivery-count, redelivered or a counter header.
	ReadsDeath bool
	// ReadsID: reads a message id or looks up a key before it works.
	ReadsID bool
	Sleeps  []Sleep
	// Exits the process.
	ExitsProcess *model.Origin
	Unpickles    *model.Origin
}

// Work is a call that reaches outside: HTTP, database, file, mail, publish, sub-process,
// or a project's call that was not followed.
type Work struct {
	At   *model.Origin
	What string // "requests.post", "session.commit", "unresolved charge_card"
	// Timeout is the limit that the call was given; unknown when it has none in source.
	HasTimeout model.Known[bool]
	Known      bool // the call is known to reach outside, not only unresolved
}

// Sleep is a wait inside the handler.
type Sleep struct {
	At *model.Origin
	D  model.Known[time.Duration]
}

// SettleKind is what a settlement does.
type SettleKind uint8

// The settlements.
const (
	Ack SettleKind = iota + 1
	Nack
	Reject
	Handed // given to the framework, which settles by its own rule
)

// Settlement is one ack, nack or reject.
type Settlement struct {
	Kind     SettleKind
	At       *model.Origin
	Requeue  model.Known[bool]
	Multiple model.Known[bool]
	// Rule says by which rule of a framework a Handed delivery is settled:
	// "ack on return, reject on exception".
	Rule string
	// Foreign: made from a thread or task other than the handler's, on a channel that
	// belongs to the handler's. A call passed on to the connection's own thread is not.
	Foreign bool
	// Channel is the channel that it is made on, 0 unknown. It differs from the
	// consumer's when the tag goes to another channel.
	Channel int
	// Default: requeue was left out; Requeue is the method's default.
	Default bool
}

// Origin is where the settlement stands.
func (s Settlement) Origin() *model.Origin { return s.At }

// ExitKind is how a path leaves the handler.
type ExitKind uint8

// The ways out.
const (
	Returns ExitKind = iota + 1
	Raises
)

// CaughtKind says through what error handler a path came.
type CaughtKind uint8

// How a path was caught: not at all, by named error types only, by a broad handler
// (bare except, Exception, catch).
const (
	NotCaught CaughtKind = iota
	Narrow
	Broad
)

// Exit is one distinct way out of a handler.
type Exit struct {
	Kind    ExitKind
	At      *model.Origin
	Settled []Settlement // in order; empty: the delivery stays unacknowledged
	// AckBeforeWork: the first settlement is an ack and work follows it on this path.
	AckBeforeWork *model.Origin
	Worked        bool // some work was done, or begun, on the path
	Caught        CaughtKind
	CaughtAt      *model.Origin
	// InFinally: the settlement stands in a finally/ensure block that also runs when the
	// work failed.
	InFinally bool
	// Guarded: the path is taken under a condition on redelivered, x-death,
	// x-delivery-count, a counter, or a shutdown flag.
	Guarded bool
	// Stored: the path publishes, parks or saves the failed message before it settles.
	Stored bool
	// Republished: the path publishes the body to its own queue again.
	Republished *model.Origin
	Tainted     bool
	// Implicit (Raises): no raise statement stands there, a call on the path may fail.
	Implicit bool
	// Escapes (Raises): the error is thrown where no error handler of the handler can
	// see it: a promise that nobody awaits, a thread.
	Escapes bool
}

// Origin is where the way out stands.
func (x Exit) Origin() *model.Origin { return x.At }
