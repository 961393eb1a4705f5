// Package code holds what source code says about queues: values, facts and the ways
// out of a handler. It knows no language and no syntax tree.
package code

import (
	"qaudit/internal/model"
)

// ValueKind is the kind of a Value.
type ValueKind uint8

// The kinds of values. Unresolved is anything whose value the source does not show: a
// parameter, a computed value, a call of something unknown.
const (
	Unresolved ValueKind = iota
	String
	Int
	Float
	Bool
	Nil
	List
	Map
	// Env is read from the environment: Text is the variable, Default its fallback.
	Env
	// Template is text with holes: Items are the pieces in order, an Unresolved or Env
	// piece is a hole.
	Template
	// Symbol is a dotted name that stands for something not a plain value: a class, a
	// function, an enum member of a library (pika.DeliveryMode.Persistent).
	Symbol
	// Choice is one of several values, by a condition or several call sites: Items.
	Choice
)

// Value is what an argument resolves to.
type Value struct {
	Kind    ValueKind
	Text    string // String; Env: the variable; Symbol: the dotted name; Unresolved: the source
	Int     int64
	Float   float64
	Bool    bool
	Items   []Value // List, Template, Choice
	Fields  []Field // Map, in source order
	Open    bool    // Map, List: a spread or computed key may add more
	Default *Value  // Env: the fallback, nil when there is none
	Origin  *model.Origin
}

// Field is one entry of a Map.
type Field struct {
	Key   string
	Value Value
}

// Get returns the last entry with this key. ok is false when there is none; whether
// that means absent depends on Open.
func (v Value) Get(key string) (Value, bool) {
	for i := len(v.Fields) - 1; i >= 0; i-- {
		if v.Fields[i].Key == key {
			return v.Fields[i].Value, true
		}
	}
	return Value{}, false
}

// Known reports whether the value is a literal of any kind.
func (v Value) Known() bool { return v.Kind >= String && v.Kind <= Nil }

// Str is the value as text: present for a string, unknown for anything that source does
// not show. An environment variable with a literal fallback is unknown too, but its
// fallback is in Default.
func (v Value) Str() model.Known[string] {
	if v.Kind == String {
		return model.Present(v.Text, v.Origin)
	}
	return model.Unknown[string](v.why("text"), v.Origin)
}

// Boolean is the value as a truth value; numbers and nil count as in the languages read.
func (v Value) Boolean() model.Known[bool] {
	switch v.Kind {
	case Bool:
		return model.Present(v.Bool, v.Origin)
	case Int:
		return model.Present(v.Int != 0, v.Origin)
	case Nil:
		return model.Present(false, v.Origin)
	}
	return model.Unknown[bool](v.why("true or false"), v.Origin)
}

// Integer is the value as a whole number.
func (v Value) Integer() model.Known[int64] {
	switch {
	case v.Kind == Int:
		return model.Present(v.Int, v.Origin)
	case v.Kind == Float && v.Float == float64(int64(v.Float)):
		return model.Present(int64(v.Float), v.Origin)
	}
	return model.Unknown[int64](v.why("a number"), v.Origin)
}

func (v Value) why(want string) string {
	switch v.Kind {
	case Unresolved:
		return "its value is not in the source: " + v.Text
	case Env:
		return "it comes from the environment variable " + v.Text
	case Template:
		return "it is put together at run time"
	case Choice:
		return "it has several values"
	}
	return "it is not " + want
}
