//go:build !cgo

package python

import (
	"context"
	"errors"
	"testing"

	"qaudit/internal/collect/code/syntax"
)

func TestNotBuilt(t *testing.T) {
	_, err := Frontend{}.Parse(context.Background(), Frontend{}.Languages()[0], "a", []byte("f()"))
	if !errors.Is(err, syntax.ErrNotBuilt) {
		t.Fatalf("got %v, want ErrNotBuilt", err)
	}
}
