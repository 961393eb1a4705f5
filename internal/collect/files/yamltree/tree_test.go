package yamltree

import (
	"fmt"
	"strings"
	"testing"

	"qaudit/internal/collect/files/place"
)

func show(n *Node) string {
	switch {
	case n == nil:
		return "nil"
	case n.Kind == Scalar:
		return fmt.Sprintf("%s%q@%d:%d", n.Tag, n.Text, n.Span.Line, n.Span.Column)
	case n.Kind == Sequence:
		var out []string
		for _, item := range n.Items {
			out = append(out, show(item))
		}
		return "[" + strings.Join(out, " ") + "]"
	case n.Kind == Mapping:
		var out []string
		for _, f := range n.Fields {
			out = append(out, fmt.Sprintf("%s@%d:%d-%d %s", f.Key, f.Span.Line, f.Span.Column, f.Span.EndColumn, show(f.Value)))
		}
		return "{" + strings.Join(out, ", ") + "}"
	}
	return "null"
}

func read(src string) string {
	docs, problems := Parse(place.New("f", []byte(src)))
	var out []string
	for _, d := range docs {
		out = append(out, show(d))
	}
	for _, p := range problems {
		out = append(out, "! "+p.Error())
	}
	return strings.Join(out, "\n")
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"scalars", "a: 1\nb: 'x'\nc: no\nd: 22:22\ne:\nf: ~\n", `{a@1:1-5 "1"@1:4, b@2:1-7 "x"@2:4, c@3:1-6 "no"@3:4, d@4:1-9 "22:22"@4:4, e@5:1-2 null, f@6:1-2 null}`},
		{"bytes, not characters", "é: {b: é, c: d}\n", `{é@1:1-3 {b@1:6-11 "é"@1:9, c@1:13-17 "d"@1:16}}`},
		{"CRLF and BOM", "\ufeffa: b\r\nc:\r\n  - d\r\n", `{a@1:1-5 "b"@1:4, c@2:1-2 ["d"@3:5]}`},
		{"blocks", "a: |\n  x\n  y\nb: >-\n  x\n  y\nc: 1\n", `{a@1:1-4 "x\ny\n"@1:4, b@4:1-4 "x y"@4:4, c@7:1-5 "1"@7:4}`},
		{"anchor and alias", "a: &x\n  k: v\nb: *x\n", `{a@1:1-2 {k@2:3-7 "v"@2:6}, b@3:1-2 {k@2:3-7 "v"@2:6}}`},
		{"merge", "a: &x {k: v, l: w}\nb:\n  <<: *x\n  k: z\n", `{a@1:1-2 {k@1:8-12 "v"@1:11, l@1:14-18 "w"@1:17}, b@2:1-2 {k@4:3-7 "z"@4:6, l@1:14-18 "w"@1:17}}`},
		{"merge of several", "a: &x {k: 1}\nb: &y {k: 2, l: 3}\nc:\n  <<: [*x, *y]\n", `{a@1:1-2 {k@1:8-12 "1"@1:11}, b@2:1-2 {k@2:8-12 "2"@2:11, l@2:14-18 "3"@2:17}, c@3:1-2 {k@1:8-12 "1"@1:11, l@2:14-18 "3"@2:17}}`},
		{"merge chain", "a: &x {k: 1}\nb: &y\n  <<: *x\n  l: 2\nc:\n  <<: *y\n", `{a@1:1-2 {k@1:8-12 "1"@1:11}, b@2:1-2 {l@4:3-7 "2"@4:6, k@1:8-12 "1"@1:11}, c@5:1-2 {l@4:3-7 "2"@4:6, k@1:8-12 "1"@1:11}}`},
		{"tag", "a: !reset null\nb: !override [x]\n", `{a@1:1-15 !reset"null"@1:11, b@2:1-2 ["x"@2:15]}`},
		{"equal keys", "a: 1\na: 2\n", `{a@2:1-5 "2"@2:4}`},
		{"documents", "a: 1\n---\nb: 2\n", "{a@1:1-5 \"1\"@1:4}\n{b@3:1-5 \"2\"@3:4}"},
		{"anchor in itself", "a: &x [*x]\n", "{a@1:1-2 [null]}\n! f:1:8: the anchor \"x\" of the alias is not defined above it"},
		{"half written", "services:\n  w:\n    image: x\n    comm", "{services@1:1-9 {w@2:3-4 {image@3:5-13 \"x\"@3:12}}}\n! f:4:1: it is not YAML: non-map value is specified"},
		{"unclosed", "a: 1\nb: [1,\nc: 2\n", "{a@1:1-5 \"1\"@1:4}\n! f:2:1: it is not YAML: sequence end token ']' not found"},
		{"tab", "a: 1\n\tb: 2\n", "{a@1:1-5 \"1\"@1:4}\n! f:2:1: it is not YAML: found character '\t' that cannot start any token"},
		{"null byte", "a: x\x00\nb: 2\n", "{a@1:1-5 \"x\"@1:4, b@2:1-5 \"2\"@2:4}\n! f:1:1: a null byte stands in the line"},
		{"template", "{{ if .x }}\na: b\n", "! f:1:1: it is not YAML: could not find flow map content"},
		{"nothing", "", ""},
		{"a comment", "# x\n", ""},
	} {
		if got := read(c.src); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestBounds(t *testing.T) {
	laughs := "a: &a {x: 1}\n"
	for i := 'b'; i < 'z'; i++ {
		laughs += fmt.Sprintf("%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", i, i, i-1, i-1, i-1, i-1, i-1, i-1, i-1, i-1)
	}
	laughs += "m:\n  <<: *y\n"
	if docs, problems := Parse(place.New("f", []byte(laughs))); len(docs) != 1 || len(problems) != 0 {
		t.Error(problems)
	}
	for _, src := range []string{strings.Repeat("[", 600), strings.Repeat("- ", 600), strings.Repeat("a\n", maxLines+1)} {
		if docs, problems := Parse(place.New("f", []byte(src))); len(docs) != 0 || len(problems) != 1 {
			t.Errorf("%.20q: %v", src, problems)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a: &x {k: 1}\nb:\n  <<: [*x, *x]\n", "a: |\n  x\n b", "? a\n: b\n", "- - a\n- !t b\n", "%YAML 1.2\n---\na: b", "a: \"x\\\n  y\"", "\ufeffa:\r\n\t- b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		docs, _ := Parse(place.New("f", src))
		for _, d := range docs {
			for _, x := range d.Fields {
				if x.Span.Line < 1 || x.Span.End > len(src) {
					t.Errorf("%+v", x.Span)
				}
			}
		}
	})
}
