package rabbitmq

import (
	"net"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// HardCodedCredentials finds passwords of brokers in code.
var HardCodedCredentials = rule.Rule{
	ID:       "rabbitmq/hard-coded-credentials",
	Title:    "Everyone who can read the code can read and write the queues",
	Severity: rule.Critical, Area: rule.Security, Covers: rule.Items("P5", "M8"), Since: "0.1",
	Advice: "Take the URL from the environment or a secret store, and change the password: it is in the history.",
	Code: func(p *rule.Pass, e *model.Estate) {
		for _, f := range rabbitmq.View(e).Facts {
			judged := map[string]bool{}
			for i := range f.Names {
				n := &f.Names[i]
				judged[siteRef("connection", n.Site).Name] = true
				judgeName(p, n)
			}
			for i := range f.Connections {
				if ref := siteRef("connection", f.Connections[i].Site); !judged[ref.Name] {
					p.Pass(ref)
				}
			}
		}
	},
}

func judgeName(p *rule.Pass, n *code.NameUse) {
	if n.What != "url" && n.What != "password" {
		return
	}
	ref := siteRef("connection", n.Site)
	switch {
	case !n.HasPassword: // 1.
		p.Pass(ref)
	case n.DefaultLogin && (local(n.Host) || n.Env != ""): // 2. The default of a developer's machine.
		p.NotApplicable(ref, "it is the default login of a local broker")
	case n.DefaultLogin: // 3. A broker takes guest from itself only, unless it was told otherwise.
		p.Fail(ref, "%s logs in to %s with guest/guest: it works only where the broker was opened to everybody", siteName(n.Site), orBroker(n.Host)).
			At(rule.Medium).See(n)
	case n.Env != "" && local(n.Host): // 4. The fallback of a developer's machine.
		p.Fail(ref, "a password of a local broker stands in %s as the fallback of %s", siteName(n.Site), n.Env).At(rule.Low).See(n)
	case n.Env != "": // 5. A fallback.
		p.Fail(ref, "a broker's password stands in %s as the fallback of %s", siteName(n.Site), n.Env).At(rule.High).See(n)
	case local(n.Host): // 6.
		p.Fail(ref, "a password of a local broker stands in %s", siteName(n.Site)).At(rule.Low).See(n)
	default: // 7.
		p.Fail(ref, "the password of user %q at %s stands in %s", n.User, orBroker(n.Host), siteName(n.Site)).See(n)
	}
}

func orBroker(host string) string {
	if host == "" {
		return "the broker"
	}
	return host
}

// local says that a host is this machine, or a name that only a compose network knows.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
