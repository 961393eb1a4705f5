// Package jsontree reads JSON with the positions of its values, a part at a time, so that a
// large file need not stand in memory as a whole.
package jsontree

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"qaudit/internal/collect/files/place"
)

// Kind is the kind of a value.
type Kind uint8

// The kinds of values.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// Value is a JSON value.
type Value struct {
	Kind   Kind
	Text   string // String: the text; Number: as written
	Bool   bool
	Items  []Value
	Fields []Field // in source order
	Span   place.Span
}

// Field is a key of an object with its value. Span is that of both.
type Field struct {
	Key   string
	Value Value
	Span  place.Span
}

// Get returns the last field with this key, which is the one that counts.
func (v Value) Get(key string) (Value, bool) {
	for i := len(v.Fields) - 1; i >= 0; i-- {
		if v.Fields[i].Key == key {
			return v.Fields[i].Value, true
		}
	}
	return Value{}, false
}

// Str is the text of a field that is a string, else "".
func (v Value) Str(key string) string {
	if f, ok := v.Get(key); ok && f.Kind == String {
		return f.Text
	}
	return ""
}

// Reader reads the values of a text one after the other.
type Reader struct {
	text *place.Text
	dec  *json.Decoder
}

// NewReader reads t.
func NewReader(t *place.Text) *Reader {
	dec := json.NewDecoder(strings.NewReader(t.Src))
	dec.UseNumber()
	return &Reader{t, dec}
}

// Problem is err as a problem at the place where reading stopped.
func (r *Reader) Problem(key string, err error) place.Problem {
	at := int(r.dec.InputOffset())
	why := err.Error()
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		at = max(r.start(), int(syntax.Offset)-1)
		why = "it is not JSON: " + syntax.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		at = len(r.text.Src)
		why = "the JSON breaks off"
	}
	return r.text.Problem(at, key, why)
}

// start is the offset at which the next token begins.
func (r *Reader) start() int {
	at := int(r.dec.InputOffset())
	for at < len(r.text.Src) && strings.IndexByte(" \t\r\n,:", r.text.Src[at]) >= 0 {
		at++
	}
	return at
}

func (r *Reader) token() (json.Token, int, error) {
	at := r.start()
	tok, err := r.dec.Token()
	return tok, at, err
}

// Value reads the next value whole. With an error, what was read of it is no use.
func (r *Reader) Value() (Value, error) { return r.value(0) }

func (r *Reader) value(depth int) (Value, error) {
	tok, at, err := r.token()
	if err != nil {
		return Value{}, err
	}
	var v Value
	switch t := tok.(type) {
	case bool:
		v = Value{Kind: Bool, Bool: t}
	case json.Number:
		v = Value{Kind: Number, Text: t.String()}
	case string:
		v = Value{Kind: String, Text: t}
	case json.Delim:
		if depth >= place.MaxNesting {
			return Value{}, fmt.Errorf("it nests deeper than %d levels", place.MaxNesting)
		}
		if v, err = r.inside(t, depth); err != nil {
			return Value{}, err
		}
	}
	v.Span = r.text.Span(at, int(r.dec.InputOffset()))
	return v, nil
}

// inside reads an array or object behind its opening bracket.
func (r *Reader) inside(open json.Delim, depth int) (Value, error) {
	v := Value{Kind: Array}
	if open == '{' {
		v.Kind = Object
	}
	for r.dec.More() {
		if v.Kind == Array {
			item, err := r.value(depth + 1)
			if err != nil {
				return v, err
			}
			v.Items = append(v.Items, item)
			continue
		}
		tok, at, err := r.token()
		if err != nil {
			return v, err
		}
		item, err := r.value(depth + 1)
		if err != nil {
			return v, err
		}
		key, _ := tok.(string)
		v.Fields = append(v.Fields, Field{key, item, r.text.Span(at, item.Span.End)})
	}
	_, err := r.dec.Token()
	return v, err
}

// Object reads the next value as an object and calls each for every key; each must read
// the value, by Value, Object, Array or Skip. ok is false when the value is no object; it
// is then read and left out.
func (r *Reader) Object(each func(key string, at place.Span) error) (ok bool, err error) {
	return r.open('{', func() error {
		tok, at, err := r.token()
		if err != nil {
			return err
		}
		key, _ := tok.(string)
		return each(key, r.text.Span(at, int(r.dec.InputOffset())))
	})
}

// Array is Object for arrays: each must read one element.
func (r *Reader) Array(each func() error) (ok bool, err error) { return r.open('[', each) }

func (r *Reader) open(bracket json.Delim, each func() error) (ok bool, err error) {
	tok, err := r.dec.Token()
	if err != nil {
		return false, err
	}
	if tok != bracket {
		if d, nested := tok.(json.Delim); nested && (d == '{' || d == '[') {
			return false, r.rest(1)
		}
		return false, nil
	}
	for r.dec.More() {
		if err := each(); err != nil {
			return true, err
		}
	}
	_, err = r.dec.Token()
	return true, err
}

// Skip reads the next value and keeps nothing of it.
func (r *Reader) Skip() error { return r.rest(0) }

// rest reads until depth open brackets are closed, or one value when depth is 0.
func (r *Reader) rest(depth int) error {
	for {
		tok, err := r.dec.Token()
		if err != nil {
			return err
		}
		if d, ok := tok.(json.Delim); ok {
			if d == '{' || d == '[' {
				depth++
			} else {
				depth--
			}
		}
		if depth <= 0 {
			return nil
		}
	}
}
