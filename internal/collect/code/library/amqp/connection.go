package amqp

import (
	"fmt"
	"time"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// acts calls f for every meaning with the act, in the order of the source.
func (r *reader) acts(act library.Act, f func(*site, *meaning)) {
	for _, s := range r.sites {
		for i := range s.means {
			if s.means[i].call.Act == act {
				f(s, &s.means[i])
				break // what else it may be says the same
			}
		}
	}
}

// connections adds what opens connections.
func (r *reader) connections() {
	r.hideSecrets()
	slots := []library.Slot{library.URL, library.Host, library.User, library.VHost, library.Heartbeat}
	r.acts(library.Connect, func(s *site, m *meaning) {
		seen := map[string]bool{}
		r.contexts(s, m, slots, func(c *ctx) {
			at := c.site1().At.Place
			if key := fmt.Sprint(at.File, at.Line, at.Column, maskURL(c.plain(library.URL)).Text, c.plain(library.Host).Text, c.plain(library.VHost).Text); !seen[key] {
				seen[key] = true
				r.connection(c)
			}
		})
	})
}

// hideSecrets notes the literals that are used as passwords, before any excerpt is made.
func (r *reader) hideSecrets() {
	for _, s := range r.sites {
		for _, m := range s.means {
			if !has(m.call, library.Password) {
				continue
			}
			r.contexts(s, &m, []library.Slot{library.Password}, func(c *ctx) {
				r.hide(c.arg(library.Password).Value)
			})
		}
	}
}

func (r *reader) hide(v code.Value) {
	switch v.Kind {
	case code.String:
		if v.Text != defaultLogin {
			r.tree.Hide(v.Text)
		}
	case code.Env:
		if v.Default != nil {
			r.hide(*v.Default)
		}
	case code.Choice:
		for _, i := range v.Items {
			r.hide(i)
		}
	}
}

// defaultLogin is RabbitMQ's own user and its password.
const defaultLogin = "guest"

func (r *reader) connection(c *ctx) {
	url := c.plain(library.URL)
	if u, ok := parseURL(url); ok && !isAMQP(u.scheme) {
		r.foreign(c, u.scheme)
		return
	}
	if transport := c.plain(library.Type); c.m.lib.Name == "kombu" && transport.Kind == code.String && !isAMQP(transport.Text) {
		r.foreign(c, transport.Text)
		return
	}
	x := code.Connection{Site: c.site1(), ID: len(r.facts.Connections) + 1, URL: maskURL(url), Host: c.plain(library.Host),
		User: c.plain(library.User), Password: maskSecret(c.plain(library.Password))}
	if u, ok := parseURL(url); c.m.lib.Name == "kombu" && url.Kind == code.String && !ok && u.scheme == "" {
		x.Host, x.URL = url, code.Value{Kind: code.Nil, Origin: url.Origin} // hostname="mq"
	}
	r.openedToPublish(&x.Site, c)
	r.guests[x.ID] = literal(c.plain(library.Password)) == defaultLogin
	x.VHost = r.vhost(c, url)
	x.Heartbeat = c.heartbeat(url)
	x.BlockedTimeout = c.blocked(url)
	x.TLSVerify = r.verifies(c)
	x.Recovers = c.recovers()
	x.Attempts = c.integer(library.Attempts)
	if t := r.madeAt(c.site, library.Connection); t != nil {
		if _, known := r.conns[t]; !known {
			r.conns[t] = x.ID
		}
		x.ErrorListener, x.CloseListener = r.listens(c, t, "error"), r.listens(c, t, "close")
	}
	x.Redials = r.redials(c)
	r.used[c.m.lib.Name] = true
	r.facts.Connections = append(r.facts.Connections, x)
}

// openedToPublish marks a connection or channel that is opened for one message.
func (r *reader) openedToPublish(s *code.Site, c *ctx) {
	if why := r.opensToPublish(c.site); why != "" && !s.PerCall {
		s.PerCall, s.Reason = true, why
	}
}

// foreign notes a connection to a broker that is not RabbitMQ.
func (r *reader) foreign(c *ctx, scheme string) {
	if t := r.madeAt(c.site, library.Connection); t != nil {
		r.conns[t] = -1
	}
	what := "kombu over " + scheme
	for i := range r.facts.Unread {
		if r.facts.Unread[i].What == what {
			r.facts.Unread[i].Files++
			return
		}
	}
	r.facts.Unread = append(r.facts.Unread, code.Unread{What: what, Origin: c.at()})
}

// madeAt is the object of a kind that a call makes.
func (r *reader) madeAt(s *site, k library.Kind) *flow.Thing {
	for _, t := range r.flow.Eval(s.scope, s.call) {
		if t.Form == flow.Object && t.Kind == k && t.Expr == s.call {
			return t
		}
	}
	// The callback API gives it to a function only.
	for _, m := range s.means {
		if m.call.Gives == k {
			return r.flow.Made(m.lib, m.call, s.call, s.scope, m.recv)
		}
	}
	return nil
}

func (r *reader) vhost(c *ctx, url code.Value) model.Known[string] {
	a := c.arg(library.VHost)
	if a.given {
		return a.Str()
	}
	if url.Kind == code.List && len(url.Items) > 0 {
		url = url.Items[0]
	}
	if u, ok := parseURL(url); ok && url.Kind == code.String {
		v := u.vhost
		if v == "" {
			v = "/"
		}
		return model.Present(v, c.at())
	}
	if url.Kind != code.Nil {
		return model.Unknown[string]("it is part of a URL that is not in the source", c.at())
	}
	if a.open {
		return model.Unknown[string](a.why, c.at())
	}
	return model.Present("/", c.at())
}

// managerName is the library that sets its own heartbeat, whatever the URL says.
const managerName = "amqp-connection-manager"

// heartbeat is in seconds; 0 is off.
func (c *ctx) heartbeat(url code.Value) model.Known[int64] {
	if a := c.arg(library.Heartbeat); a.given && a.Kind != code.Nil {
		n := a.Integer()
		if c.m.lib.Name == "amqplib" && model.Is(n, int64(0)) {
			return c.amqplibZero()
		}
		return n
	}
	if u, ok := parseURL(url); ok && url.Kind == code.String {
		if n, ok := queryNumber(u.query, "heartbeat"); ok {
			if c.m.lib.Name == "amqplib" && n == 0 {
				return c.amqplibZero()
			}
			return model.Present(n, c.at())
		}
	} else if url.Kind != code.Nil && url.Kind != code.String && c.m.lib.Name != managerName {
		return model.Unknown[int64]("it may be set in a URL that is not in the source", c.at())
	}
	if c.carriesUnknown() {
		return model.Unknown[int64]("its parameters are not in the source", c.at())
	}
	v, o, ok := c.byDefault(c.m.call, library.Heartbeat)
	if !ok {
		return model.Unknown[int64]("it is negotiated with the broker", c.at())
	}
	return model.Present(v.Int, o)
}

// carriesUnknown says that the parameters of a connection are an object not read.
func (c *ctx) carriesUnknown() bool {
	for _, s := range []library.Slot{library.Host, library.URL} {
		if a := c.arg(s); a.open {
			return true
		}
	}
	return false
}

// amqplibTwo is the first amqplib in which heartbeat 0 is off; before, the broker chose.
var amqplibTwo = model.Version{2, 0, 0}

func (c *ctx) amqplibZero() model.Known[int64] {
	v, known := c.version().Get()
	switch {
	case known && v.Less(amqplibTwo):
		return model.Unknown[int64]("0 leaves it to the broker before amqplib 2.0", c.at())
	case known:
		return model.Present(int64(0), c.at())
	}
	o := *c.at()
	o.Assumed = "amqplib 2.0 or newer, in which heartbeat 0 is off"
	return model.Present(int64(0), &o)
}

// blocked is pika's limit on how long the broker may block publishing.
func (c *ctx) blocked(url code.Value) model.Known[time.Duration] {
	if c.m.lib.Name != "pika" {
		return model.Unknown[time.Duration]("the library has no such option", c.at())
	}
	a := c.arg(library.Blocked)
	switch {
	case a.given && a.Kind == code.Nil:
		return model.Absent[time.Duration](c.at())
	case a.given && a.Kind == code.Float:
		return model.Present(time.Duration(a.Float*float64(time.Second)), a.Origin)
	case a.given:
		return model.Map(a.Integer(), func(n int64) time.Duration { return time.Duration(n) * time.Second })
	case a.open:
		return model.Unknown[time.Duration](a.why, c.at())
	}
	if u, ok := parseURL(url); ok && url.Kind == code.String {
		if n, ok := queryNumber(u.query, "blocked_connection_timeout"); ok {
			return model.Present(time.Duration(n)*time.Second, c.at())
		}
	} else if url.Kind != code.Nil {
		return model.Unknown[time.Duration]("it may be set in a URL that is not in the source", c.at())
	}
	return model.Absent[time.Duration](c.at())
}
