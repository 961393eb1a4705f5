// Package chroot installs Debian suites into a cache and runs programs of
// them, beside whatever the host itself runs and without altering it.
package chroot

import (
	"fmt"
	"os"
	"path/filepath"
)

// Tree is a Debian suite with some packages, installed once into the cache.
type Tree struct {
	Name     string   // folder in the cache; change it when the recipe changes
	Suite    string   // bookworm, trixie, forky …
	Packages []string // installed without recommended ones
	// Accept looks at the installed version of the first package. A moving
	// suite (testing) may have left the series that was asked for.
	Accept func(version string) error
}

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

// CacheDir is where trees and client libraries are kept:
// QAUDIT_TESTBED_CACHE, else a folder of the user's cache.
func CacheDir() (string, error) {
	if dir := os.Getenv("QAUDIT_TESTBED_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the testbed's cache (set QAUDIT_TESTBED_CACHE): %w", err)
	}
	return filepath.Join(base, "qaudit-testbed"), nil
}

// Installed tells where the tree stands in the cache and the version of its
// first package; ok is false when it is not installed.
func (t Tree) Installed(cache string) (dir, version string, ok bool) {
	dir = filepath.Join(cache, t.Name)
	b, err := os.ReadFile(filepath.Join(dir, versionFile))
	return dir, string(b), err == nil
}

// versionFile, in the root of a tree, holds the version of its first package.
const versionFile = "testbed-version"
