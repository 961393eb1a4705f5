package erlang

import (
	"strings"
	"testing"

	"qaudit/internal/collect/files/place"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, src, want, problem string }{
		{"proplist", "[{rabbit, [{a, 1}, {b, \"x\"}]}].", `[{rabbit,[{a,1},{b,"x"}]}]`, ""},
		{"comments", "%% x\n[ % y\n a].\n", "[a]", ""},
		{"numbers", "[1_000, -5, 1.5e-3, 16#fF, $a].", "[1000,-5,1.5e-3,16#fF,$a]", ""},
		{"atoms", "['Quoted atom', a@b_c, undefined].", "['Quoted atom',a@b_c,undefined]", ""},
		{"binaries", `[<<"x">>, <<"y"/utf8>>, <<97,98>>, <<>>].`, `[<<"x">>,<<"y">>,<<"ab">>,<<"">>]`, ""},
		{"strings", `["a" "b", "c\n\"\x{e9}"].`, `["ab","c\n\"é"]`, ""},
		{"map", "#{a => 1, b := [2]}.", "#{a=>1,b=>[2]}", ""},
		{"improper list", "[a|b].", "[a,b]", ""},
		{"two terms", "a.\nb.", "a b", ""},
		{"no full stop", "[a]", "[a]", "f:1:4: a full stop is missing behind the term"},
		{"half written", "[{rabbit, [{a, 1}, {b,\n", "[{rabbit,[{a,1},{b}]}]", "f:1:20: its bracket is never closed"},
		{"unclosed string", `[{a, "x`, `[{a,"x"}]`, "f:1:6: its quote is never closed"},
		{"no term", "[a, =].", "[a]", "f:1:5: no Erlang term starts here"},
		{"missing comma", "[{a,1} {b,2}].", "[{a,1}]", "f:1:8: a comma or closing bracket is missing"},
		{"empty", "", "", ""},
		{"null byte", "[a,\x00].", "[a]", "f:1:4: no Erlang term starts here"},
		{"deep", strings.Repeat("[", 2000), "", "f:1:501: it nests deeper than 500 levels"},
	} {
		terms, problems := Parse(place.New("f", []byte(c.src)))
		var got []string
		for _, x := range terms {
			got = append(got, x.String())
		}
		problem := ""
		if len(problems) > 0 {
			problem = problems[0].Error()
		}
		if strings.Join(got, " ") != c.want || problem != c.problem {
			t.Errorf("%s: %q %q", c.name, got, problem)
		}
	}
}

func TestPositions(t *testing.T) {
	terms, _ := Parse(place.New("f", []byte("[\n  {a, <<\"b\">>}\n].")))
	_, v, ok := terms[0].Items[0].Pair()
	if s := v.Span; !ok || s.Line != 2 || s.Column != 7 || s.EndColumn != 14 {
		t.Errorf("%+v", s)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"[{rabbit,[{a,1}]}].", `#{a => <<"b">>}.`, "[$\\", "-.", "<<1,", "'a", "\"\\x{"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		terms, _ := Parse(place.New("f", src))
		for _, x := range terms {
			_ = x.String()
		}
	})
}
