package celery

import (
	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// TLSVerifyOff finds TLS to the broker or backend without a check of the certificate.
var TLSVerifyOff = rule.Rule{
	ID:       "celery/tls-verify-off",
	Title:    "TLS to the broker accepts any certificate",
	Severity: rule.High, Area: rule.Security, Covers: rule.Items("B8", "C7"), Since: "0.1", Preview: true,
	Advice: "Set cert_reqs to ssl.CERT_REQUIRED and ca_certs to the authority that signed the broker's certificate.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		tls, unknown := false, ""
		for _, u := range []struct {
			code.CeleryURL
			setting, key string
		}{{a.CeleryApp.Broker, "broker_use_ssl", "cert_reqs"}, {a.CeleryApp.Backend, "redis_backend_use_ssl", "ssl_cert_reqs"}} {
			off := u.Unverified
			k := a.Setting(u.setting)
			v, set := k.Get()
			if set && v.Kind == code.Map {
				for _, key := range []string{"cert_reqs", "ssl_cert_reqs"} {
					if x, ok := v.Get(key); ok && unverified(x) {
						off = k.Origin()
					}
				}
			}
			tls = tls || u.TLS || set && v.Kind != code.Nil && !model.Is(v.Boolean(), false)
			switch {
			case off != nil && !(u.Host != "" && localHost(u.Host)):
				p.Fail(a, "%s talks TLS to whoever answers: the check of the certificate is off, so that password and messages can be read on the way", a.Ref().Name).
					See(seen(off), u.setting)
				return
			case k.Unknown() && !a.Open:
				unknown = k.Why()
			}
		}
		switch {
		case unknown != "":
			p.Unknown(a, "its TLS options could not be read: %s", unknown)
		case tls:
			p.Pass(a)
		default:
			p.NotApplicable(a, "no TLS is set")
		}
	}),
}

// unverified says that a value of cert_reqs switches the check off.
func unverified(v code.Value) bool {
	switch v.Kind {
	case code.Symbol, code.String:
		return v.Text == "none" || v.Text == "CERT_NONE" || v.Text == "ssl.CERT_NONE"
	case code.Int:
		return v.Int == 0 // ssl.CERT_NONE
	}
	return false
}
