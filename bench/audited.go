package main

import (
	"context"
	"os/exec"

	"qaudit/internal/collect/code"
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/amqp"
)

// audited audits the tree as a process for its time, and reads it here for its numbers.
func audited(ctx context.Context, bin, root string) (code.Stats, cost, error) {
	_, stats := code.Tree(ctx, root, code.Options{Input: root,
		Extractors: []library.Extractor{amqp.Extractor{}}})
	c, err := timed(exec.CommandContext(ctx, bin, "audit", root, "-q"), 1)
	return stats, c, err
}
