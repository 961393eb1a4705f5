package plant

import (
	"errors"
	"testing"

	"qaudit/testbed"
)

// ForTest plants a fault in a vhost of its name for a test, and takes it back
// at the end of it. Where it does not apply, or the clients cannot be had,
// the test is skipped with the reason.
func ForTest(t testing.TB, b *testbed.Broker, f Fault) {
	t.Helper()
	if why := f.Why(b.Generation, b.Nodes()); why != "" {
		t.Skip(why)
	}
	stop, err := f.Plant(t.Context(), b, f.Name)
	if missing := (*testbed.Unavailable)(nil); errors.As(err, &missing) {
		t.Skip(missing)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}
