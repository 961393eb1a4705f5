// Package flow finds out which objects of client libraries the names of a project stand
// for: the connection in a field, the channel that a getter returns, the delivery in a
// handler's parameter. It follows assignments, attributes, parameters and results through
// the whole project without regard to order or call, until nothing new comes out.
package flow

import (
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
)

// Scope is the definition that an expression stands in, with its file.
type Scope struct {
	File *syntax.File
	Def  *syntax.Def // nil at module level
}

// Form says what sort of thing a Thing is.
type Form uint8

// The forms.
const (
	Object   Form = iota + 1 // a value of a client library
	Symbol                   // a name of a library: "pika.BlockingConnection"
	Method                   // a method of an Object
	Function                 // a function or lambda of the project, bound to Self if set
	Class
	Instance // of a project class, made by Expr
	Self     // any instance of a project class, seen from inside
	Super    // the base classes of Def, seen from inside
	Partial  // a function with arguments already given
	Record   // an object or dict literal
	Module   // a file of the project
)

// Thing is one thing that an expression may stand for. Things are shared: two pointers
// are equal exactly when the things are.
type Thing struct {
	Form Form

	// Object: Call made it at Expr, From is what it was made from: the connection of a
	// channel, the channel of a delivery. Expr is nil when only its type is known. All
	// deliveries of one consumer are one thing; Expr is then the call that consumes.
	Kind library.Kind
	Lib  *library.Library
	Call *library.Call
	Expr *syntax.Expr
	At   Scope
	From *Thing

	Path string // Symbol: the dotted path; Method: its name

	// Function, Class, Instance, Self: the definition and its file.
	Def  *syntax.Def
	File *syntax.File
	Self *Thing // Function: what it is bound to

	Inner  *Thing // Partial: the function
	Args   []syntax.Arg
	fields map[string]*cell // Record
	order  []string         // names of fields, as met
}

// key makes two things one.
type key struct {
	form Form
	kind library.Kind
	lib  *library.Library
	expr *syntax.Expr
	def  *syntax.Def
	file *syntax.File
	path string
	with *Thing
}

func (f *Flow) thing(t Thing) *Thing {
	k := key{t.Form, t.Kind, t.Lib, t.Expr, t.Def, t.File, t.Path, nil}
	switch t.Form {
	case Method:
		k.with = t.From
	case Object:
		// What one call makes is one thing, whatever it may be made from.
		if t.Expr == nil {
			k.with = t.From
		}
	case Function:
		k.with = t.Self
	case Partial:
		k.with = t.Inner
	}
	if old, ok := f.things[k]; ok {
		if t.Form == Object && t.From != nil && (old.From == nil || old.From.Expr == nil && t.From.Expr != nil) && t.From != old {
			old.From = t.From
		}
		return old
	}
	p := &t
	f.things[k] = p
	return p
}

// maxThings is how many things one name may stand for; more would tell nothing.
const maxThings = 24

// cell is what one name stands for.
type cell struct {
	things  []*Thing
	readers []*unit // bodies that look at it
}

func (c *cell) seen(u *unit) bool {
	for i := len(c.readers) - 1; i >= 0; i-- {
		if c.readers[i] == u {
			return true
		}
	}
	return false
}

func (f *Flow) add(c *cell, things ...*Thing) {
	grown := false
	for _, t := range things {
		if t == nil || len(c.things) >= maxThings || has(c.things, t) {
			continue
		}
		c.things = append(c.things, t)
		grown = true
	}
	if grown {
		f.growth++
	}
	if grown && f.current != nil {
		for _, u := range c.readers {
			f.enqueue(u)
		}
	}
}

func has(things []*Thing, t *Thing) bool {
	for _, o := range things {
		if o == t {
			return true
		}
	}
	return false
}

// join is the union of two lists without doubles.
func join(a, b []*Thing) []*Thing {
	if len(a) == 0 {
		return b
	}
	out := a
	copied := false
	for _, t := range b {
		if has(out, t) || len(out) >= maxThings {
			continue
		}
		if !copied {
			out = append(make([]*Thing, 0, len(a)+len(b)), a...)
			copied = true
		}
		out = append(out, t)
	}
	return out
}
