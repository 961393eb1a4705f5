package cli

import (
	"context"

	"qaudit/internal/collect"
	"qaudit/internal/model"
)

// gapSource is an input of which nothing can be read.
type gapSource struct {
	input model.Input
	gap   model.Gap
}

// Collect returns the gap.
func (g gapSource) Collect(context.Context) collect.Result {
	return collect.Result{Input: g.input, Gaps: []model.Gap{g.gap}}
}
