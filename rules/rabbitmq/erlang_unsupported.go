package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// ErlangUnsupported finds brokers on an Erlang that they are not made for.
var ErlangUnsupported = rule.Rule{
	ID:       "rabbitmq/erlang-unsupported",
	Title:    "The broker runs on an Erlang that it does not support",
	Severity: rule.Medium, Area: rule.Operations, Covers: rule.Items("B8", "E1"), Since: "0.1",
	Advice: "Install an Erlang that the series supports; the broker's image has one.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			v, ok := s.Version.Get()
			erlang, given := s.Erlang.Get()
			r, known, _ := releaseOf(v)
			switch {
			case !ok || !given:
				p.Unknown(s, "the versions of broker and Erlang are not known")
			case !known:
				p.Unknown(s, "which Erlang RabbitMQ %s supports is not known to this qaudit", v.Series())
			case !rule.Versions(r.erlang, r.before).Holds(erlang):
				p.Fail(s, "RabbitMQ %s runs on Erlang %s and is made for %s", v, erlang, r.erlangFor).
					See(s.Erlang, "Erlang "+erlang.String())
			default:
				p.Pass(s)
			}
		}
	},
}
