//go:build !linux

package chroot

import (
	"context"
	"io"
	"os/exec"
	"runtime"

	"qaudit/testbed/cache"
)

// DataDir is a folder inside a jail.
const DataDir = "/data"

// Jail runs on Linux only; elsewhere none is ever opened.
type Jail struct{}

func elsewhere(what string) *cache.Unavailable {
	return &cache.Unavailable{What: what, Reason: "it needs Linux, this is " + runtime.GOOS}
}

// Install needs Linux.
func Install(_ context.Context, _ string, tree Tree, _ io.Writer) (string, error) {
	return "", elsewhere(tree.Name)
}

// Open needs Linux.
func Open(_ context.Context, tree string) (*Jail, error) { return nil, elsewhere(tree) }

// Command is never reached: there is no jail.
func (j *Jail) Command(ctx context.Context, _ []string, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, name, args...)
}

// Host is never reached: there is no jail.
func (j *Jail) Host(path string) string { return path }

// Pid is never reached: there is no jail.
func (j *Jail) Pid() int { return 0 }

// Close is never reached: there is no jail.
func (j *Jail) Close() {}
