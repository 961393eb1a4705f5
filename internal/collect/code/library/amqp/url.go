package amqp

import (
	"strings"

	"qaudit/internal/collect/files/brokerurl"
	"qaudit/internal/collect/files/secret"
	"qaudit/internal/model/code"
)

type urlParts struct {
	scheme, host, user, vhost string
	hasPassword, login        bool
	query                     string
	from                      string // the variable whose fallback it is
}

// parseURL reads a literal URL, or the fallback of a variable.
func parseURL(v code.Value) (urlParts, bool) {
	switch v.Kind {
	case code.Env:
		if v.Default != nil {
			u, ok := parseURL(*v.Default)
			u.from = v.Text
			return u, ok
		}
	case code.List:
		if len(v.Items) > 0 {
			return parseURL(v.Items[0])
		}
	case code.Template:
		// The scheme may stand there though the rest does not.
		if len(v.Items) > 0 && v.Items[0].Kind == code.String {
			if s, _, ok := strings.Cut(v.Items[0].Text, "://"); ok {
				return urlParts{scheme: strings.ToLower(s)}, true
			}
		}
	case code.String:
		scheme, _, ok := strings.Cut(v.Text, "://")
		if !ok {
			return urlParts{}, false
		}
		p := urlParts{scheme: strings.ToLower(scheme)}
		if u, ok := brokerurl.Parse(v.Text); ok {
			p.host, p.user, p.vhost, p.hasPassword, p.login = u.Host, u.User, u.VHost, u.HasPassword, u.DefaultLogin
		}
		if _, q, ok := strings.Cut(v.Text, "?"); ok {
			p.query = q
		}
		return p, true
	}
	return urlParts{}, false
}

func isAMQP(scheme string) bool {
	s := strings.ToLower(scheme)
	return brokerurl.AMQP(s) || s == "confirm_publish"
}

// maskURL drops userinfo from a value. In a template all that stands between :// and @ is
// masked: a piece of it may be the password.
func maskURL(v code.Value) code.Value {
	if v.Kind == code.Map { // its parts are in the fact one by one
		return code.Value{Kind: code.Nil, Origin: v.Origin}
	}
	v.Text = secret.URLs(v.Text)
	if v.Default != nil {
		d := maskURL(*v.Default)
		v.Default = &d
	}
	if len(v.Items) == 0 {
		return v
	}
	items := make([]code.Value, len(v.Items))
	copy(items, v.Items)
	v.Items = items
	if v.Kind != code.Template {
		for i := range items {
			items[i] = maskURL(items[i])
		}
		return v
	}
	start, end := -1, -1
	for i, x := range items {
		if x.Kind == code.String && start < 0 && strings.Contains(x.Text, "://") {
			start = i
		}
		if x.Kind == code.String && start >= 0 && strings.Contains(x.Text, "@") {
			end = i
		}
	}
	for i := range items {
		x := &items[i]
		switch {
		case i == start && end > start:
			x.Text = x.Text[:strings.Index(x.Text, "://")+3] + secret.Mask
		case i == end && end > start:
			x.Text = secret.Mask + x.Text[strings.LastIndexByte(x.Text, '@'):]
		case i > start && i < end && x.Kind == code.String:
			x.Text = secret.Mask
		case i > start && i < end:
			*x = maskSecret(*x)
		default:
			*x = maskURL(*x)
		}
	}
	return v
}

// maskSecret drops the text of a value; what kind it is, and which variable, stay.
func maskSecret(v code.Value) code.Value {
	switch v.Kind {
	case code.String:
		v.Text = secret.Mask
	case code.Env:
		if v.Default != nil {
			d := maskSecret(*v.Default)
			v.Default = &d
		}
	case code.Unresolved, code.Symbol, code.Nil:
	default:
		v = code.Value{Kind: code.Unresolved, Text: secret.Mask, Origin: v.Origin}
	}
	return v
}

func queryNumber(query, key string) (n int64, ok bool) {
	for _, p := range strings.Split(query, "&") {
		k, v, _ := strings.Cut(p, "=")
		if k != key || v == "" || len(v) > 9 {
			continue
		}
		for _, c := range v {
			if c < '0' || c > '9' {
				return 0, false
			}
			n = n*10 + int64(c-'0')
		}
		return n, true
	}
	return 0, false
}
