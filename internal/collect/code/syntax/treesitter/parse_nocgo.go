//go:build !cgo

package treesitter

import (
	"context"

	"qaudit/internal/collect/code/syntax"
)

// Parse reports that this build has no parser: the grammars are C.
func Parse(context.Context, Grammar, []byte) (*Tree, error) {
	return nil, syntax.ErrNotBuilt
}
