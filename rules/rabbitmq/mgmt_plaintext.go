package rabbitmq

import (
	"net/url"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// MgmtPlaintext finds management that is reached over the network unencrypted.
var MgmtPlaintext = rule.Rule{
	ID:       "rabbitmq/mgmt-plaintext",
	Title:    "The management password goes over the network unencrypted",
	Severity: rule.High, Area: rule.Security, Covers: rule.Items("B8"), Since: "0.1",
	Advice: "Configure management.ssl, or bind management.tcp to 127.0.0.1 behind a proxy with TLS.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			open := openListeners(s.Listeners.Or(nil), "http")
			asked, err := url.Parse(s.URL)
			remote := err == nil && asked.Hostname() != "" && !loopback(asked.Hostname())
			switch {
			case s.Listeners.Unknown(): // 1.
				p.Unknown(s, s.Listeners.Why())
			case len(open) == 0: // 2.
				p.Pass(s)
			case remote && strings.EqualFold(asked.Scheme, "http"): // 3. This audit just did it.
				p.Fail(s, "management is open on %s: this audit's own password went over the network unencrypted", some(open)).
					See(s.Listeners, "http on "+some(open))
			case remote: // 4. There is a proxy in front that speaks TLS; the port behind it is open all the same.
				p.Fail(s, "management is open on %s without TLS, beside the proxy that this audit came by", some(open)).
					See(s.Listeners, "http on "+some(open)).At(rule.Medium).Likely("a firewall can keep others from the port")
			default: // 5. Asked from the machine itself.
				p.Fail(s, "management is open on %s without TLS", some(open)).
					See(s.Listeners, "http on "+some(open)).At(rule.Medium).Possible("a firewall can keep others from the port")
			}
		}
	},
}
