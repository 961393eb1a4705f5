package amqp

import (
	"regexp"
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// names adds the literal names, URLs and credentials in the code.
func (r *reader) names() {
	r.urlLiterals()
	for _, c := range r.facts.Connections {
		r.loginUse(c)
	}
	for _, q := range r.facts.Queues {
		r.nameUse(q.Site, "queue", q.Name)
	}
	for _, x := range r.facts.Exchanges {
		r.nameUse(x.Site, "exchange", x.Name)
	}
	for _, c := range r.facts.Consumes {
		r.nameUse(c.Site, "queue", c.Queue)
	}
	for _, g := range r.facts.Gets {
		r.nameUse(g.Site, "queue", g.Queue)
	}
	for _, p := range r.facts.Publishes {
		if n, ok := p.Exchange.Get(); ok && n == "" {
			r.nameUse(p.Site, "queue", p.Key)
		} else {
			r.nameUse(p.Site, "exchange", p.Exchange)
		}
	}
}

// nameUse adds a name that is literal, or the fallback of a variable.
func (r *reader) nameUse(s code.Site, what string, n code.Name) {
	v := n.Value
	env := ""
	if v.Kind == code.Env && v.Default != nil {
		env, v = v.Text, *v.Default
	}
	if v.Kind != code.String || v.Text == "" || strings.HasPrefix(v.Text, "amq.") {
		return
	}
	if v.Origin != nil {
		s.At = v.Origin
	}
	// One literal that names both ends of a consumer is one use.
	for _, old := range r.facts.Names {
		if old.What == what && old.Value.Text == v.Text && old.At.Place.File == s.At.Place.File && old.At.Place.Line == s.At.Place.Line &&
			old.At.Place.Column == s.At.Place.Column {
			return
		}
	}
	r.facts.Names = append(r.facts.Names, code.NameUse{Site: s, What: what, Value: v, Env: env})
}

// loginUse adds hosts, users, passwords and vhosts that are given beside one another.
func (r *reader) loginUse(c code.Connection) {
	host, user := literal(c.Host), literal(c.User)
	use := code.NameUse{Site: c.Site, Host: host, User: user, TLS: c.TLSVerify.Present()}
	use.VHost, _ = c.VHost.Get()
	if c.Password.Kind == code.String || c.Password.Kind == code.Env && c.Password.Default != nil {
		use.What, use.Value, use.HasPassword = "password", c.Password, true
		if c.Password.Kind == code.Env {
			use.Env, use.Value = c.Password.Text, *c.Password.Default
		}
		use.DefaultLogin = user == defaultLogin && r.isDefaultPassword(c)
		r.facts.Names = append(r.facts.Names, use)
	} else if host != "" {
		use.What, use.Value = "host", c.Host
		if c.Host.Kind == code.Env {
			use.Env = c.Host.Text
		}
		r.facts.Names = append(r.facts.Names, use)
	}
	if v, ok := c.VHost.Get(); ok && v != "/" && c.URL.Kind == code.Nil {
		use.What, use.Value = "vhost", code.Value{Kind: code.String, Text: v, Origin: c.VHost.Origin()}
		r.facts.Names = append(r.facts.Names, use)
	}
}

// isDefaultPassword says that the password is the default one; the fact has only its mask.
func (r *reader) isDefaultPassword(c code.Connection) bool { return r.guests[c.ID] }

func literal(v code.Value) string {
	if v.Kind == code.Env && v.Default != nil {
		v = *v.Default
	}
	if v.Kind == code.String {
		return v.Text
	}
	return ""
}

// brokerURL is a literal that is a URL of RabbitMQ.
var brokerURL = regexp.MustCompile(`^(amqps?|pyamqp|librabbitmq)://`)

// urlLiterals adds every literal URL of RabbitMQ, and the variable whose fallback it is.
func (r *reader) urlLiterals() {
	for _, f := range r.tree.Files {
		seen := map[*syntax.Expr]bool{}
		look := func(d *syntax.Def) func(*syntax.Expr) bool {
			return func(e *syntax.Expr) bool {
				r.urlAt(f, d, e, seen)
				return true
			}
		}
		syntax.Inspect(f.Body, nil, look(nil))
		for _, d := range f.Defs {
			syntax.Inspect(d.Body, nil, look(d))
			for _, p := range d.Params {
				p.Default.Walk(look(d.Parent))
			}
			for _, e := range d.Decorators {
				e.Walk(look(d.Parent))
			}
		}
	}
}

func (r *reader) urlAt(f *library.File, d *syntax.Def, e *syntax.Expr, seen map[*syntax.Expr]bool) {
	if seen[e] {
		return
	}
	s := flow.Scope{File: f.File, Def: d}
	env := ""
	switch e.Kind {
	case syntax.Call, syntax.Binary, syntax.Cond:
		if !holdsURL(e) {
			return
		}
		v := r.tree.Project.Value(s.File, s.Def, e)
		if v.Kind != code.Env || v.Default == nil || v.Default.Kind != code.String || !brokerURL.MatchString(v.Default.Text) {
			return
		}
		env = v.Text
		e.Walk(func(x *syntax.Expr) bool {
			if x.Kind == syntax.StringLit && brokerURL.MatchString(x.Text) {
				seen[x] = true
				r.addURL(f, d, x, env)
			}
			return true
		})
	case syntax.StringLit:
		if brokerURL.MatchString(e.Text) {
			seen[e] = true
			r.addURL(f, d, e, "")
		}
	}
}

func holdsURL(e *syntax.Expr) bool {
	found := false
	e.Walk(func(x *syntax.Expr) bool {
		found = found || x.Kind == syntax.StringLit && brokerURL.MatchString(x.Text)
		return !found
	})
	return found
}

func (r *reader) addURL(f *library.File, d *syntax.Def, e *syntax.Expr, env string) {
	v := code.Value{Kind: code.String, Text: e.Text, Origin: r.tree.Origin(f, d, e.Span)}
	u, ok := parseURL(v)
	if !ok {
		return
	}
	site := r.tree.Site(f, d, e.Span, "")
	r.facts.Names = append(r.facts.Names, code.NameUse{Site: site, What: "url", Value: maskURL(v), Env: env, Host: u.host, User: u.user, DefaultLogin: u.login,
		HasPassword: u.hasPassword, TLS: u.scheme == "amqps", VHost: u.vhost})
}
