package live

import (
	"qaudit/internal/model"
)

// Failure says that a target could not be read at all: what was attempted, on what; what
// came back; what to do.
type Failure struct {
	Attempt string // "cannot reach http://localhost:15672"
	Came    string // "connection refused; port 5672 answers as AMQP"
	Advice  string // "" when there is none
	Kind    model.GapKind
	Err     error // what failed; may be nil. Its text is not shown.
}

// Error is "attempt: what came back", and the advice on a line of its own.
func (f *Failure) Error() string {
	text := f.Attempt + ": " + f.Came
	if f.Advice != "" {
		text += "\n  " + f.Advice
	}
	return text
}

// Unwrap is the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Gap is the failure as part of a report. The input is incomplete by it.
func (f *Failure) Gap(input, what string) model.Gap {
	return model.Gap{Input: input, Kind: f.Kind, What: what, Why: f.Attempt + ": " + f.Came, Needs: f.Advice, Incomplete: true}
}
