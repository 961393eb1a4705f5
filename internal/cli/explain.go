package cli

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"qaudit/internal/cli/settings"
	"qaudit/internal/rule"
)

func (a *App) explain() *cobra.Command {
	return &cobra.Command{
		Use:     "explain RULE|SYSTEM",
		GroupID: "audit",
		Short:   "Say why a rule matters and how it decides, or how to name and prepare a system",
		Example: "  qaudit explain rabbitmq/auto-ack\n  qaudit explain rabbitmq",
		Args:    cobra.ExactArgs(1),
		ValidArgsFunction: func(c *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			out, d := a.completeRules(c, args, prefix)
			for _, s := range a.Systems {
				out = append(out, string(s.Name))
			}
			return out, d
		},
		RunE: func(c *cobra.Command, args []string) error {
			for _, s := range a.Systems {
				if string(s.Name) == args[0] {
					fmt.Fprint(a.Stdout, s.Guide)
					return nil
				}
			}
			r := a.byID(args[0])
			if r == nil {
				return usage("there is no rule or system %q%s\n  all of them: qaudit rules", args[0], a.nearestRule(args[0]))
			}
			page, err := a.page(r)
			if err != nil {
				return usage("cannot explain %s: %w", r.ID, err)
			}
			fmt.Fprint(a.Stdout, page)
			return nil
		},
	}
}

// page is the rule's page.
func (a *App) page(r *rule.Rule) (string, error) {
	name := path.Join(r.System(), strings.ReplaceAll(r.Slug(), "-", "_")+".md")
	b, err := fs.ReadFile(a.Pages, name)
	if err != nil {
		return "", fmt.Errorf("its page is missing: %w", err)
	}
	return string(b), nil
}

// nearestRule suggests a rule whose id is close to what was typed.
func (a *App) nearestRule(id string) string {
	best, distance := "", 6
	for _, r := range a.Rules {
		for _, candidate := range []string{r.ID, r.Slug()} {
			if d := settings.Distance(id, candidate); d < distance {
				best, distance = r.ID, d
			}
		}
	}
	if best == "" {
		return ""
	}
	return "; " + best + " is meant?"
}
