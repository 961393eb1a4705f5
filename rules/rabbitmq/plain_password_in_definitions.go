package rabbitmq

import (
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/config"
	"qaudit/internal/rule"
)

// PlainPasswordInDefinitions finds definitions with readable passwords.
var PlainPasswordInDefinitions = rule.Rule{
	ID:       "rabbitmq/plain-password-in-definitions",
	Title:    "Everyone who can read the file can log in to the broker",
	Severity: rule.Critical, Area: rule.Security, Covers: rule.Items("P5", "M8"), Since: "0.1",
	Advice: "Put password_hash there (rabbitmqctl hash_password), and change the password: it is in the history.",
	Files: func(p *rule.Pass, e *model.Estate) {
		for _, fs := range model.All[*config.Files](e) {
			for i := range fs.Files {
				if f := &fs.Files[i]; f.Format == config.Definitions {
					judgeDefinitions(p, f)
				}
			}
		}
	},
}

func judgeDefinitions(p *rule.Pass, f *config.File) {
	ref := rule.Ref(model.File(f.Path))
	if len(f.Settings) == 0 {
		p.Pass(ref)
		return
	}
	for _, s := range f.Settings {
		user := strings.TrimSuffix(strings.TrimPrefix(s.Key, "users."), ".password")
		v := p.Fail(ref, "%s holds the password of %q in readable form", f.Path, user).See(s)
		switch {
		case s.Default: // 1. Everybody knows it anyway: see loopback-users-none.
			v.At(rule.Medium)
		case forDevelopment(f.Path) != "": // 2.
			v.At(rule.Medium)
		}
	}
}
