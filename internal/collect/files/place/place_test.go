package place

import (
	"strings"
	"testing"

	"qaudit/internal/model"
)

func TestSpan(t *testing.T) {
	txt := New("f", []byte("\xef\xbb\xbfab\r\ncd\n\nef"))
	for _, c := range []struct {
		piece             string
		line, column      int
		endLine, endColum int
	}{
		{"ab", 1, 1, 1, 3},
		{"cd", 2, 1, 2, 3},
		{"d\n\ne", 2, 2, 4, 2},
		{"ef", 4, 1, 4, 3},
	} {
		at := strings.Index(txt.Src, c.piece)
		s := txt.Span(at, at+len(c.piece))
		if s.Line != c.line || s.Column != c.column || s.EndLine != c.endLine || s.EndColumn != c.endColum {
			t.Errorf("%q: %+v", c.piece, s)
		}
		if txt.Offset(s.Line, s.Column) != at {
			t.Errorf("%q: offset %d, want %d", c.piece, txt.Offset(s.Line, s.Column), at)
		}
	}
	if s := txt.Span(-5, 99); s.Start != 0 || s.End != len(txt.Src) {
		t.Errorf("out of range: %+v", s)
	}
}

func TestLines(t *testing.T) {
	var got []string
	New("f", []byte("a\r\n\nb")).Lines(func(l Line) bool { got = append(got, l.Text); return true })
	if strings.Join(got, "|") != "a||b" {
		t.Errorf("%q", got)
	}
	if l := New("f", nil).Line(7); l.Text != "" || l.N != 7 {
		t.Errorf("%+v", l)
	}
}

func TestProblemIsAGap(t *testing.T) {
	p := New("etc/rabbitmq.conf", []byte("a\nbc")).Problem(3, "bc", "no value")
	if p.Error() != "etc/rabbitmq.conf:2:2: bc: no value" {
		t.Error(p.Error())
	}
	g := p.Gap("tree")
	if g.Input != "tree" || g.Kind != model.GapUnreadable || g.What != "etc/rabbitmq.conf:2 bc" ||
		g.Why != "no value" || g.Place.Line != 2 || g.Place.Column != 2 {
		t.Errorf("%+v", g)
	}
}

func TestTooDeep(t *testing.T) {
	for name, c := range map[string]struct {
		src  string
		want bool
	}{
		"brackets":        {strings.Repeat("[", MaxNesting+1), true},
		"dashes":          {strings.Repeat("- ", MaxNesting+1), true},
		"ruler":           {"# " + strings.Repeat("-", 2000) + "\n", false},
		"closed brackets": {strings.Repeat("[]", 2000), false},
		"list":            {strings.Repeat("- a\n", 2000), false},
		"bare dashes":     {strings.Repeat("-\n", 2000), false},
	} {
		if _, got := New("f", []byte(c.src)).TooDeep(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
