//go:build !unix

package cache

import (
	"context"
	"runtime"
)

// Publish needs file locks as Unix has them.
func Publish(_ context.Context, _, name string, _ func(dir string) error) (string, error) {
	return "", &Unavailable{What: name, Reason: "it needs Linux, this is " + runtime.GOOS}
}
