package amqp

import (
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// verifies says whether the broker's certificate is checked: false where it is switched
// off, absent where there is no TLS.
func (r *reader) verifies(c *ctx) model.Known[bool] {
	if a := c.arg(library.TLSVerify); a.given && a.Kind == code.Bool {
		return a.Boolean()
	}
	if off := r.unverified(c); off != nil {
		return model.Present(false, off)
	}
	url := c.plain(library.URL)
	if u, ok := parseURL(url); ok {
		if strings.Contains(u.query, "no_verify_ssl=1") || strings.Contains(u.query, "verify=verify_none") {
			return model.Present(false, c.at())
		}
		if u.scheme == "amqps" {
			return model.Present(true, c.at())
		}
	}
	switch a := c.arg(library.TLS); {
	case a.given && a.Kind != code.Nil && !(a.Kind == code.Bool && !a.Bool):
		return model.Present(true, c.at())
	case a.open || url.Kind != code.Nil && url.Kind != code.String:
		return model.Unknown[bool]("its parameters are not in the source", c.at())
	}
	return model.Absent[bool](c.at())
}

// unverified finds, in the file of a connection with TLS, the statement that switches the
// check of certificates off.
func (r *reader) unverified(c *ctx) *model.Origin {
	tls := c.arg(library.TLS)
	opt := c.arg(library.TLSVerify)
	if !tls.given && !opt.given {
		return nil
	}
	var off *model.Origin
	for _, v := range []code.Value{tls.Value, opt.Value} {
		for _, f := range v.Fields {
			if f.Key == "cert_reqs" && strings.HasSuffix(f.Value.Text, "CERT_NONE") {
				return c.at()
			}
		}
	}
	look := func(d *syntax.Def, body []syntax.Stmt) {
		syntax.Inspect(body, func(st *syntax.Stmt) bool {
			if st.Kind == syntax.Assign && len(st.Targets) > 0 && st.Targets[0].Kind == syntax.Attr && off == nil {
				t := st.Targets[0].Text
				if t == "verify_mode" && strings.HasSuffix(st.Value.Path(), "CERT_NONE") {
					off = r.tree.Origin(c.site.file, d, st.Span)
				}
			}
			return true
		}, func(e *syntax.Expr) bool {
			if e.Kind == syntax.Call && off == nil && (strings.HasSuffix(e.X.Path(), "_create_unverified_context") || refuses(e)) {
				off = r.tree.Origin(c.site.file, d, e.Span)
			}
			return true
		})
	}
	look(nil, c.site.file.Body)
	for _, d := range c.site.file.Defs {
		look(d, d.Body)
	}
	return off
}

// refuses says that a call sets cert_reqs=CERT_NONE or no_verify_ssl=True.
func refuses(e *syntax.Expr) bool {
	for _, a := range e.Args {
		switch {
		case a.Name == "cert_reqs" && strings.HasSuffix(a.Value.Path(), "CERT_NONE"):
			return true
		case a.Name == "no_verify_ssl" && (a.Value.Kind == syntax.BoolLit && a.Value.Bool || a.Value.Kind == syntax.IntLit && a.Value.Int != 0):
			return true
		}
	}
	return false
}
