package rabbitmq

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unique"

	"qaudit/internal/model/rabbitmq"
)

// field is one key of an answer. Brokers of different ages leave keys out, send null, or
// send something else ("" or [] for an empty object); none of that fails an answer, and
// none of it becomes a zero.
type field[T any] struct {
	state fieldState
	v     T
}

type fieldState uint8

const (
	missing fieldState = iota // the key is not there
	null
	wrong // the key holds something of another kind
	given
)

// UnmarshalJSON never fails.
func (f *field[T]) UnmarshalJSON(b []byte) error {
	f.state = given
	switch {
	case string(b) == "null":
		f.state = null
	case !decode(b, &f.v):
		var zero T
		f.state, f.v = wrong, zero
	}
	return nil
}

func (f field[T]) get() (T, bool) { return f.v, f.state == given }

func decode(b []byte, into any) bool {
	switch p := into.(type) {
	case *int64:
		return decodeInt(b, p)
	case *string:
		if json.Unmarshal(b, p) != nil {
			return false
		}
		*p = unique.Make(*p).Value() // the same few vhosts, nodes, states and policies
		return true
	}
	return json.Unmarshal(b, into) == nil
}

// decodeInt reads a whole number, also one written as a float ("5.0", "1e3").
func decodeInt(b []byte, into *int64) bool {
	if n, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		*into = n
		return true
	}
	f := 0.0
	if json.Unmarshal(b, &f) != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return false
	}
	*into = int64(f)
	return true
}

// arguments are queue, exchange or binding arguments, or the definition of a policy. An
// empty one is also written [] or "".
type arguments struct {
	rabbitmq.Args
	odd bool // written as something that is no object
}

func (a *arguments) UnmarshalJSON(b []byte) error {
	a.Args, a.odd = nil, false
	if t := string(b); t == "[]" || t == `""` {
		a.odd = true
		return nil
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	if len(raw) == 0 {
		return nil
	}
	a.Args = make(rabbitmq.Args, len(raw))
	for k, v := range raw {
		a.Args[unique.Make(k).Value()] = argument(v)
	}
	return nil
}

// argument keeps what is no whole number, text or truth value as its JSON.
func argument(b json.RawMessage) rabbitmq.Arg {
	var n int64
	var s string
	switch {
	case decode(b, &n):
		return rabbitmq.IntArg(n)
	case string(b) == "true", string(b) == "false":
		return rabbitmq.BoolArg(string(b) == "true")
	case b[0] == '"' && decode(b, &s):
		return rabbitmq.TextArg(s)
	}
	var text bytes.Buffer
	if json.Compact(&text, b) != nil {
		text.Reset()
		text.Write(b)
	}
	return rabbitmq.Arg{Kind: rabbitmq.ArgOther, Text: text.String()}
}

// tags are a user's tags: a list, and a text with commas up to 3.8.
type tags []string

func (t *tags) UnmarshalJSON(b []byte) error {
	var list []string
	if json.Unmarshal(b, &list) == nil {
		*t = list
		return nil
	}
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	*t = nil
	for tag := range strings.SplitSeq(text, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			*t = append(*t, tag)
		}
	}
	return nil
}

// object is a nested object. An empty one is also written [].
type object[T any] struct{ in T }

func (o *object[T]) UnmarshalJSON(b []byte) error {
	var zero T
	o.in = zero
	if string(b) == "[]" {
		return nil
	}
	return json.Unmarshal(b, &o.in)
}
