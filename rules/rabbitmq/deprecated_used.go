package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// DeprecatedUsed finds features in use that go away.
var DeprecatedUsed = rule.Rule{
	ID:       "rabbitmq/deprecated-used",
	Title:    "A feature is in use that the next version takes away",
	Severity: rule.High, Area: rule.Operations, Covers: rule.Items("B8", "E1"), Since: "0.1",
	Advice:  "Move away from it before the upgrade.",
	Brokers: rule.Versions("3.13", ""),
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			used := s.DeprecatedInUse
			if used.Unknown() {
				p.Unknown(s, used.Why())
				continue
			}
			phases := map[string]rabbitmq.DeprecatedFeature{}
			for _, f := range s.DeprecatedFeatures.Or(nil) {
				phases[f.Name] = f
			}
			for _, name := range used.Or(nil) {
				f := phases[name]
				v := p.Fail(part(s, "feature", "", name), "%s is in use and goes away", name).
					See(used, name+phase(f))
				if f.State != "denied" && (f.Phase == "" || f.Phase == "permitted_by_default") {
					v.At(rule.Medium)
				}
			}
			if len(used.Or(nil)) == 0 {
				p.Pass(s)
			}
		}
	},
}

func phase(f rabbitmq.DeprecatedFeature) string {
	if f.Phase == "" {
		return " is in use"
	}
	return " is in use: " + f.Phase + ", now " + f.State
}
