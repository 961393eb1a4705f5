package rabbitmq

import (
	"slices"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// TransientQueue finds queues and exchanges that a restart deletes.
var TransientQueue = rule.Rule{
	ID:       "rabbitmq/transient-queue",
	Title:    "A restart of the broker deletes the queue and its messages",
	Severity: rule.Critical, Area: rule.Durability, Covers: rule.Items("C5", "E1"), Since: "0.1",
	Advice: "Declare it durable under a new name, move the consumers, and delete the old one.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			durable, exclusive := q.Durable(), q.Exclusive()
			role, why := q.Role()
			switch {
			case role == rabbitmq.Reply || role == rabbitmq.Temporary || role == rabbitmq.Control: // 1.
				p.NotApplicable(q, why)
			case durable.Unknown() || model.Is(durable, false) && exclusive.Unknown(): // 2.
				p.Unknown(q, durable.Why()+exclusive.Why())
			case durable.Or(true): // 3.
				p.Pass(q)
			default: // 4.
				v := p.Fail(q, "%s and all that waits in it are gone after a restart of the broker", q.Name.Name).
					See(durable, "durable: false").WithTraffic(q.Traffic())
				switch {
				case model.Is(q.AutoDelete(), true): // 5. It goes with its consumer anyway.
					v.At(rule.Low)
				case denied(q.Snapshot, "transient_nonexcl_queues"): // 6. It cannot even be declared again.
					v.See(q.Snapshot.DeprecatedFeatures, "transient_nonexcl_queues: denied")
				default:
					v.At(rule.High)
				}
			}
		}
		transientExchanges(p, e)
	},
}

// denied says that the broker refuses a deprecated feature.
func denied(s *rabbitmq.Snapshot, feature string) bool {
	return s != nil && slices.ContainsFunc(s.DeprecatedFeatures.Or(nil), func(f rabbitmq.DeprecatedFeature) bool {
		return f.Name == feature && f.State == "denied"
	})
}

// transientExchanges looks at exchanges: before 4.3 they go with their bindings.
func transientExchanges(p *rule.Pass, e *model.Estate) {
	for _, x := range rabbitmq.Exchanges(e) {
		durable := x.Durable()
		v, versionKnown := x.Overlay().Version(x.Target).Get()
		switch {
		case x.Name.Name == "" || strings.HasPrefix(x.Name.Name, "amq.") || !x.Declared():
			continue
		case durable.Unknown():
			p.Unknown(x, durable.Why())
		case durable.Or(true), versionKnown && !v.Less(model.Version{4, 3}): // 7. 4.3 keeps it.
			p.Pass(x)
		default:
			f := p.Fail(x, "the exchange %s and its bindings are gone after a restart of the broker", x.Name.Name).
				See(durable, "durable: false").At(rule.Medium)
			if model.Is(x.AutoDelete(), true) {
				f.At(rule.Low)
			}
		}
	}
}
