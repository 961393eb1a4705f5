package testbed

import (
	"errors"
	"testing"
)

// ForTest starts a broker for a test and stops it at the end of it. Where the
// testbed cannot run, and with -short, the test is skipped with the reason.
func ForTest(t testing.TB, spec Spec) *Broker {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: no real brokers")
	}
	b, err := Start(t.Context(), spec)
	if missing := (*Unavailable)(nil); errors.As(err, &missing) {
		t.Skip(missing)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Stop(); err != nil {
			t.Error(err)
		}
	})
	return b
}
