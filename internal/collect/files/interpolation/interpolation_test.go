package interpolation

import "testing"

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in, text string
		vars     int
		falls    bool
	}{
		{"plain", "plain", 0, false},
		{"a$$b $ c", "a$b $ c", 0, false},
		{"${A}", "${A}", 1, false},
		{"$A-x", "$A-x", 1, false},
		{"${A:-b}", "b", 1, true},
		{"${A-b}", "b", 1, true},
		{"${A:-}", "", 1, true},
		{"${A:?must be set}", "${A:?must be set}", 1, false},
		{"${A:-${B:-c}}d", "cd", 1, true},
		{"${A:-${B}}", "${A:-${B}}", 1, false},
		{"${A:-x}${B}", "x${B}", 2, false},
		{"${unclosed", "${unclosed", 0, false},
		{"${}", "${}", 0, false},
		{"$1", "$1", 0, false},
	} {
		v := Parse(c.in)
		if v.Text != c.text || len(v.Vars) != c.vars || v.Falls() != c.falls {
			t.Errorf("%s: %+v", c.in, v)
		}
	}
}

func TestOpen(t *testing.T) {
	v := Parse("amqp://${H:-rabbit}:5672${EMPTY:-}/x")
	if v.Text != "amqp://rabbit:5672/x" {
		t.Fatal(v.Text)
	}
	for _, c := range []struct {
		start, end int
		want       bool
	}{{0, 4, false}, {7, 13, true}, {14, 18, true}, {19, 20, false}} {
		if v.Open(c.start, c.end) != c.want {
			t.Errorf("%q: %v", v.Text[c.start:c.end], !c.want)
		}
	}
}
