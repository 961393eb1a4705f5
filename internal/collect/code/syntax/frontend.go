package syntax

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
)

// Frontend lowers one source file of a language. It never panics on any input and gives
// up when ctx ends; a file that does not parse whole is returned with Broken spans.
type Frontend interface {
	Languages() []Lang
	Parse(ctx context.Context, l Lang, path string, src []byte) (*File, error)
}

// MaxSize is the largest file that is parsed, in bytes. Hand-written source stays far
// below it; what is larger is generated or bundled.
const MaxSize = 2 << 20

// Deadline is the longest that one file may take. At the 4-10 MB/s that the parsers
// reach, a file of MaxSize takes half a second.
const Deadline = 5 * time.Second

// ErrNotBuilt says that this build of qaudit cannot read the language: it was built
// without cgo.
var ErrNotBuilt = errors.New("not analysed in this build: it was built without cgo")

// TooLargeError says that a file is larger than MaxSize.
type TooLargeError struct {
	Path string
	Size int
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s has %d bytes: files above %d are not parsed", e.Path, e.Size, MaxSize)
}

// PanicError says that lowering a file failed in a way that is a defect of qaudit.
type PanicError struct {
	Path  string
	Value any
	Stack []byte // for -v; never shown in a report
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("reading %s failed inside qaudit: %v", e.Path, e.Value)
}

// LangOf returns the language of a file by its name; ok is false for any other file.
func LangOf(name string) (l Lang, ok bool) {
	switch strings.ToLower(path.Ext(name)) {
	case ".py", ".pyw":
		return Python, true
	case ".js", ".jsx", ".mjs", ".cjs":
		return JavaScript, true
	case ".ts", ".tsx", ".mts", ".cts":
		return TypeScript, true
	}
	return "", false
}
