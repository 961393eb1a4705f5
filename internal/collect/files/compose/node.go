package compose

import (
	"strings"

	"qaudit/internal/collect/files/place"
	"qaudit/internal/collect/files/yamltree"
)

// node is the mapping of a service, or a part of it, with its path for problems.
type node struct {
	r    *reader
	tree *yamltree.Node
	path string
}

// get returns an entry. One with the tag !reset clears what another file says, and is not
// there in this one.
func (n *node) get(key string) (yamltree.Field, bool) {
	f, ok := n.tree.Get(key)
	if !ok || f.Value == nil || f.Value.Tag == "!reset" {
		return yamltree.Field{}, false
	}
	return f, true
}

func (n *node) problem(s place.Span, key, why string) { n.r.problem(s, n.path+"."+key, why) }

// sub is the mapping below a key; ok is false when there is none.
func (n *node) sub(key string) (*node, bool) {
	f, ok := n.get(key)
	if !ok || f.Value.Is(yamltree.Null) {
		return nil, false
	}
	if !f.Value.Is(yamltree.Mapping) {
		n.problem(f.Span, key, "it is not a mapping")
		return nil, false
	}
	return &node{n.r, f.Value, n.path + "." + key}, true
}

func (n *node) text(key string) Text {
	f, ok := n.get(key)
	if !ok || f.Value.Is(yamltree.Null) {
		return Text{}
	}
	if !f.Value.Is(yamltree.Scalar) {
		n.problem(f.Span, key, "it is not a single value")
		return Text{}
	}
	return Text{Value: f.Value.Text, Set: true, Span: f.Span}
}

// strings reads one string or a list of them.
func (n *node) strings(key string) []string {
	var out []string
	for _, t := range n.texts(key) {
		out = append(out, t.Value)
	}
	return out
}

func (n *node) texts(key string) []Text {
	f, ok := n.get(key)
	if !ok {
		return nil
	}
	switch f.Value.Kind {
	case yamltree.Scalar:
		return []Text{{Value: f.Value.Text, Set: true, Span: f.Span}}
	case yamltree.Sequence:
		var out []Text
		for _, item := range f.Value.Items {
			if item.Is(yamltree.Scalar) {
				out = append(out, Text{Value: item.Text, Set: true, Span: item.Span})
			} else {
				n.problem(f.Span, key, "an element is not a single value")
			}
		}
		return out
	case yamltree.Mapping:
		n.problem(f.Span, key, "it is not a list")
	}
	return nil
}

func (n *node) args(key string) Args {
	f, ok := n.get(key)
	if !ok {
		return Args{}
	}
	a := Args{Set: true, Span: f.Span}
	switch f.Value.Kind {
	case yamltree.Scalar:
		a.Text = f.Value.Text
	case yamltree.Sequence:
		a.List = true
		for _, t := range n.texts(key) {
			a.Words = append(a.Words, t.Value)
		}
	case yamltree.Mapping:
		n.problem(f.Span, key, "it is neither a string nor a list")
		return Args{}
	}
	return a
}

func (n *node) env() []Var {
	f, ok := n.get("environment")
	if !ok {
		return nil
	}
	var out []Var
	switch f.Value.Kind {
	case yamltree.Mapping:
		for _, e := range f.Value.Fields {
			switch e.Value.Kind {
			case yamltree.Null:
				out = append(out, Var{Name: e.Key, Span: e.Span})
			case yamltree.Scalar:
				out = append(out, Var{Name: e.Key, Value: e.Value.Text, HasValue: true, Span: e.Span})
			default:
				n.problem(e.Span, "environment."+e.Key, "it is not a single value")
			}
		}
	case yamltree.Sequence:
		for _, t := range n.texts("environment") {
			name, value, has := strings.Cut(t.Value, "=")
			if name == "" {
				n.problem(t.Span, "environment", "a variable has no name")
				continue
			}
			out = append(out, Var{Name: name, Value: value, HasValue: has, Span: t.Span})
		}
	case yamltree.Scalar:
		n.problem(f.Span, "environment", "it is neither a mapping nor a list")
	}
	return out
}

// envFiles reads the short form (paths) and the long one ({path, required}).
func (n *node) envFiles() []Text {
	f, ok := n.get("env_file")
	if !ok {
		return nil
	}
	var out []Text
	items := f.Value.Items
	if f.Value.Is(yamltree.Scalar) || f.Value.Is(yamltree.Mapping) {
		items = []*yamltree.Node{f.Value}
	}
	for _, item := range items {
		if p := item.Value("path"); p.Is(yamltree.Scalar) {
			item = p
		}
		if item.Is(yamltree.Scalar) {
			out = append(out, Text{Value: item.Text, Set: true, Span: item.Span})
		} else {
			n.problem(f.Span, "env_file", "an element is not a path")
		}
	}
	return out
}

func (n *node) health() bool {
	h, ok := n.sub("healthcheck")
	if !ok {
		return false
	}
	if d := h.text("disable"); strings.EqualFold(d.Value, "true") {
		return false
	}
	test := h.args("test")
	return !(test.List && len(test.Words) > 0 && test.Words[0] == "NONE")
}

// build reads "build: ." and the long form.
func (n *node) build(s *Service) {
	f, ok := n.get("build")
	if !ok || f.Value.Is(yamltree.Null) {
		return
	}
	if f.Value.Is(yamltree.Scalar) {
		s.Build = Text{Value: f.Value.Text, Set: true, Span: f.Span}
		return
	}
	b, ok := n.sub("build")
	if !ok {
		return
	}
	s.Build, s.Dockerfile, s.Target = b.text("context"), b.text("dockerfile"), b.text("target")
	if !s.Build.Set {
		s.Build = Text{Value: ".", Set: true, Span: f.Span}
	}
}

// deploy reads what the keys of deploy say; they win over the older ones beside it.
func (n *node) deploy(s *Service) {
	d, ok := n.sub("deploy")
	if !ok {
		return
	}
	if t := d.text("replicas"); t.Set {
		s.Replicas = t
	}
	if p, ok := d.sub("restart_policy"); ok {
		s.RestartPolicy = p.text("condition")
		if !s.RestartPolicy.Set {
			f, _ := d.get("restart_policy")
			s.RestartPolicy = Text{Value: "any", Set: true, Span: f.Span}
		}
	}
	if res, ok := d.sub("resources"); ok {
		if limits, ok := res.sub("limits"); ok {
			if t := limits.text("memory"); t.Set {
				s.Memory = t
			}
		}
	}
}

func (n *node) extend(s *Service) {
	f, ok := n.get("extends")
	if !ok {
		return
	}
	if f.Value.Is(yamltree.Scalar) {
		s.extends = f.Value.Text
		return
	}
	if e, ok := n.sub("extends"); ok {
		s.extends = e.text("service").Value
		if file := e.text("file"); file.Set {
			s.Partial = "it extends a service of " + file.Value
			s.extends = ""
		}
	}
}
