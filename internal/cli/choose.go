package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"qaudit/internal/audit"
	"qaudit/internal/cli/settings"
	"qaudit/internal/rule"
)

// baselineName is the name of the baseline file.
const baselineName = "qaudit.baseline.json"

// chosen are the rules to run: selected ones, less ignored ones, preview ones only when
// asked for.
func (a *App) chosen(selected, ignored []string, preview bool) ([]*rule.Rule, error) {
	for _, list := range [][]string{selected, ignored} {
		for _, s := range list {
			if !a.namesARule(s) {
				return nil, usage("%q names no rule, prefix or area%s\n  all of them: qaudit rules", s, a.nearestRule(s))
			}
		}
	}
	var out []*rule.Rule
	for _, r := range a.Rules {
		named := slices.ContainsFunc(selected, func(s string) bool { return names(s, r) })
		switch {
		case len(selected) > 0 && !named,
			slices.ContainsFunc(ignored, func(s string) bool { return names(s, r) }),
			r.Preview && !preview && !slices.Contains(selected, r.ID):
			continue
		}
		out = append(out, r)
	}
	return out, nil
}

// names says whether RULE, PREFIX/* or AREA means the rule.
func names(s string, r *rule.Rule) bool { return audit.Glob(s, r.ID) || s == string(r.Area) }

func (a *App) namesARule(s string) bool {
	return slices.ContainsFunc(append(audit.OwnRules(), a.Rules...), func(r *rule.Rule) bool { return names(s, r) })
}

func (a *App) readBaseline(p *plan, s *settings.Settings, o *auditFlags) error {
	p.baselinePath = o.baseline
	if p.baselinePath == "" {
		dir := "."
		if s.Path != "" {
			dir = s.Dir()
		}
		p.baselinePath = filepath.Join(dir, baselineName)
	}
	b, err := audit.ReadBaseline(p.baselinePath)
	switch {
	case err == nil:
		p.old = b
	case audit.Missing(err) && (o.baseline == "" || o.create):
	default:
		return usage("%w", err)
	}
	if !o.noBaseline && !o.create {
		p.job.Baseline = p.old
	}
	return nil
}

func (a *App) createBaseline(p *plan, r *audit.Result) error {
	if r.Incomplete {
		for _, g := range r.Gaps {
			if g.Incomplete {
				fmt.Fprintf(a.Stderr, "qaudit: %s: %s\n", g.What, g.Why)
			}
		}
		return exit{ExitIncomplete, errors.New("the audit is not complete: no baseline was written")}
	}
	ran := map[string]bool{}
	for _, ru := range p.job.Rules {
		ran[ru.ID] = true
	}
	b := audit.NewBaseline(r, p.old, ran)
	if err := b.Write(p.baselinePath); err != nil {
		return usage("%w", err)
	}
	fmt.Fprintf(a.Stdout, "wrote %s: %d findings accepted as they are\n", p.baselinePath, len(b.Entries))
	return nil
}
