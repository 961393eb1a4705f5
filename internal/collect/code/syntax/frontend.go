package syntax

import "context"

// Frontend lowers one source file of a language. It never panics on any input and gives
// up when ctx ends; a file that does not parse whole is returned with Broken spans.
type Frontend interface {
	Languages() []Lang
	Parse(ctx context.Context, l Lang, path string, src []byte) (*File, error)
}
