package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"qaudit/internal/rule"
)

func (a *App) rules() *cobra.Command {
	c := &cobra.Command{
		Use:     "rules",
		GroupID: "audit",
		Short:   "List the rules, or what of the mission they cover",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			a.listRules()
			return nil
		},
	}
	var strict bool
	coverage := &cobra.Command{
		Use:   "coverage",
		Short: "Print what qaudit must cover, item by item, with the rules and commands behind each",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			open := a.coverage()
			if strict && len(open) > 0 {
				return exit{ExitFound, fmt.Errorf("%d items are not covered: %s", len(open), strings.Join(open, ", "))}
			}
			return nil
		},
	}
	coverage.Flags().BoolVar(&strict, "strict", false, "fail when an item is not covered")
	c.AddCommand(coverage)
	return c
}

func (a *App) listRules() {
	width := 0
	for _, r := range a.Rules {
		width = max(width, len(r.ID))
	}
	for _, r := range a.Rules {
		note := ""
		if r.Preview {
			note = " (preview)"
		}
		fmt.Fprintf(a.Stdout, "%-*s  %-8s  %-10s  %s%s\n", width, r.ID, r.Severity, r.Area, r.Title, note)
	}
	fmt.Fprintf(a.Stdout, "\n%d rules. One of them in full: qaudit explain RULE\n", len(a.Rules))
}

// commandsBehind are the commands that serve an item, beside rules.
var commandsBehind = map[rule.Item][]string{
	"E2": {"audit definitions.json", "audit NAME.qaudit", "snapshot"},
	"B8": {"audit", "baseline"},
}

// coverage prints the table and returns the items that nothing covers. Preview rules do
// not count.
func (a *App) coverage() (open []string) {
	behind := map[rule.Item][]string{}
	for _, r := range a.Rules {
		if r.Preview {
			continue
		}
		for _, item := range r.Covers {
			behind[item] = append(behind[item], r.ID)
		}
	}
	covered := 0
	for _, m := range rule.Mission {
		list := append(behind[m.Item], commandsBehind[m.Item]...)
		mark := "yes"
		if len(list) == 0 {
			mark = "no"
			open = append(open, string(m.Item))
		} else {
			covered++
		}
		fmt.Fprintf(a.Stdout, "%-4s %-3s  %-44s %s\n", m.Item, mark, m.What, shortList(list, 4))
	}
	fmt.Fprintf(a.Stdout, "\n%d of %d items covered by stable rules or commands.\n", covered, len(rule.Mission))
	return open
}

func shortList(list []string, n int) string {
	if len(list) <= n {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:n], ", ") + fmt.Sprintf(", and %d more", len(list)-n)
}
