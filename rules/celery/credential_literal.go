package celery

import (
	"strings"

	"qaudit/internal/model/celery"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// CredentialLiteral finds passwords of the broker or backend in code.
var CredentialLiteral = rule.Rule{
	ID:       "celery/credential-literal",
	Title:    "The password of the broker is in the source",
	Severity: rule.High, Area: rule.Security, Covers: rule.Items("M8", "P5"), Since: "0.1", Preview: true,
	Advice: "Read the URL from the environment, and change the password: it stays in the history of the repository.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		broker, backend := a.CeleryApp.Broker, a.CeleryApp.Backend
		found := false
		for _, u := range []struct {
			code.CeleryURL
			what, setting string
		}{{broker, "broker", "broker_url"}, {backend, "result backend", "result_backend"}} {
			switch {
			case !u.Login || !u.Literal: // 1. No password, or it comes from outside.
				continue
			case localHost(u.Host) || u.Default: // 2. This machine, or the password that everybody knows.
				continue
			}
			found = true
			as := ""
			if u.Env != "" {
				as = " as the fallback of " + u.Env
			}
			f := p.Fail(a, "the source of %s holds the password of its %s%s", a.Ref().Name, u.what, as).See(seen(u.At), u.setting)
			if u.Env != "" || !strings.Contains(u.Host, ".") { // 3. A fallback, or a host of a container network.
				f.At(rule.Medium)
			}
		}
		switch {
		case found:
		case broker.Known() && backend.Known():
			p.Pass(a)
		case broker.Env != "" || backend.Env != "": // it comes from the environment
			p.Pass(a)
		default:
			p.Unknown(a, "the URLs of its broker and result backend could not be read")
		}
	}),
}
