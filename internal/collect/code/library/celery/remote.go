package celery

import (
	"strings"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// untimed are calls that wait for ever without a time-out, with the position where they
// take one; -1: by name only.
var untimed = map[string]int{
	"requests.get": -1, "requests.post": -1, "requests.put": -1, "requests.patch": -1, "requests.delete": -1,
	"requests.head": -1, "requests.options": -1, "requests.request": -1,
	"requests.api.get": -1, "requests.api.post": -1, "requests.api.request": -1,
	"urllib.request.urlopen": 2, "urllib2.urlopen": 2,
	"smtplib.SMTP": 3, "smtplib.SMTP_SSL": -1, "ftplib.FTP": 4, "telnetlib.Telnet": 2,
}

// verbs are the methods of a requests session.
var verbs = map[string]bool{"get": true, "post": true, "put": true, "patch": true, "delete": true, "head": true,
	"options": true, "request": true}

// remote reads a call to another system and whether it has a time-out.
func (b *bodyReader) remote(s scope, e *syntax.Expr, p string) (code.Work, bool) {
	w := code.Work{What: p, Known: true}
	at := b.origin(s, e.Span)
	if pos, ok := untimed[p]; ok {
		w.HasTimeout = b.timeout(s, e, pos, false, at)
		if strings.HasPrefix(p, "urllib") || strings.HasPrefix(p, "smtplib") || strings.HasPrefix(p, "ftplib") {
			if model.Is(w.HasTimeout, false) && b.socketDefault(s) {
				w.HasTimeout = model.Present(true, at)
			}
		}
		return w, true
	}
	if front, method, ok := cutLast(p); ok && verbs[method] && (front == "httpx" || front == "aiohttp") {
		w.HasTimeout = b.timeout(s, e, -1, true, at) // both have a default of their own
		return w, true
	}
	if e.X.Kind != syntax.Attr || !verbs[e.X.Text] {
		return w, false
	}
	kind, class := b.session(s, e.X.X, 0)
	if kind == "" {
		return w, false
	}
	w.What = kind + "." + e.X.Text
	w.HasTimeout = b.timeout(s, e, -1, strings.HasPrefix(kind, "httpx"), at)
	if model.Is(w.HasTimeout, false) && (class != nil && b.mentionsTimeout(class) || b.sessionDefault(s, e.X.X)) {
		w.HasTimeout = model.Present(true, at)
	}
	return w, true
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// timeout says whether a call is given a time-out; def is what holds without one.
func (b *bodyReader) timeout(s scope, e *syntax.Expr, pos int, def bool, at *model.Origin) model.Known[bool] {
	spread := false
	for _, a := range e.Args {
		if !a.Spread {
			continue
		}
		v := b.value(s, a.Value)
		switch t, ok := v.Get("timeout"); {
		case v.Kind != code.Map:
			spread = true
		case ok:
			return model.Present(t.Kind != code.Nil, at)
		default:
			spread = spread || v.Open
		}
	}
	x := argument(e.Args, pos, "timeout")
	switch {
	case x == nil && spread:
		return model.Unknown[bool]("its options are put together at run time", at)
	case x == nil:
		return model.Present(def, at)
	case x.Kind == syntax.NilLit:
		return model.Present(false, at)
	}
	v := b.value(s, x)
	if v.Kind == code.Nil {
		return model.Present(false, at)
	}
	return model.Present(true, at)
}

// session says that an expression is a session of requests or a client of httpx, and its
// class where that is the project's own.
func (b *bodyReader) session(s scope, e *syntax.Expr, depth int) (kind string, class *syntax.Def) {
	if e == nil || depth > 4 {
		return "", nil
	}
	if e.Kind == syntax.Call {
		switch b.path(s, e.X) {
		case "requests.Session", "requests.session", "requests.sessions.Session", "requests_oauthlib.OAuth2Session", "requests_oauthlib.OAuth1Session":
			return "requests.Session", nil
		case "httpx.Client", "httpx.AsyncClient":
			return "httpx.Client", nil
		}
		d := b.def(s, e.X)
		if d != nil && d.Kind == syntax.Class {
			if b.inherits(d, func(p string) bool { return strings.HasPrefix(p, "requests.") && strings.HasSuffix(p, "Session") }) {
				return "requests.Session", d
			}
			return "", nil
		}
		if d != nil && b.homes[d] != nil && len(d.Body) > 0 { // get_session()
			if last := d.Body[len(d.Body)-1]; last.Kind == syntax.Return {
				return b.session(scope{b.homes[d], d}, last.Value, depth+1)
			}
		}
		return "", nil
	}
	for _, g := range b.givens(s, e) {
		if g.element {
			return "", nil
		}
		k, d := b.session(g.scope, g.e, depth+1)
		if k == "" {
			return "", nil
		}
		kind, class = k, d
	}
	return kind, class
}

// mentionsTimeout says that a session class of the project deals with time-outs.
func (b *bodyReader) mentionsTimeout(d *syntax.Def) bool {
	f := b.homes[d]
	return f != nil && d.Span.Start >= 0 && d.Span.End <= len(f.Src) &&
		strings.Contains(strings.ToLower(string(f.Src[d.Span.Start:d.Span.End])), "timeout")
}

// sessionDefault says that a session is given a default time-out after it was made: an
// adapter that has one is mounted, or its request is replaced.
func (b *bodyReader) sessionDefault(s scope, e *syntax.Expr) bool {
	name := e.Path()
	for _, g := range b.givens(s, e) {
		f := g.scope
		found := false
		body := f.f.Body
		if f.def != nil {
			body = f.def.Body
		}
		syntax.Inspect(body, func(st *syntax.Stmt) bool {
			for _, t := range st.Targets {
				if st.Kind == syntax.Assign && t.Kind == syntax.Attr && (t.Text == "request" || t.Text == "send" || t.Text == "timeout") && strings.HasSuffix("."+name, "."+lastOf(t.X)) {
					found = true
				}
			}
			return true
		}, func(x *syntax.Expr) bool {
			if x.Kind == syntax.Call && x.X.Kind == syntax.Attr && x.X.Text == "mount" && len(x.Args) > 1 && lastOf(x.X.X) == lastOf(e) {
				src := f.f.Src[x.Span.Start:x.Span.End]
				found = found || strings.Contains(strings.ToLower(string(src)), "timeout")
			}
			return true
		})
		if found {
			return true
		}
	}
	return false
}

func lastOf(e *syntax.Expr) string {
	p := e.Path()
	return p[strings.LastIndexByte(p, '.')+1:]
}

// socketDefault says that the file sets a default time-out for sockets.
func (b *bodyReader) socketDefault(s scope) bool {
	return strings.Contains(string(s.f.Src), "setdefaulttimeout(")
}
