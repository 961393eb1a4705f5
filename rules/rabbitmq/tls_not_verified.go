package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// TLSNotVerified finds connections that accept any certificate.
var TLSNotVerified = rule.Rule{
	ID:       "rabbitmq/tls-not-verified",
	Title:    "Anyone between client and broker can read and change messages",
	Severity: rule.High, Area: rule.Security, Covers: rule.Items("C5"), Since: "0.1",
	Advice: "Verify the broker's certificate against your certificate authority (CERT_REQUIRED, rejectUnauthorized: true with ca).",
	Code: func(p *rule.Pass, e *model.Estate) {
		for _, f := range rabbitmq.View(e).Facts {
			for i := range f.Connections {
				c := &f.Connections[i]
				ref := siteRef("connection", c.Site)
				switch {
				case c.TLSVerify.Absent():
					p.NotApplicable(ref, "it uses no TLS options")
				case c.TLSVerify.Unknown():
					p.Unknown(ref, c.TLSVerify.Why())
				case model.Is(c.TLSVerify, false):
					p.Fail(ref, "%s connects with TLS and does not verify the broker's certificate", siteName(c.Site)).See(c.TLSVerify).See(c)
				default:
					p.Pass(ref)
				}
			}
		}
	},
}
