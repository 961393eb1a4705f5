// Package rules is what qaudit knows: every rule, and its page.
package rules

import (
	"embed"
	"io/fs"
	"slices"

	"qaudit/internal/rule"
	"qaudit/rules/rabbitmq"
)

//go:embed */*.md
var pages embed.FS

// Pages holds the page of each rule at <system>/<slug_with_underscores>.md.
func Pages() fs.FS { return pages }

// All lists the rules, by system.
func All() []*rule.Rule {
	return slices.Concat(
		rabbitmq.Rules(),
	)
}
