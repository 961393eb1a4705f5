// Package cache keeps what the testbed installs once: Debian trees and the
// libraries of its clients.
package cache

import (
	"fmt"
	"os"
	"path/filepath"
)

// Unavailable says why something of the testbed cannot run on this machine.
// Tests skip with it.
type Unavailable struct {
	What   string // what was wanted
	Reason string // what is missing here
	Err    error  // what failed, or nil
}

func (u *Unavailable) Error() string {
	if u.Err == nil {
		return fmt.Sprintf("%s is not available here: %s", u.What, u.Reason)
	}
	return fmt.Sprintf("%s is not available here: %s: %v", u.What, u.Reason, u.Err)
}

func (u *Unavailable) Unwrap() error { return u.Err }

// Dir is where trees and client libraries are kept:
// QAUDIT_TESTBED_CACHE, else a folder of the user's cache.
func Dir() (string, error) {
	if dir := os.Getenv("QAUDIT_TESTBED_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the testbed's cache (set QAUDIT_TESTBED_CACHE): %w", err)
	}
	return filepath.Join(base, "qaudit-testbed"), nil
}
