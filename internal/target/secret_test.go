package target

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretNeverPrints(t *testing.T) {
	const text = "hunter2-hunter2"
	s := NewSecret(text)
	type hidden struct{ inner Secret }
	type open struct {
		Inner Secret
		Ptr   *Secret
	}
	var out strings.Builder
	for _, v := range []any{s, &s, hidden{s}, &hidden{s}, open{s, &s}, []Secret{s}, map[string]Secret{"k": s}, Login{"u", s}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%T", "%t", "%e"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		fmt.Fprintln(&out, v)
		j, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("%T: %v", v, err)
		}
		out.Write(j)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
	}
	x, err := xml.Marshal(open{Inner: s})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(x)
	fmt.Fprint(&out, fmt.Errorf("wrap %v %s", s, s))
	for _, leak := range []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text)} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q prints", leak)
		}
	}
	if s.Reveal() != text || NewSecret("").Reveal() != "" || !NewSecret("").Empty() || fmt.Sprint(Secret{}) != "" {
		t.Error("a secret does not keep its text, or the empty one has some")
	}
}
