// Package settings reads qaudit.yaml: strictly, and with the line of every error.
package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"qaudit/internal/audit"
	"qaudit/internal/model"
)

// Name is the name of the file.
const Name = "qaudit.yaml"

// Settings is what qaudit.yaml says.
type Settings struct {
	Path     string // "" when there is no file
	Paths    []string
	Complete bool
	Targets  []Target
	FailOn   string
	Exclude  []string
	Ignores  []audit.Ignore
	Flags    map[string]string // other flags by their name: sample, timeout, color …
}

// Target is one entry of targets.
type Target struct {
	Name, URL, User, Password string
	Paths                     []string
	Options                   map[string]string // ca-file, cert-file, key-file, insecure, management, vhost, timeout
	At                        model.Place
}

// Dir is the folder that relative paths start from.
func (s *Settings) Dir() string { return filepath.Dir(s.Path) }

// Find looks for qaudit.yaml from dir upwards to the root of the repository; "" when
// there is none.
func Find(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for {
		p := filepath.Join(dir, Name)
		if _, err := os.Stat(p); err == nil {
			return p
		}
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return ""
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// Read reads the file; env expands ${NAME} in user and password.
func Read(path string, env func(string) (string, bool)) (*Settings, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read settings: %w", err)
	}
	s, err := Parse(path, src, env)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Parse reads the text of a file.
func Parse(path string, src []byte, env func(string) (string, bool)) (s *Settings, err error) {
	defer func() {
		if r := recover(); r != nil { // the YAML parser panics on some broken input
			s, err = nil, fmt.Errorf("%s: not YAML that can be read", path)
		}
	}()
	file, err := parser.ParseBytes(src, parser.ParseComments)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", path, firstLine(err.Error()))
	}
	r := &reader{path: path, env: env, s: &Settings{Path: path, Flags: map[string]string{}}}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			r.top(doc.Body)
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	return r.s, nil
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

type reader struct {
	path string
	env  func(string) (string, bool)
	s    *Settings
	err  error
}

// fail keeps the first error, with its line and column.
func (r *reader) fail(n ast.Node, format string, args ...any) {
	if r.err != nil {
		return
	}
	where := r.path
	if t := n.GetToken(); t != nil {
		where = fmt.Sprintf("%s:%d:%d", r.path, t.Position.Line, t.Position.Column)
	}
	r.err = fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...))
}

// flags are the flags that may also stand in the file.
var flags = []string{"sample", "timeout", "color", "format", "severity", "confidence", "select", "include-tests", "baseline", "preview"}

var topKeys = append([]string{"paths", "complete", "targets", "fail-on", "exclude", "ignore"}, flags...)

func (r *reader) top(n ast.Node) {
	r.each(n, "the file", topKeys, func(key string, v ast.Node) {
		switch key {
		case "paths":
			r.s.Paths = r.list(v, key)
		case "complete":
			r.s.Complete = r.boolean(v, key)
		case "targets":
			for _, item := range r.items(v, key) {
				r.target(item)
			}
		case "fail-on":
			r.s.FailOn = r.text(v, key)
		case "exclude":
			r.s.Exclude = r.list(v, key)
		case "ignore":
			for _, item := range r.items(v, key) {
				r.ignore(item)
			}
		case "select":
			r.s.Flags[key] = strings.Join(r.list(v, key), ",")
		default:
			r.s.Flags[key] = r.text(v, key)
		}
	})
}

var targetOptions = []string{"ca-file", "cert-file", "key-file", "insecure", "management", "vhost", "timeout"}

var targetKeys = append([]string{"name", "url", "user", "password", "paths"}, targetOptions...)

func (r *reader) target(n ast.Node) {
	t := Target{Options: map[string]string{}, At: r.place(n)}
	r.each(n, "a target", targetKeys, func(key string, v ast.Node) {
		switch key {
		case "name":
			t.Name = r.text(v, key)
		case "url":
			t.URL = r.text(v, key)
		case "user":
			t.User = r.expand(v, key)
		case "password":
			t.Password = r.expand(v, key)
		case "paths":
			t.Paths = r.list(v, key)
		default:
			t.Options[key] = r.text(v, key)
		}
	})
	switch {
	case t.Name == "":
		r.fail(n, "a target needs a name")
	case t.URL == "":
		r.fail(n, "target %q needs a url", t.Name)
	case strings.Contains(t.URL, "${"):
		r.fail(n, "target %q: ${…} is expanded in user and password only, never in url", t.Name)
	}
	for _, other := range r.s.Targets {
		if other.Name == t.Name {
			r.fail(n, "two targets are named %q", t.Name)
		}
	}
	r.s.Targets = append(r.s.Targets, t)
}

func (r *reader) ignore(n ast.Node) {
	g := audit.Ignore{At: &model.Origin{Kind: model.FromConfig, Place: r.place(n)}}
	r.each(n, "an ignore", []string{"rule", "subject", "target", "vhost", "path", "reason", "until"}, func(key string, v ast.Node) {
		text := r.text(v, key)
		switch key {
		case "rule":
			g.Rule = text
		case "subject":
			g.Subject = text
		case "target":
			g.Target = text
		case "vhost":
			g.VHost = text
		case "path":
			g.Path = text
		case "reason":
			g.Reason = text
		case "until":
			t, err := time.Parse(time.DateOnly, text)
			if err != nil {
				r.fail(v, "until: %q is no date like 2027-03-01", text)
			}
			g.Until = t
		}
	})
	switch {
	case g.Rule == "":
		r.fail(n, "an ignore needs a rule: rabbitmq/no-dead-letter, rabbitmq/*")
	case strings.TrimSpace(g.Reason) == "":
		r.fail(n, "ignore of %s needs a reason", g.Rule)
	}
	r.s.Ignores = append(r.s.Ignores, g)
}

func (r *reader) place(n ast.Node) model.Place {
	p := model.Place{File: r.path}
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if v, ok := n.(*ast.MappingValueNode); ok {
		n = v.Key
	}
	if t := n.GetToken(); t != nil {
		p.Line, p.Column = t.Position.Line, t.Position.Column
	}
	return p
}

// each calls f for every entry of a mapping with known keys.
func (r *reader) each(n ast.Node, what string, known []string, f func(key string, v ast.Node)) {
	var entries []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		entries = m.Values
	case *ast.MappingValueNode:
		entries = []*ast.MappingValueNode{m}
	default:
		r.fail(n, "%s is not a mapping of keys", what)
		return
	}
	seen := map[string]bool{}
	for _, e := range entries {
		key := e.Key.String()
		switch {
		case seen[key]:
			r.fail(e.Key, "%s has %q twice", what, key)
		case !slices.Contains(known, key):
			hint := nearest(key, known)
			r.fail(e.Key, "unknown key %q in %s%s", key, what, hint)
		default:
			f(key, e.Value)
		}
		seen[key] = true
	}
}

func (r *reader) items(n ast.Node, key string) []ast.Node {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fail(n, "%s: a list is wanted", key)
		return nil
	}
	return s.Values
}

func (r *reader) list(n ast.Node, key string) []string {
	if _, ok := n.(*ast.StringNode); ok {
		return []string{r.text(n, key)}
	}
	var out []string
	for _, v := range r.items(n, key) {
		out = append(out, r.text(v, key))
	}
	return out
}

func (r *reader) text(n ast.Node, key string) string {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value
	case *ast.LiteralNode:
		return v.Value.Value
	case *ast.IntegerNode, *ast.BoolNode, *ast.FloatNode:
		return n.GetToken().Value
	}
	r.fail(n, "%s: text is wanted", key)
	return ""
}

func (r *reader) boolean(n ast.Node, key string) bool {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		r.fail(n, "%s: true or false is wanted", key)
		return false
	}
	return b.Value
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expand is text with ${NAME} taken from the environment. A name that is not set is kept
// out of the error's value, but named.
func (r *reader) expand(n ast.Node, key string) string {
	return variable.ReplaceAllStringFunc(r.text(n, key), func(m string) string {
		name := variable.FindStringSubmatch(m)[1]
		v, ok := r.env(name)
		if !ok {
			r.fail(n, "%s: the environment has no %s", key, name)
		}
		return v
	})
}

// nearest suggests the known key that differs least.
func nearest(key string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if d := Distance(key, k); d < distance {
			best, distance = k, d
		}
	}
	if best == "" {
		return " (known: " + strings.Join(known, ", ") + ")"
	}
	return fmt.Sprintf("; %q is meant?", best)
}

// Distance is the edit distance of two words.
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
