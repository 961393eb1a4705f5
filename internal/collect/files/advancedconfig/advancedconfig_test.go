package advancedconfig

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
		{"keys", `[
  {rabbit, [
    {consumer_timeout, undefined},
    {loopback_users, []},
    {default_pass, <<"x">>},
    {auth_backends, [rabbit_auth_backend_internal, rabbit_auth_backend_ldap]},
    {tcp_listeners, [{"127.0.0.1", 5672}]},
    {tcp_listen_options, [inet6, {backlog, 128}]},
    {default_permissions, [<<".*">>, <<".*">>, <<".*">>]}
  ]},
  {kernel, []}
].
`, `3:5 rabbit.consumer_timeout="undefined"
4:5 rabbit.loopback_users="[]"
5:5 rabbit.default_pass="x"
6:5 rabbit.auth_backends="[rabbit_auth_backend_internal,rabbit_auth_backend_ldap]"
7:5 rabbit.tcp_listeners="[{\"127.0.0.1\",5672}]"
8:27 rabbit.tcp_listen_options.inet6="true"
8:34 rabbit.tcp_listen_options.backlog="128"
9:5 rabbit.default_permissions="[<<\".*\">>,<<\".*\">>,<<\".*\">>]"
11:3 kernel="[]"
`},
		{"encrypted", `[{rabbit,[{default_pass,{encrypted,<<"abc">>}}]}].`, "1:11 rabbit.default_pass=\"{encrypted,<<\\\"abc\\\">>}\"\n"},
		{"half written", "[{rabbit,[{consumer_timeout,60000},{channel_max,", "1:11 rabbit.consumer_timeout=\"60000\"\n! f:1:36: its bracket is never closed\n"},
		{"not a list", "consumer_timeout.", "! f:1:1: it is not a list of applications with their settings\n"},
		{"CRLF", "[{rabbit,\r\n [{a,1}]}].\r\n", "2:3 rabbit.a=\"1\"\n"},
		{"empty", "[].", ""},
	} {
		if got := show(Parse("f", []byte(c.src))); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`[{rabbit,[{a,[b,{c,"d"}]},{e,#{f => <<1,2>>}}]}].`))
	f.Add([]byte("[{rabbit,[{consumer_timeout,"))
	f.Add([]byte("\ufeff%% only a comment"))
	f.Fuzz(func(t *testing.T, src []byte) {
		entries, _ := Parse("f", src)
		for _, e := range entries {
			if e.Key == "" && !strings.Contains(string(src), "''") || e.Span.Line < 1 {
				t.Errorf("%+v", e)
			}
		}
	})
}
