// Package chroot installs Debian suites into the cache and runs programs of
// them, beside whatever the host itself runs and without altering it.
package chroot

import (
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

// Installed tells where the tree stands in the cache and the version of its
// first package; ok is false when it is not installed.
func (t Tree) Installed(root string) (dir, version string, ok bool) {
	dir = filepath.Join(root, t.Name)
	b, err := os.ReadFile(filepath.Join(dir, versionFile))
	return dir, string(b), err == nil
}

// versionFile, in the root of a tree, holds the version of its first package.
const versionFile = "testbed-version"
