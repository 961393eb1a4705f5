package ruletest

import (
	"os"
	"path/filepath"
	"testing"

	"qaudit/internal/collect"
	"qaudit/internal/collect/code"
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/amqp"
	"qaudit/internal/collect/code/library/celery"
)

// collectTree reads the case's files as a source tree.
func (c *Case) collectTree(t *testing.T) (collect.Result, error) {
	root := t.TempDir()
	for name, text := range c.Tree {
		p := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			return collect.Result{}, err
		}
		if err := os.WriteFile(p, text, 0o644); err != nil {
			return collect.Result{}, err
		}
	}
	r, _ := code.Tree(t.Context(), root, code.Options{Input: "tree",
		Extractors: []library.Extractor{amqp.Extractor{}, celery.Extractor{}}})
	return r, nil
}
