package rabbitmq

import (
	"cmp"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// CertExpiring finds certificates that end within a month.
var CertExpiring = rule.Rule{
	ID:       "rabbitmq/cert-expiring",
	Title:    "A certificate of the broker ends within a month",
	Severity: rule.High, Area: rule.Security, Covers: rule.Items("M3", "P4", "B8"), Since: "0.1",
	Advice: "Renew the certificate; new connections take it without a restart once the broker has dropped its cache (rabbitmqctl eval 'ssl:clear_pem_cache().').",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			h := s.Health["certificate-expiration"]
			check, ok := h.Get()
			switch {
			case !ok:
				p.Unknown(s, cmp.Or(h.Why(), "the broker has no such check"))
			case check.OK:
				p.Pass(s)
			default:
				p.Fail(s, "a certificate of the broker ends within a month: every TLS client is refused from then on").
					See(h, cmp.Or(check.Reason, "certificate-expiration/1/months failed"))
			}
		}
	},
}
