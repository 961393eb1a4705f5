package celery

import (
	"qaudit/internal/model/celery"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// Pickle finds apps whose workers load pickled messages.
var Pickle = rule.Rule{
	ID:       "celery/pickle",
	Title:    "Who can send a message can run code on the workers",
	Severity: rule.Critical, Area: rule.Security, Covers: rule.Items("B8"), Since: "0.1",
	Advice: "Send JSON: drop pickle from accept_content once no pickled message waits any more, and pass ids instead of objects.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		accept := a.Setting("accept_content")
		v, set := accept.Get()
		switch {
		case accept.Unknown():
			p.Unknown(a, "accept_content could not be read: %s", accept.Why())
			return
		case !set || v.Kind == code.Nil: // 1. The default: JSON only.
			p.Pass(a)
			return
		}
		for _, item := range v.Items {
			switch item.Text {
			case "pickle", "application/x-python-serialize", "pickle2":
				f := p.Fail(a, "the workers of %s run whatever code a message holds: they accept pickle", a.Ref().Name)
				f.See(unset(accept, a, "accept_content"))
				if !openBroker(a) { // 2. A login that is not the well-known one stands before it.
					f.At(rule.High)
				}
				return
			}
		}
		if v.Open || v.Kind != code.List {
			p.Unknown(a, "accept_content could not be read whole")
			return
		}
		p.Pass(a)
	}),
}

// openBroker says that the broker asks for no password that others do not know.
func openBroker(a *celery.App) bool {
	b := a.CeleryApp.Broker
	return b.Transport != "" && b.Host != "" && !localHost(b.Host) && (b.Default || !b.Login)
}

// localHost says that a host is this machine.
func localHost(host string) bool {
	switch host {
	case "", "localhost", "127.0.0.1", "::1", "[::1]", "0.0.0.0":
		return true
	}
	return false
}
