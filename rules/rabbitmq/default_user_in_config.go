package rabbitmq

import (
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/config"
	"qaudit/internal/rule"
)

// DefaultUserInConfig finds the password of the first administrator in files.
var DefaultUserInConfig = rule.Rule{
	ID:       "rabbitmq/default-user-in-config",
	Title:    "Everyone who can read the file is administrator of the broker",
	Severity: rule.High, Area: rule.Security, Covers: rule.Items("P5", "M8"), Since: "0.1",
	Advice: "Give the password from outside (RABBITMQ_DEFAULT_PASS from a secret, or an encrypted value), and change it: it is in the history.",
	Files: func(p *rule.Pass, e *model.Estate) {
		for f := range brokerFiles(e) {
			if s, ok := lastOf(f, "default_pass"); ok {
				firstUser(p, f.Path, s, s.Literal && !strings.HasPrefix(s.Value, "encrypted:"), s.Default)
			}
		}
		for _, f := range model.All[*config.Files](e) {
			for _, v := range f.Env {
				if v.Name == "RABBITMQ_DEFAULT_PASS" {
					firstUser(p, v.File, v, v.Value.Present(), v.Default)
				}
			}
		}
	},
}

// firstUser decides about one place that sets the first user's password.
func firstUser(p *rule.Pass, file string, at rule.Seen, literal, wellKnown bool) {
	ref := rule.Ref(model.File(file))
	switch why := forDevelopment(file); {
	case !literal: // 1. It comes from outside.
		p.Pass(ref)
	case why != "": // 2.
		p.Fail(ref, "%s holds the password of the broker's first administrator", file).At(rule.Low).See(at)
	case wellKnown: // 3. Everybody knows it.
		p.Fail(ref, "%s makes an administrator with the password that everybody knows", file).See(at)
	default: // 4.
		p.Fail(ref, "%s holds the password of the broker's first administrator", file).See(at)
	}
}

// lastOf is the last setting of the key in rabbitmq.conf or, as rabbit.KEY, advanced.config.
func lastOf(f *config.File, key string) (config.Setting, bool) {
	if s, ok := f.Last(key); ok {
		return s, true
	}
	return f.Last("rabbit." + key)
}
