package rabbitmq

import (
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// WeakHash finds users whose password is stored as an MD5 hash.
var WeakHash = rule.Rule{
	ID:       "rabbitmq/weak-hash",
	Title:    "A password is stored in a way that is easily undone",
	Severity: rule.Medium, Area: rule.Security, Covers: rule.Items("B8", "E1"), Since: "0.1",
	Advice: "Set the user's password anew: it is stored with SHA-256 then.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			users := s.Users
			if users.Unknown() {
				p.Unknown(s, users.Why())
				continue
			}
			for _, u := range users.Or(nil) {
				who := part(s, "user", "", u.Name)
				switch {
				case u.Hashing == "":
					p.Unknown(who, "the broker does not say how its password is stored")
				case strings.HasSuffix(u.Hashing, "md5"):
					p.Fail(who, "the password of %s is stored as an MD5 hash", u.Name).See(users, u.Name+": "+u.Hashing)
				default:
					p.Pass(who)
				}
			}
		}
	},
}
