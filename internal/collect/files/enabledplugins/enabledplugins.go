// Package enabledplugins reads the file enabled_plugins: one Erlang list of names.
package enabledplugins

import (
	"qaudit/internal/collect/files/erlang"
	"qaudit/internal/collect/files/place"
)

// Parse returns one entry a plugin, with the plugin as key and no value.
func Parse(path string, src []byte) ([]place.Entry, []place.Problem) {
	t := place.New(path, src)
	terms, problems := erlang.Parse(t)
	var entries []place.Entry
	for _, term := range terms {
		if term.Kind != erlang.List {
			problems = append(problems, t.Problem(term.Span.Start, "", "it is not a list of plugins"))
			continue
		}
		for _, item := range term.Items {
			if item.Kind != erlang.Atom {
				problems = append(problems, t.Problem(item.Span.Start, "", "it is not the name of a plugin"))
				continue
			}
			entries = append(entries, place.Entry{Key: item.Text, Span: item.Span})
		}
	}
	return entries, problems
}
