package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/config"
	"qaudit/internal/rule"
)

// ErlangCookieLiteral finds the secret of a cluster in files.
var ErlangCookieLiteral = rule.Rule{
	ID:       "rabbitmq/erlang-cookie-literal",
	Title:    "Whoever knows the cookie can run commands on the broker's machines",
	Severity: rule.Critical, Area: rule.Security, Covers: rule.Items("P5", "M8"), Since: "0.1",
	Advice: "Give the cookie as a secret file or environment variable from outside, and change it.",
	Files: func(p *rule.Pass, e *model.Estate) {
		for _, f := range model.All[*config.Files](e) {
			for _, v := range f.Env {
				if v.Name != "RABBITMQ_ERLANG_COOKIE" {
					continue
				}
				ref := rule.Ref(model.File(v.File))
				switch {
				case !v.Value.Present(): // 1. It comes from outside.
					p.Pass(ref)
				case forDevelopment(v.File) != "": // 2.
					p.Fail(ref, "%s holds the Erlang cookie", v.File).At(rule.Low).See(v)
				default: // 3.
					p.Fail(ref, "%s holds the Erlang cookie: with it and a way to port 25672 one runs any command as RabbitMQ", v.File).See(v)
				}
			}
		}
	},
}
