//go:build unix

package cache

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

func TestPublishBuildsOnce(t *testing.T) {
	root := filepath.Join(t.TempDir(), "new")
	var builds atomic.Int32
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			dir, err := Publish(t.Context(), root, "tree", func(dir string) error {
				builds.Add(1)
				return os.WriteFile(filepath.Join(dir, "file"), []byte("whole"), 0o644)
			})
			if err != nil {
				t.Error(err)
				return
			}
			if b, err := os.ReadFile(filepath.Join(dir, "file")); err != nil || string(b) != "whole" {
				t.Errorf("published %q, %v", b, err)
			}
		})
	}
	all.Wait()
	if builds.Load() != 1 {
		t.Errorf("built %d times", builds.Load())
	}
}

func TestPublishAfterAnInterruptedBuild(t *testing.T) {
	root := t.TempDir()
	left := filepath.Join(root, "tree.partial", "old") // as a killed process leaves it
	if err := os.MkdirAll(left, 0o755); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	if _, err := Publish(t.Context(), root, "tree", func(string) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("a failed build gave %v", err)
	}
	if exists(filepath.Join(root, "tree")) || exists(left) {
		t.Error("a failed build left something")
	}
	dir, err := Publish(t.Context(), root, "tree", func(dir string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if exists(filepath.Join(dir, "old")) {
		t.Error("the interrupted build was published")
	}
}

func TestPublishWaitsNoLongerThanItsContext(t *testing.T) {
	root := t.TempDir()
	unlock, err := lock(t.Context(), filepath.Join(root, "tree.lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Publish(ctx, root, "tree", func(string) error { t.Error("built beside another"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
