package dotenv

import (
	"fmt"
	"strings"
	"testing"
)

func show(src string) string {
	vars, problems := Parse("f", []byte(src))
	var out []string
	for _, v := range vars {
		raw := ""
		if v.Raw {
			raw = " raw"
		}
		out = append(out, fmt.Sprintf("%d:%d-%d %s=%q%s", v.Span.Line, v.Span.Column, v.Span.EndColumn, v.Name, v.Value, raw))
	}
	for _, p := range problems {
		out = append(out, "! "+p.Error())
	}
	return strings.Join(out, "; ")
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"plain", "A=b\n  C = d e \n", `1:1-4 A="b"; 2:3-10 C="d e"`},
		{"export", "export A=b\nexported=c\n", `1:8-11 A="b"; 2:1-11 exported="c"`},
		{"comments", "# x\nA=b # c\nB=http://h/#frag\nC=#x\n", `2:1-4 A="b"; 3:1-17 B="http://h/#frag"; 4:1-3 C=""`},
		{"quotes", "A=\"b # c\\n\\\"\" # x\nB='$x \\n'\n", `1:1-14 A="b # c\n\""; 2:1-10 B="$x \\n" raw`},
		{"lines", "A=\"b\nc\"\nD=e\n", `1:1-3 A="b\nc"; 3:1-4 D="e"`},
		{"variables stay", "A=${B:-c}\nD=\"\\$x\"\n", `1:1-10 A="${B:-c}"; 2:1-8 D="$$x"`},
		{"empty", "A=\nB=\"\"\n", `1:1-3 A=""; 2:1-5 B=""`},
		{"yaml style", "A: b\n", `1:1-5 A="b"`},
		{"name alone", "A\nB=c\n", `2:1-4 B="c"`},
		{"CRLF and BOM", "\ufeffA=b\r\nC=\"d\r\ne\"\r\n", `1:1-4 A="b"; 2:1-3 C="d\ne"`},
		{"no variable", "1A=b\nsome words\nC=d\n", `3:1-4 C="d"; ! f:1:1: it is not of the form "NAME=value"; ! f:2:1: it is not of the form "NAME=value"`},
		{"unclosed", "A=\"b\nC=d\n", `2:1-4 C="d"; ! f:1:1: A: its quote is never closed`},
		{"null byte", "A=\x00\nC=d\n", `2:1-4 C="d"; ! f:1:1: a null byte stands in the line`},
		{"a URL is no pair", "http://x\nA=b", `2:1-4 A="b"; ! f:1:1: it is not of the form "NAME=value"`},
		{"nothing", "", ""},
	} {
		if got := show(c.src); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"A=b\nexport C='d\ne'", "A=\"\\", "A: `b`", "\ufeffA = \"b\" # c\r\n", "=x\n:"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		vars, _ := Parse("f", src)
		for _, v := range vars {
			if v.Name == "" || v.Span.End < v.Span.Start+len(v.Name) {
				t.Errorf("%+v", v)
			}
		}
	})
}
