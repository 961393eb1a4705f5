// Package rules is what qaudit knows: every rule, and its page.
package rules

import (
	"embed"
	"slices"

	"qaudit/internal/rule"
	"qaudit/rules/celery"
	"qaudit/rules/rabbitmq"
)

// Pages holds the page of each rule at <system>/<slug_with_underscores>.md.
//
//go:embed */*.md
var Pages embed.FS

// All lists the rules, by system.
func All() []*rule.Rule {
	return slices.Concat(
		rabbitmq.Rules(),
		celery.Rules(),
	)
}
