package enabledplugins

import (
	"fmt"
	"testing"
)

func TestParse(t *testing.T) {
	for src, want := range map[string]string{
		"[rabbitmq_management,\n rabbitmq_prometheus].": "[1:2 rabbitmq_management 2:2 rabbitmq_prometheus] []",
		"[].":                    "[] []",
		"[a,\"b\"].":             "[1:2 a] [f:1:4: it is not the name of a plugin]",
		"rabbitmq_management":    "[] [f:1:20: a full stop is missing behind the term f:1:1: it is not a list of plugins]",
		"[rabbitmq_management,r": "[1:2 rabbitmq_management 1:22 r] [f:1:1: its bracket is never closed]",
	} {
		entries, problems := Parse("f", []byte(src))
		var got []string
		for _, e := range entries {
			got = append(got, fmt.Sprintf("%d:%d %s", e.Span.Line, e.Span.Column, e.Key))
		}
		if s := fmt.Sprint(got, problems); s != want {
			t.Errorf("%s\n got %s\nwant %s", src, s, want)
		}
	}
}
