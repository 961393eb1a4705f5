package jsontree

import (
	"fmt"
	"strings"
	"testing"

	"qaudit/internal/collect/files/place"
)

func TestValue(t *testing.T) {
	r := NewReader(place.New("f", []byte("\ufeff{\n  \"a\": [1, \"x\\u00e9\", true, null],\r\n  \"b\": {\"c\": -1.5e3},\n \"b\": 2\n}")))
	v, err := r.Value()
	if err != nil {
		t.Fatal(err)
	}
	a, _ := v.Get("a")
	if len(a.Items) != 4 || a.Items[1].Text != "xé" || a.Items[0].Text != "1" || !a.Items[2].Bool || a.Items[3].Kind != Null {
		t.Errorf("%+v", a)
	}
	if s := a.Items[1].Span; s.Line != 2 || s.Column != 12 || s.EndColumn != 21 {
		t.Errorf("%+v", s)
	}
	if s := v.Fields[1].Span; s.Line != 3 || s.Column != 3 || s.EndColumn != 21 {
		t.Errorf("%+v", s)
	}
	if b, _ := v.Get("b"); b.Text != "2" {
		t.Error("of equal keys the last counts")
	}
	if v.Str("a") != "" {
		t.Error("an array is no string")
	}
}

func TestStream(t *testing.T) {
	src := `{"skip":{"x":[1,{"y":2}]},"list":[{"n":1},{"n":2}],"no":3,"end":"z"}`
	r := NewReader(place.New("f", []byte(src)))
	var got []string
	ok, err := r.Object(func(key string, at place.Span) error {
		switch key {
		case "list":
			_, err := r.Array(func() error {
				v, err := r.Value()
				n, _ := v.Get("n")
				got = append(got, fmt.Sprintf("%s@%d", n.Text, v.Span.Column))
				return err
			})
			return err
		case "no":
			ok, err := r.Array(func() error { return nil })
			if ok {
				t.Error("a number is taken as an array")
			}
			return err
		case "end":
			v, err := r.Value()
			got = append(got, v.Text)
			return err
		}
		return r.Skip()
	})
	if !ok || err != nil || strings.Join(got, " ") != "1@35 2@43 z" {
		t.Error(ok, err, got)
	}
}

func TestProblems(t *testing.T) {
	for src, want := range map[string]string{
		`{"a": [1, 2`:                    "f:1:12: the JSON breaks off",
		"{\"a\": 1,\n \"b\": }":          "f:2:7: it is not JSON: invalid character '}' looking for beginning of value",
		`{"a": ` + "\x00" + `}`:          "f:1:7: it is not JSON: invalid character '\\x00' looking for beginning of value",
		strings.Repeat(`{"a":`, 100_000): "it nests deeper than 500 levels",
		strings.Repeat(`[`, 100_000):     "it nests deeper than 500 levels",
		``:                               "f:1:1: the JSON breaks off",
	} {
		r := NewReader(place.New("f", []byte(src)))
		_, err := r.Value()
		if err == nil {
			t.Errorf("%.40s: no error", src)
			continue
		}
		if got := r.Problem("", err).Error(); !strings.HasSuffix(got, want) {
			t.Errorf("%.40s: %s", src, got)
		}
	}
}
