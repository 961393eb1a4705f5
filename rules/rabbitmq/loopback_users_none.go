package rabbitmq

import (
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// LoopbackUsersNone finds brokers that let guest in from everywhere.
var LoopbackUsersNone = rule.Rule{
	ID:       "rabbitmq/loopback-users-none",
	Title:    "Everybody can log in with the default password from anywhere",
	Severity: rule.Critical, Area: rule.Security, Covers: rule.Items("P5", "M8"), Since: "0.1",
	Advice: "Remove the line, make a user for each program, and delete guest.",
	Files: func(p *rule.Pass, e *model.Estate) {
		for f := range brokerFiles(e) {
			ref := rule.Ref(model.File(f.Path))
			open := false
			for _, s := range f.Settings {
				switch key := strings.TrimPrefix(s.Key, "rabbit."); {
				case key == "loopback_users" && (s.Value == "none" || s.Value == "[]"), key == "loopback_users.guest" && s.Value == "false":
					open = true
					v := p.Fail(ref, "%s lets the user guest log in from other machines", f.Path).See(s)
					if why := forDevelopment(f.Path); why != "" { // 1.
						v.At(rule.Medium)
					}
					if user, ok := f.Last("default_user"); ok && user.Value != defaultUser { // 2. There is no guest.
						v.At(rule.Low).See(user, "the first user has another name")
					}
				}
			}
			if !open {
				p.Pass(ref)
			}
		}
	},
}
