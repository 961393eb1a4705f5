package testbed

import (
	"errors"
	"os"
	"testing"
)

// ForTest starts a broker for a test and stops it at the end of it. A bare go test
// starts none: without QAUDIT_LIVE=1, and where the testbed cannot run, the test is
// skipped with the reason.
func ForTest(t testing.TB, spec Spec) *Broker {
	t.Helper()
	if testing.Short() || os.Getenv("QAUDIT_LIVE") != "1" {
		t.Skip("real brokers are started with QAUDIT_LIVE=1")
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
