package packages

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"qaudit/internal/collect/files/place"
)

// toml calls each for every key of the text with the full path of the key, and table for
// every table header. What stands before a fault is read.
func (r *reader) toml(table func(path []string), each func(path []string, v *unstable.Node, at int)) {
	if p, deep := r.text.TooDeep(); deep {
		r.problems = append(r.problems, p)
		return
	}
	// The parser reads source of others: a fault in it must not end the run.
	defer func() {
		if e := recover(); e != nil {
			r.problem(0, "", fmt.Sprintf("it cannot be parsed as TOML: %v", e))
		}
	}()
	var p unstable.Parser
	p.Reset([]byte(r.text.Src))
	var at []string
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			at, _ = keyPath(e)
			table(at)
		case unstable.KeyValue:
			key, start := keyPath(e)
			each(slices.Concat(at, key), e.Value(), start)
		}
	}
	var fault *unstable.ParserError
	if err := p.Error(); errors.As(err, &fault) {
		start := len(r.text.Src)
		if len(fault.Highlight) > 0 {
			start = int(p.Range(fault.Highlight).Offset)
		}
		r.problem(start, "", "it is not TOML: "+fault.Message)
	} else if err != nil {
		r.problem(len(r.text.Src), "", "it is not TOML")
	}
}

// keyPath is the dotted key of an expression and the offset of its first part.
func keyPath(e *unstable.Node) (parts []string, start int) {
	start = -1
	for it := e.Key(); it.Next(); {
		k := it.Node()
		if start < 0 {
			start = int(k.Raw.Offset)
		}
		parts = append(parts, string(k.Data))
	}
	return parts, max(start, 0)
}

// pythonLock reads the locks that list [[package]] with name and version.
func (r *reader) pythonLock() {
	var name, version string
	var at place.Span
	flush := func() {
		if name != "" && version != "" {
			r.python(name, version, true, at.Start, at.End)
		}
		name, version = "", ""
	}
	r.toml(func([]string) { flush() }, func(path []string, v *unstable.Node, start int) {
		if len(path) != 2 || path[0] != "package" && path[0] != "packages" || v.Kind != unstable.String {
			return
		}
		switch path[1] {
		case "name":
			name = string(v.Data)
			at = r.text.Span(start, end(v))
		case "version":
			version = string(v.Data)
			at = r.text.Span(at.Start, max(at.End, end(v)))
		}
	})
	flush()
}

func end(v *unstable.Node) int { return int(v.Raw.Offset + v.Raw.Length) }

// pyproject reads pyproject.toml (PEP 621, PEP 735, Poetry, PDM, uv) and Pipfile.
func (r *reader) pyproject() {
	r.toml(func([]string) {}, func(path []string, v *unstable.Node, start int) {
		dotted := strings.Join(path, ".")
		switch {
		case dotted == "project.dependencies", dotted == "tool.uv.dev-dependencies",
			strings.HasPrefix(dotted, "project.optional-dependencies."),
			strings.HasPrefix(dotted, "dependency-groups."),
			strings.HasPrefix(dotted, "tool.pdm.dev-dependencies."):
			r.listed(v)
		case len(path) >= 2 && table(path):
			r.keyed(path[len(path)-1], v, start)
		}
	})
}

// table says that the last part of a path is the name of a distribution.
func table(path []string) bool {
	dotted := strings.Join(path[:len(path)-1], ".")
	switch dotted {
	case "packages", "dev-packages", "tool.poetry.dependencies", "tool.poetry.dev-dependencies":
		return true
	}
	return strings.HasPrefix(dotted, "tool.poetry.group.") && strings.HasSuffix(dotted, ".dependencies")
}

// listed reads an array of requirements.
func (r *reader) listed(v *unstable.Node) {
	if v.Kind != unstable.Array {
		return
	}
	for it := v.Children(); it.Next(); {
		if s := it.Node(); s.Kind == unstable.String {
			r.requirement(string(s.Data), false, int(s.Raw.Offset), end(s))
		}
	}
}

// keyed reads name = "spec" and name = {version = "spec"}.
func (r *reader) keyed(name string, v *unstable.Node, start int) {
	switch v.Kind {
	case unstable.String:
		r.python(name, string(v.Data), false, start, end(v))
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			kv := it.Node()
			if key, _ := keyPath(kv); len(key) == 1 && key[0] == "version" && kv.Value().Kind == unstable.String {
				r.python(name, string(kv.Value().Data), false, start, end(kv.Value()))
			}
		}
	}
}
