// Package advancedconfig reads advanced.config: Erlang terms that override rabbitmq.conf.
package advancedconfig

import (
	"qaudit/internal/collect/files/erlang"
	"qaudit/internal/collect/files/place"
)

// Parse returns the settings of a file in order as dotted keys (rabbit.consumer_timeout,
// rabbit.tcp_listen_options.backlog). The value of a key is text as it is for strings,
// binaries, atoms and numbers, and a term as Erlang writes it for anything else.
func Parse(path string, src []byte) ([]place.Entry, []place.Problem) {
	terms, problems := erlang.Parse(place.New(path, src))
	var r reader
	for i, t := range terms {
		if t.Kind == erlang.List {
			r.list("", t)
		} else if i == 0 {
			problems = append(problems, place.Problem{Path: path, Line: t.Span.Line, Column: t.Span.Column,
				Why: "it is not a list of applications with their settings"})
		}
	}
	return r.entries, problems
}

type reader struct{ entries []place.Entry }

func (r *reader) list(prefix string, list erlang.Term) {
	for _, item := range list.Items {
		if item.Kind == erlang.Atom && prefix != "" {
			// In a property list an atom is short for {atom, true}.
			r.entries = append(r.entries, place.Entry{Key: join(prefix, item.Text), Value: "true", Span: item.Span})
			continue
		}
		key, value, ok := item.Pair()
		if !ok {
			continue
		}
		if properties(value) {
			r.list(join(prefix, key), value)
			continue
		}
		if item.Open { // the value may go on
			continue
		}
		r.entries = append(r.entries, place.Entry{Key: join(prefix, key), Value: text(value), Span: item.Span})
	}
}

// properties reports whether a list is one of keys and values, and not itself a value such
// as a list of names.
func properties(t erlang.Term) bool {
	if t.Kind != erlang.List {
		return false
	}
	pairs := false
	for _, item := range t.Items {
		_, _, ok := item.Pair()
		if !ok && item.Kind != erlang.Atom && !item.Open {
			return false
		}
		pairs = pairs || ok
	}
	return pairs
}

func text(t erlang.Term) string {
	switch t.Kind {
	case erlang.Atom, erlang.String, erlang.Binary, erlang.Integer, erlang.Float:
		return t.Text
	}
	return t.String()
}

func join(prefix, key string) string {
	if prefix == "" {
		return key
	}
	return prefix + "." + key
}
