package target

import (
	"fmt"
	"sync"
	"time"
)

// Budget bounds one look at a target. Time is bounded by the context. A zero field
// does not bound.
type Budget struct {
	Requests int
	Bytes    int64 // of answers, after decompression
}

// Usage is what was spent.
type Usage struct {
	Requests int
	Bytes    int64 // of answers' bodies, as they came over the wire
}

// BudgetError says that a budget was spent before all was read.
type BudgetError struct{ Budget Budget }

func (e *BudgetError) Error() string {
	return fmt.Sprintf("the budget of %d requests and %s of answers is spent", e.Budget.Requests, megabytes(e.Budget.Bytes))
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", n>>20) }

// Exchange is one request and its answer, for those who want to see each.
type Exchange struct {
	Method string
	URL    string // without user and password
	Status int    // 0 when there was no answer
	Bytes  int64  // of the body, over the wire
	Took   time.Duration
	Err    error // why the answer is missing or cut; nil when whole
}

// String is one line for -v.
func (e Exchange) String() string {
	took := e.Took.Round(time.Millisecond)
	if e.Status == 0 {
		return fmt.Sprintf("%s %s: %v, %s", e.Method, e.URL, e.Err, took)
	}
	line := fmt.Sprintf("%s %s: %d, %d bytes, %s", e.Method, e.URL, e.Status, e.Bytes, took)
	if e.Err != nil {
		line += ": " + e.Err.Error()
	}
	return line
}

// ledger counts against a budget.
type ledger struct {
	mu     sync.Mutex
	budget Budget
	spent  Budget // since the last refill
	total  Usage
}

// request counts one request, or says that there are none left.
func (l *ledger) request() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.budget.Requests > 0 && l.spent.Requests >= l.budget.Requests {
		return &BudgetError{l.budget}
	}
	l.spent.Requests++
	l.total.Requests++
	return nil
}

// decoded counts bytes of an answer after decompression.
func (l *ledger) decoded(n int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spent.Bytes += int64(n)
	if l.budget.Bytes > 0 && l.spent.Bytes > l.budget.Bytes {
		return &BudgetError{l.budget}
	}
	return nil
}

// wire counts bytes of an answer as they came.
func (l *ledger) wire(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total.Bytes += int64(n)
}

func (l *ledger) refill() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spent = Budget{}
}

func (l *ledger) used() Usage {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}
