package compose

import (
	"strings"

	"qaudit/internal/collect/files/yamltree"
)

func (n *node) ports() []Port {
	f, ok := n.get("ports")
	if !ok {
		return nil
	}
	var out []Port
	for _, item := range f.Value.Items {
		switch item.Kind {
		case yamltree.Scalar:
			if p, ok := shortPort(item.Text); ok {
				p.Span = item.Span
				out = append(out, p)
				continue
			}
			n.problem(item.Span, "ports", "it is not a port mapping")
		case yamltree.Mapping:
			m := &node{n.r, item, n.path + ".ports"}
			p := Port{Host: m.text("host_ip").Value, Published: m.text("published").Value,
				Target: m.text("target").Value, Protocol: m.text("protocol").Value, Span: item.Span}
			if p.Target == "" {
				n.problem(item.Span, "ports", "a port has no target")
				continue
			}
			out = append(out, p)
		}
	}
	if f.Value.Is(yamltree.Scalar) || f.Value.Is(yamltree.Mapping) {
		n.problem(f.Span, "ports", "it is not a list")
	}
	return out
}

// shortPort reads [[host:]published:]target[/protocol]; a host may be an IPv6 address in
// brackets.
func shortPort(s string) (p Port, ok bool) {
	parts := splitColons(s)
	last := len(parts) - 1
	p.Target, p.Protocol, _ = cutOutside(parts[last], '/')
	if last >= 1 {
		p.Published = parts[last-1]
	}
	if last >= 2 {
		p.Host = strings.Trim(strings.Join(parts[:last-1], ":"), "[]")
	}
	return p, p.Target != ""
}

func (n *node) volumes() []Volume {
	f, ok := n.get("volumes")
	if !ok {
		return nil
	}
	var out []Volume
	for _, item := range f.Value.Items {
		switch item.Kind {
		case yamltree.Scalar:
			v := shortVolume(item.Text)
			v.Span = item.Span
			out = append(out, v)
		case yamltree.Mapping:
			m := &node{n.r, item, n.path + ".volumes"}
			v := Volume{Type: m.text("type").Value, Source: m.text("source").Value, Target: m.text("target").Value,
				ReadOnly: strings.EqualFold(m.text("read_only").Value, "true"), Span: item.Span}
			if v.Target == "" {
				n.problem(item.Span, "volumes", "a volume has no target")
				continue
			}
			out = append(out, v)
		}
	}
	if f.Value.Is(yamltree.Scalar) || f.Value.Is(yamltree.Mapping) {
		n.problem(f.Span, "volumes", "it is not a list")
	}
	return out
}

// shortVolume reads [source:]target[:mode]; a source may start with a drive's letter.
func shortVolume(s string) Volume {
	parts := splitColons(s)
	if len(parts) > 2 && len(parts[0]) == 1 && strings.ContainsAny(parts[1], `\/`) && parts[0] != "." && parts[0] != "~" {
		parts = append([]string{parts[0] + ":" + parts[1]}, parts[2:]...)
	}
	if len(parts) == 1 {
		return Volume{Target: parts[0]}
	}
	v := Volume{Source: parts[0], Target: parts[1]}
	if len(parts) > 2 {
		for _, mode := range strings.Split(parts[2], ",") {
			v.ReadOnly = v.ReadOnly || mode == "ro"
		}
	}
	return v
}

// splitColons splits at the colons outside of ${…} and […].
func splitColons(s string) []string {
	var out []string
	for {
		before, after, found := cutOutside(s, ':')
		out = append(out, before)
		if !found {
			return out
		}
		s = after
	}
}

// cutOutside cuts at the first sep outside of ${…} and […].
func cutOutside(s string, sep byte) (before, after string, found bool) {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth = max(depth-1, 0)
		case c == sep && depth == 0:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}
