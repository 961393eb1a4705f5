package rabbitmqconf

import (
	"fmt"
	"strings"
	"testing"

	"qaudit/internal/collect/files/place"
)

func show(entries []place.Entry, problems []place.Problem) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%d:%d %s=%q\n", e.Span.Line, e.Span.Column, e.Key, e.Value)
	}
	for _, p := range problems {
		fmt.Fprintf(&b, "! %s\n", p.Error())
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"plain", "consumer_timeout = 1800000\nlisteners.tcp.1=127.0.0.1:5672 # local\n",
			"1:1 consumer_timeout=\"1800000\"\n2:1 listeners.tcp.1=\"127.0.0.1:5672\"\n"},
		{"comments and blanks", "# a = b\n\n \t\n\ta = b\n", "4:2 a=\"b\"\n"},
		{"CRLF and BOM", "\ufeffa = b\r\nc = d\r\n", "1:1 a=\"b\"\n2:1 c=\"d\"\n"},
		{"no newline at the end", "a = b  ", "1:1 a=\"b\"\n"},
		{"single quotes", "default_pass = 'a#b = c' # x\n", "1:1 default_pass=\"a#b = c\"\n"},
		{"quotes over lines", "a = 'x\ny'\nb = c\n", "1:1 a=\"x\\ny\"\n3:1 b=\"c\"\n"},
		{"unclosed quote", "a = 'x\nb = c\n", "1:1 a=\"'x\"\n2:1 b=\"c\"\n"},
		{"double quotes stay", "a = \"x\"\n", "1:1 a=\"\\\"x\\\"\"\n"},
		{"hash ends a value", "default_pass = abc#def\n", "1:1 default_pass=\"abc\"\n"},
		{"equals in value", "a = b = c\n", "1:1 a=\"b = c\"\n"},
		{"escaped dot", "log.exchange\\.x = a\n", "1:1 log.exchange.x=\"a\"\n"},
		{"include", "include conf.d/*.conf\n", "1:1 include=\"conf.d/*.conf\"\n"},
		{"last wins is the caller's", "a = 1\na = 2\n", "1:1 a=\"1\"\n2:1 a=\"2\"\n"},
		{"no value", "a =\nb = 1\n", "2:1 b=\"1\"\n! f:1:1: a: it has no value\n"},
		{"yaml", "rabbitmq:\n  tcp:\n    port: 5672\n", "! f:1:1: it is YAML; rabbitmq.conf has lines of the form \"key = value\"\n" +
			"! f:2:3: it is YAML; rabbitmq.conf has lines of the form \"key = value\"\n! f:3:5: it is YAML; rabbitmq.conf has lines of the form \"key = value\"\n"},
		{"template", "{% if x %}\na = {{ b }}\n", "2:1 a=\"{{ b }}\"\n! f:1:1: it is a template\n"},
		{"text behind a quote", "a = 'b' c\nd = e\n", "2:1 d=\"e\"\n! f:1:1: a: text stands behind its closing quote\n"},
		{"null byte", "a = b\x00\nc = d\n", "2:1 c=\"d\"\n! f:1:1: a null byte stands in the line\n"},
		{"half a line", "a = 1\nconsumer_ti", "1:1 a=\"1\"\n! f:2:1: it is not of the form \"key = value\"\n"},
		{"utf-16", "\xff\xfea\x00", "! f:1:1: it is in UTF-16, which is not read\n"},
		{"empty", "", ""},
	} {
		if got := show(Parse("f", []byte(c.src))); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a = 'b\nc' # d\ne=f", "include x/*", "\ufeffa.b\\.c = \"d\"\r\n", "a = '\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		entries, problems := Parse("f", src)
		for _, e := range entries {
			if e.Key == "" || e.Span.Line < 1 || e.Span.Column < 1 || e.Span.End <= e.Span.Start {
				t.Errorf("%+v", e)
			}
		}
		if n := strings.Count(string(src), "\n") + 1; len(entries)+len(problems) > n {
			t.Errorf("%d lines give %d entries and %d problems", n, len(entries), len(problems))
		}
	})
}
