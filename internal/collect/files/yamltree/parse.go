package yamltree

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"qaudit/internal/collect/files/place"
)

// Parse returns the documents of t. When it does not parse, what stands before the line of
// the fault is read alone.
func Parse(t *place.Text) ([]*Node, []place.Problem) {
	if p, bad := t.Unreadable(); bad {
		return nil, []place.Problem{p}
	}
	if len(t.Src) > maxBytes || t.Count() > maxLines {
		return nil, []place.Problem{t.Problem(0, "", fmt.Sprintf("it is longer than %d bytes or %d lines", maxBytes, maxLines))}
	}
	if p, deep := t.TooDeep(); deep {
		return nil, []place.Problem{p}
	}
	b := &builder{text: t, anchors: map[string]*Node{}}
	src := strings.ReplaceAll(t.Src, "\r\n", "\n")
	if i := strings.IndexByte(src, 0); i >= 0 {
		line := 1 + strings.Count(src[:i], "\n")
		b.problems = append(b.problems, t.Problem(t.Offset(line, 1), "", "a null byte stands in the line"))
		src = strings.ReplaceAll(src, "\x00", " ")
	}
	// Each try stops at a line above that of the last fault.
	const tries = 5
	for try := 0; try < tries && src != ""; try++ {
		file, line, why := parse(src)
		if why == "" {
			return b.documents(file), b.problems
		}
		if try == 0 {
			b.problems = append(b.problems, t.Problem(t.Offset(line, 1), "", why))
		}
		src = head(src, line-1)
	}
	return nil, b.problems
}

// head is the first n lines of s.
func head(s string, n int) string {
	at := 0
	for ; n > 0 && at < len(s); n-- {
		i := strings.IndexByte(s[at:], '\n')
		if i < 0 {
			return s
		}
		at += i + 1
	}
	return s[:at]
}

// parse calls the library; why and line say where it failed. Its own message would show
// the source around the fault, which may hold a secret.
func parse(src string) (file *ast.File, line int, why string) {
	defer func() {
		if r := recover(); r != nil {
			file, line, why = nil, 1, fmt.Sprintf("it cannot be parsed as YAML: %v", r)
		}
	}()
	file, err := parser.ParseBytes([]byte(src), 0, parser.AllowDuplicateMapKey())
	if err == nil {
		return file, 0, ""
	}
	line = 1
	why = "it is not YAML"
	var syntax yaml.Error
	if errors.As(err, &syntax) {
		why += ": " + syntax.GetMessage()
		if tok := syntax.GetToken(); tok != nil && tok.Position != nil {
			line = tok.Position.Line
		}
	}
	return nil, line, why
}

// builder turns the library's tree into nodes.
type builder struct {
	text     *place.Text
	anchors  map[string]*Node
	nodes    int
	problems []place.Problem
}

func (b *builder) documents(f *ast.File) []*Node {
	var out []*Node
	for _, d := range f.Docs {
		if d.Body != nil {
			out = append(out, b.node(d.Body))
		}
	}
	return out
}

// at is the offset of a library's position, whose columns count characters.
func (b *builder) at(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0
	}
	p := n.GetToken().Position
	line := b.text.Line(p.Line)
	rest := line.Text
	for i := 1; i < p.Column && rest != ""; i++ {
		_, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
	}
	start := line.Start + len(line.Text) - len(rest)
	return b.snap(line, start, n.GetToken().Origin)
}

// snap corrects an offset to the nearest place in its line where the token is written: the
// library counts wrong behind tags and before blanks at the end of a line.
func (b *builder) snap(line place.Line, start int, written string) int {
	written, _, _ = strings.Cut(strings.TrimSpace(written), "\n")
	written = strings.TrimSpace(written)
	if written == "" || strings.HasPrefix(b.text.Src[start:], written) {
		return start
	}
	best := -1
	for from := 0; ; {
		i := strings.Index(line.Text[from:], written)
		if i < 0 {
			break
		}
		at := line.Start + from + i
		if best < 0 || abs(at-start) < abs(best-start) {
			best = at
		}
		from += i + 1
	}
	if best < 0 {
		return start
	}
	return best
}

func abs(n int) int { return max(n, -n) }

func (b *builder) node(n ast.Node) *Node {
	b.nodes++
	if b.nodes > maxNodes {
		return &Node{}
	}
	switch x := n.(type) {
	case *ast.AnchorNode:
		name := x.Name.GetToken().Value
		delete(b.anchors, name) // an anchor does not hold itself
		v := b.node(x.Value)
		b.anchors[name] = v
		return v
	case *ast.AliasNode:
		return b.alias(x)
	case *ast.TagNode:
		v := *b.node(x.Value)
		v.Tag = x.Start.Value
		return &v
	case *ast.MappingNode:
		return b.mapping(x.Values)
	case *ast.MappingValueNode:
		return b.mapping([]*ast.MappingValueNode{x})
	case *ast.SequenceNode:
		out := &Node{Kind: Sequence, Span: b.text.Span(b.at(n), b.at(n))}
		for _, v := range x.Values {
			out.Items = append(out.Items, b.node(v))
		}
		return out
	}
	return b.scalar(n)
}

func (b *builder) alias(x *ast.AliasNode) *Node {
	name := ""
	if x.Value != nil && x.Value.GetToken() != nil {
		name = x.Value.GetToken().Value
	}
	v, ok := b.anchors[name]
	if !ok {
		b.problems = append(b.problems, b.text.Problem(b.at(x), "", fmt.Sprintf("the anchor %q of the alias is not defined above it", name)))
		return &Node{Span: b.text.Span(b.at(x), b.at(x))}
	}
	return v
}

func (b *builder) scalar(n ast.Node) *Node {
	start := b.at(n)
	out := &Node{Kind: Scalar, Span: b.text.Span(start, start)}
	switch x := n.(type) {
	case nil:
		return &Node{}
	case *ast.NullNode:
		out.Kind = Null
		return out
	case *ast.LiteralNode:
		out.Quoted = true
		if x.Value != nil {
			out.Text = x.Value.Value
		}
		return out
	case *ast.StringNode:
		out.Text = x.Value
		out.Quoted = strings.HasPrefix(strings.TrimSpace(x.Token.Origin), `"`) || strings.HasPrefix(strings.TrimSpace(x.Token.Origin), "'")
	default:
		out.Text = n.GetToken().Value
	}
	written := strings.TrimSpace(n.GetToken().Origin)
	if strings.HasPrefix(b.text.Src[start:], written) {
		out.Span = b.text.Span(start, start+len(written))
	}
	return out
}

func (b *builder) mapping(values []*ast.MappingValueNode) *Node {
	out := &Node{Kind: Mapping}
	index := map[string]int{}
	var merges []*Node
	for i, v := range values {
		if v.Key == nil || v.Key.GetToken() == nil {
			continue
		}
		start := b.at(v.Key)
		if i == 0 {
			out.Span = b.text.Span(start, start)
		}
		value := b.node(v.Value)
		if _, ok := v.Key.(*ast.MergeKeyNode); ok {
			merges = append(merges, value)
			continue
		}
		key := b.key(v.Key)
		f := Field{Key: key, Value: value, Span: b.text.Span(start, max(start+len(key), value.Span.End))}
		if value.Kind != Scalar || value.Span.Start < start {
			f.Span = b.text.Span(start, start+len(v.Key.GetToken().Value))
		}
		if old, twice := index[key]; twice {
			out.Fields[old] = f
			continue
		}
		index[key] = len(out.Fields)
		out.Fields = append(out.Fields, f)
	}
	for _, m := range merges {
		b.merge(out, index, m)
	}
	return out
}

func (b *builder) key(k ast.MapKeyNode) string {
	if s, ok := k.(*ast.StringNode); ok {
		return s.Value
	}
	if m, ok := k.(*ast.MappingKeyNode); ok && m.Value != nil {
		if s, ok := m.Value.(*ast.StringNode); ok {
			return s.Value
		}
		return strings.TrimSpace(m.Value.String())
	}
	return k.GetToken().Value
}

// merge takes the entries of from that are not there yet.
func (b *builder) merge(into *Node, index map[string]int, from *Node) {
	if from.Kind == Sequence {
		for _, item := range from.Items {
			if b.nodes++; item.Kind == Mapping && b.nodes < maxNodes {
				b.merge(into, index, item)
			}
		}
		return
	}
	for _, f := range from.Fields {
		b.nodes++
		if _, own := index[f.Key]; own || b.nodes > maxNodes {
			continue
		}
		index[f.Key] = len(into.Fields)
		into.Fields = append(into.Fields, f)
	}
}
