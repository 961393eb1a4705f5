package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// LazyObsolete finds queue modes and versions that do nothing any more.
var LazyObsolete = rule.Rule{
	ID:       "rabbitmq/lazy-obsolete",
	Title:    "A queue mode is set that does nothing any more",
	Severity: rule.Low, Area: rule.Operations, Covers: rule.Items("B8", "S8", "E1"), Since: "0.1",
	Advice:  "Take the key away: classic queues of 3.12 and newer keep messages on disk by themselves.",
	Brokers: rule.Versions("3.12", ""),
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			if !model.Is(q.Type(), "classic") {
				continue
			}
			mode, version := q.Effective("queue-mode"), q.Int("queue-version")
			v, _ := q.Version().Get()
			switch {
			case version.Or(2) == 1 && !v.Less(model.Version{4, 3}):
				p.Fail(q, "declaring %s closes the channel: RabbitMQ 4.3 refuses queue version 1", q.Name.Name).See(version, "queue-version 1").
					Do("Take x-queue-version away.")
			case mode.Present():
				p.Fail(q, "the mode %s of %s does nothing", mode.Or(none), q.Name.Name).See(mode, "queue-mode "+mode.Or(none).String())
			case mode.Unknown():
				p.Unknown(q, mode.Why())
			default:
				p.Pass(q)
			}
		}
	},
}
