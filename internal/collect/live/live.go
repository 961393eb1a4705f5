// Package live is what the readers of running systems have in common: how a look is
// asked for, what it yields, and how a failure is told. Each system has a folder of its
// own; livetest holds what all of them have to pass.
package live

import (
	"context"
	"time"

	"qaudit/internal/collect"
	"qaudit/internal/target"
)

// Depth says how much a look takes in.
type Depth uint8

// Depths of a look.
const (
	Full     Depth = iota // everything
	Volatile              // what moves: states, depths, counters, clients
)

// DefaultTimeout bounds one look where Options do not.
const DefaultTimeout = 60 * time.Second

// defaultBudget bounds one look. 100,000 queues are 200 pages of 0.25 MB.
var defaultBudget = target.Budget{Requests: 2000, Bytes: 256 << 20}

// Options are how a target is read.
type Options struct {
	Timeout time.Duration         // of each look, and of Open; 0: DefaultTimeout
	Budget  target.Budget         // of each look; zero: a default
	Trace   func(target.Exchange) // each request; nil: nobody looks
	Say     func(string)          // progress for a person; nil: nobody listens
	Now     func() time.Time      // nil: time.Now
}

// WithDefaults fills what was left out.
func (o Options) WithDefaults() Options {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Budget == (target.Budget{}) {
		o.Budget = defaultBudget
	}
	if o.Say == nil {
		o.Say = func(string) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Driver reads one system.
type Driver interface {
	// Open makes sure that the target is there and that the login is right. The error
	// is a *Failure.
	Open(ctx context.Context, t *target.Target, o Options) (Session, error)
}

// Session is an open target. It is used by one goroutine.
type Session interface {
	// Look looks once. What could not be seen is a gap of the result; the error is a
	// *Failure and says that nothing was seen.
	Look(ctx context.Context, d Depth) error
	// Brief says what the last look saw: "9 queues, 41,320 waiting".
	Brief() string
	// Result is what all looks so far saw. It is not changed by later looks.
	Result() collect.Result
	Close()
}
