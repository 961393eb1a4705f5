package main

import (
	"context"
	"io/fs"

	"qaudit/internal/audit"
	"qaudit/internal/cli"
	"qaudit/internal/collect"
	"qaudit/internal/collect/code"
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/amqp"
	"qaudit/internal/collect/code/library/celery"
	"qaudit/internal/collect/live"
	"qaudit/internal/collect/live/rabbitmq"
	"qaudit/internal/target"
	"qaudit/rules"
)

// systems are those that can be read live: one entry a system.
func systems() []cli.System {
	return []cli.System{
		{Name: target.RabbitMQ, Guide: guide("rabbitmq"), Live: reader(rabbitmq.Driver{})},
	}
}

// guide is the page of a system.
func guide(system string) string {
	b, err := fs.ReadFile(rules.Pages, system+"/system.md")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// reader makes the sources of a driver.
func reader(d live.Driver) func(*target.Target, cli.Looks) audit.Source {
	return func(t *target.Target, l cli.Looks) audit.Source {
		return live.Source{Driver: d, Target: t, Sample: l.Sample, Wait: l.Wait,
			Options: live.Options{Timeout: l.Timeout, Trace: l.Trace, Say: l.Say, Now: l.Now}}
	}
}

// treeSource reads a source tree.
type treeSource struct {
	root string
	o    code.Options
}

// Collect reads the tree.
func (t treeSource) Collect(ctx context.Context) collect.Result {
	r, _ := code.Tree(ctx, t.root, t.o)
	return r
}

// tree is a source tree, with every library that is read.
func tree(root string, o cli.TreeOptions) audit.Source {
	return treeSource{root, code.Options{Input: root, Prefix: root, Exclude: o.Exclude, IncludeTests: o.IncludeTests,
		Extractors: []library.Extractor{amqp.Extractor{}, celery.Extractor{}}}}
}
