// Package brokerurl reads the URLs with which applications reach a broker.
package brokerurl

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"qaudit/internal/collect/files/interpolation"
	"qaudit/internal/model/config"
)

// Schemes are the schemes of brokers, as client libraries and Celery write them.
var schemes = []string{"amqp", "amqps", "pyamqp", "librabbitmq", "redis", "rediss", "sentinel",
	"redis+socket", "sqs", "kafka", "confluentkafka", "stomp", "mqtt", "mqtts", "rabbitmq-stream", "nats"}

// AMQP reports whether a scheme is one of RabbitMQ's AMQP 0-9-1.
func AMQP(scheme string) bool {
	return slices.Contains(schemes[:4], scheme)
}

// Parse reads a broker URL, of several parted by a semicolon the first; ok is false when
// value is none. The password is not kept. A part that comes from a variable has the
// variable's fallback, "" (port 0) without one, and is named in Unresolved.
func Parse(value string) (u config.URL, ok bool) {
	return FromValue(interpolation.Parse(value))
}

// FromValue is Parse for a value whose variables were read already.
func FromValue(v interpolation.Value) (u config.URL, ok bool) {
	s := v.Text
	i := strings.Index(s, "://")
	if i < 0 {
		return u, false
	}
	u.Scheme = strings.ToLower(s[:i])
	if !slices.Contains(schemes, u.Scheme) || v.Open(0, i+3) && !v.Falls() {
		return u, false
	}
	p := parts{v: v, url: &u}
	p.resolve(0, i, "scheme")
	start := i + len("://")
	end := len(s)
	if j := strings.IndexAny(s[start:], ";,"); j >= 0 {
		end = start + j
	}
	authority, path := p.cut(start, end)
	p.readAuthority(authority[0], authority[1])
	p.readVHost(path[0], path[1])
	return u, true
}

// parts reads the parts of one URL by their offsets in the value's text.
type parts struct {
	v   interpolation.Value
	url *config.URL
}

// cut finds the authority and the path between start and end. A password may hold an
// unescaped slash; a variable's name holds none, so only the last @ can end userinfo.
func (p *parts) cut(start, end int) (authority, path [2]int) {
	s := p.v.Text[start:end]
	from := 0
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		if slash := strings.IndexAny(s, "/?#"); slash < 0 || at < slash || strings.Contains(s[:slash], ":") && !number(after(s[:slash], ':')) {
			from = at + 1
		}
	}
	stop := len(s)
	if slash := strings.IndexAny(s[from:], "/?#"); slash >= 0 {
		stop = from + slash
	}
	tail := len(s)
	if q := strings.IndexAny(s[stop:], "?#"); q >= 0 {
		tail = stop + q
	}
	return [2]int{start, start + stop}, [2]int{start + stop, start + tail}
}

func (p *parts) readAuthority(start, end int) {
	s := p.v.Text[start:end]
	host := start
	at := strings.LastIndexByte(s, '@')
	if at >= 0 {
		host = start + at + 1
		user, password := s[:at], ""
		colon := separator(user)
		if colon >= 0 {
			user, password = user[:colon], user[colon+1:]
			p.url.HasPassword = password != ""
			p.resolve(start+colon+1, start+at, "password")
		} else {
			colon = at
		}
		p.url.User = unescape(p.resolve(start, start+colon, "user"))
		p.url.DefaultLogin = AMQP(p.url.Scheme) && p.url.User == "guest" && password == "guest"
	} else {
		p.url.DefaultLogin = AMQP(p.url.Scheme)
	}
	p.readHost(host, end)
}

func (p *parts) readHost(start, end int) {
	s := p.v.Text[start:end]
	colon := separator(s)
	if strings.HasPrefix(s, "[") {
		colon = -1
		if close := strings.IndexByte(s, ']'); close >= 0 {
			if strings.HasPrefix(s[close+1:], ":") {
				colon = close + 1
			}
		}
	}
	if colon >= 0 {
		p.url.Port, _ = strconv.Atoi(p.resolve(start+colon+1, end, "port"))
		end = start + colon
	}
	p.url.Host = strings.Trim(p.resolve(start, end, "host"), "[]")
}

// readVHost decodes the path. Without one, and for "/" and "//", AMQP libraries use the
// vhost "/".
func (p *parts) readVHost(start, end int) {
	s := p.v.Text[start:end]
	if strings.HasPrefix(s, "/") {
		start++
	}
	open := len(p.url.Unresolved)
	p.url.VHost = unescape(p.resolve(start, end, "vhost"))
	if p.url.VHost == "" && AMQP(p.url.Scheme) && (len(p.url.Unresolved) == open || p.v.Falls()) {
		p.url.VHost = "/"
	}
}

// resolve is the text of a part, "" when a variable without fallback stands in it.
func (p *parts) resolve(start, end int, name string) string {
	if start < end && p.v.Open(start, end) {
		p.url.Unresolved = append(p.url.Unresolved, name)
		for _, x := range p.v.Vars {
			if !x.HasFallback && x.Start < end && x.End > start {
				return ""
			}
		}
	}
	return p.v.Text[start:end]
}

// separator is the index of the first colon outside of ${…}, or -1.
func separator(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			depth = max(depth-1, 0)
		case ':':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

func unescape(s string) string {
	if out, err := url.PathUnescape(s); err == nil {
		return out
	}
	return s
}

func after(s string, sep byte) string { return s[strings.IndexByte(s, sep)+1:] }

func number(s string) bool { return strings.Trim(s, "0123456789") == "" }
