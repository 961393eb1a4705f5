// Package amqp reads RabbitMQ's client libraries of Python and Node out of a tree: what is
// declared, published and consumed, and what becomes of each delivery.
//
// A call is known by what it is called on (package flow) and by the library's table. Where
// its names come from parameters of a project function, the fact stands at that function's
// call sites, two functions deep; a field of an object takes its value from the place
// where the object is made.
package amqp

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// Extractor reads the tables' libraries.
type Extractor struct{}

// tables are the libraries that are read.
func tables() []*library.Library {
	return []*library.Library{library.Pika(), library.AioPika(), library.Aiormq(), library.Kombu(), library.PyAmqp(),
		library.Amqplib(), library.ConnectionManager(), library.Nest(), library.Golevelup()}
}

// reader is one reading of a tree.
type reader struct {
	ctx   context.Context
	tree  *library.Tree
	flow  *flow.Flow
	facts *code.Facts

	elsewhere *bool        // see kombuElsewhere
	guests    map[int]bool // connections whose password is the default one

	sites   []*site
	around  map[*syntax.Expr]*site // every call by its expression
	conns   map[*flow.Thing]int
	chans   map[*flow.Thing]int
	escaped map[*flow.Thing]string // objects given to code that was not read
	used    map[string]bool        // libraries met
	running map[*syntax.Def]string // functions that run per request, message or call: why
	threads map[*syntax.Def]bool   // functions that run in another thread
	inside  map[*syntax.Def]bool   // functions reached from a handler
}

func newReader(ctx context.Context, t *library.Tree) *reader {
	files := make([]*syntax.File, len(t.Files))
	for i, f := range t.Files {
		files[i] = f.File
	}
	r := &reader{ctx: ctx, tree: t, facts: t.Facts, flow: flow.New(ctx, files, tables()), around: map[*syntax.Expr]*site{},
		conns: map[*flow.Thing]int{}, chans: map[*flow.Thing]int{}, escaped: map[*flow.Thing]string{}, used: map[string]bool{},
		running: map[*syntax.Def]string{}, guests: map[int]bool{}, threads: map[*syntax.Def]bool{}, inside: map[*syntax.Def]bool{}}
	r.scan()
	return r
}

// Extract adds the facts of the tree.
func (Extractor) Extract(ctx context.Context, t *library.Tree) error {
	if !uses(t) {
		return nil
	}
	r := newReader(ctx, t)
	r.findRunning()
	r.connections()
	r.channels()
	r.declarations()
	r.limits()
	r.consumers()
	r.publishes()
	r.nest()
	r.golevelup()
	r.names()
	r.signals()
	r.pickles()
	r.settle()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("reading calls of RabbitMQ libraries in %s stopped: %w", t.Root, err)
	}
	return nil
}

// Exports are the functions and classes that lead to a library, by which files without a
// token of one use it.
func (Extractor) Exports(ctx context.Context, t *library.Tree) []library.Export {
	if !uses(t) {
		return nil
	}
	r := newReader(ctx, t)
	return r.exports()
}

// uses says that a file of the tree imports one of the libraries, or names one that it may
// require within an expression: in other trees there is nothing to follow.
func uses(t *library.Tree) bool {
	for _, l := range tables() {
		for _, m := range l.Modules {
			for _, f := range t.Files {
				if f.Lang != syntax.Python && bytes.Contains(f.Src, []byte(m)) {
					return true
				}
				for _, im := range f.Imports {
					if im.Module == m || strings.HasPrefix(im.Module, m+".") || strings.HasPrefix(im.Module, m+"/") {
						return true
					}
				}
			}
		}
	}
	return false
}
