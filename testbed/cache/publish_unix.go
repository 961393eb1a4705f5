//go:build unix

package cache

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// lockPoll is how often a waiting installer looks whether the other is done.
const lockPoll = 300 * time.Millisecond

// Publish makes the folder of that name in the cache dir with build, once: build fills a folder
// beside it, which is renamed when it is whole. Of several processes that
// need it at the same time one builds and the others wait.
func Publish(ctx context.Context, root, name string, build func(dir string) error) (string, error) {
	dir := filepath.Join(root, name)
	if exists(dir) {
		return dir, nil
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return "", fmt.Errorf("make the testbed's cache: %w", err)
	}
	unlock, err := lock(ctx, filepath.Join(root, name+".lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if exists(dir) { // another process built it meanwhile
		return dir, nil
	}
	partial := filepath.Join(root, name+".partial")
	if err := os.RemoveAll(partial); err != nil { // left by an interrupted build
		return "", fmt.Errorf("remove an unfinished install: %w", err)
	}
	if err := os.Mkdir(partial, 0o755); err != nil {
		return "", fmt.Errorf("make a folder to install into: %w", err)
	}
	if err := build(partial); err != nil {
		return "", errors.Join(err, os.RemoveAll(partial))
	}
	if err := os.Rename(partial, dir); err != nil {
		return "", fmt.Errorf("publish %s: %w", dir, err)
	}
	return dir, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// lock takes an exclusive lock on the file; the kernel drops it when the
// process dies.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the lock of the testbed's cache: %w", err)
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			_ = f.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, fmt.Errorf("wait for another install (%s): %w", path, ctx.Err())
		case <-time.After(lockPoll):
		}
	}
}
