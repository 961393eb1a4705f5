package procfile

import (
	"fmt"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for src, want := range map[string]string{
		"web: gunicorn app\nworker:celery -A app worker  \n": `1:1 web "gunicorn app" 6; 2:1 worker "celery -A app worker" 8`,
		"# c\n\n  beat : celery beat\r\n":                    `3:3 beat "celery beat" 10`,
		"\ufeffweb: a: b":                                    `1:1 web "a: b" 6`,
		"web:\nnope\nx: y\x00\nok: z":                        `4:1 ok "z" 5; ! f:1:1: web: it has no command; ! f:2:1: it is not of the form "name: command"; ! f:3:1: a null byte stands in the line`,
		"":                                                   "",
	} {
		got, problems := Parse("f", []byte(src))
		var out []string
		for _, p := range got {
			start := p.Start - p.Span.Start + p.Span.Column
			out = append(out, fmt.Sprintf("%d:%d %s %q %d", p.Span.Line, p.Span.Column, p.Name, p.Command, start))
		}
		for _, p := range problems {
			out = append(out, "! "+p.Error())
		}
		if s := strings.Join(out, "; "); s != want {
			t.Errorf("%q\n got %s\nwant %s", src, s, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("web: a && b\nworker : celery\r\n# x"))
	f.Add([]byte("\ufeff:\x00"))
	f.Fuzz(func(t *testing.T, src []byte) {
		got, _ := Parse("f", src)
		for _, p := range got {
			if p.Name == "" || p.Command == "" || p.Start < p.Span.Start {
				t.Errorf("%+v", p)
			}
		}
	})
}
