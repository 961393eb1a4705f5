package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Finding is a rule's fail on one subject, or on a family of subjects.
type Finding struct {
	*rule.Verdict
	Fingerprints []string // the first leads
	Display      string   // the subject as shown
	Count        int      // subjects; more than one is a family
	Examples     []string // of a family
	Family       string   // the pattern of a family's names
	Known        bool     // the baseline has it
}

// Fingerprint is the leading fingerprint.
func (f *Finding) Fingerprint() string { return f.Fingerprints[0] }

// MinFamily is how many channels of one pattern become one finding; our choice: two names
// may differ in a number by chance.
const MinFamily = 3

// findings makes findings of the failed verdicts: names shown without doubt, families
// folded, fingerprints given.
func findings(e *model.Estate, verdicts []*rule.Verdict) []*Finding {
	var out []*Finding
	families := map[string][]*rule.Verdict{}
	var order []string
	for _, v := range verdicts {
		if v.Outcome != rule.Failed {
			continue
		}
		k := familyKey(v)
		if families[k] == nil {
			order = append(order, k)
		}
		families[k] = append(families[k], v)
	}
	ambiguous := scopes(e, verdicts)
	for _, k := range order {
		same := families[k]
		if len(same) >= MinFamily && same[0].Subject.Name != pattern(same[0].Subject.Name) {
			out = append(out, family(same, ambiguous))
			continue
		}
		for _, v := range same {
			out = append(out, &Finding{Verdict: v, Display: ambiguous.display(v.Subject, v.Subject.Name),
				Count: 1, Fingerprints: fingerprints(v, v.Subject.Name)})
		}
	}
	return out
}

func familyKey(v *rule.Verdict) string {
	s := v.Subject
	return strings.Join([]string{v.Rule.ID, s.System, s.Kind, s.Scope.Target, s.Scope.VHost, pattern(s.Name),
		v.Severity.String(), v.Confidence.String(), pattern(strings.ReplaceAll(v.Message, s.Name, ""))}, "\x00")
}

func family(same []*rule.Verdict, names scopeNames) *Finding {
	merged := *same[0]
	name := pattern(merged.Subject.Name)
	f := &Finding{Verdict: &merged, Count: len(same), Family: name,
		Display: names.display(merged.Subject, name)}
	merged.Evidence = nil
	for _, v := range same {
		if len(f.Examples) < 3 {
			f.Examples = append(f.Examples, v.Subject.Name)
			merged.Evidence = append(merged.Evidence, v.Evidence...)
		}
		merged.NowHarm = merged.NowHarm || v.NowHarm
		merged.Traffic += v.Traffic
	}
	merged.Message = strings.ReplaceAll(merged.Message, same[0].Subject.Name, name)
	merged.Subject.Name = name
	f.Fingerprints = fingerprints(&merged, name)
	return f
}

var (
	uuidPart   = regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`)
	hashPart   = regexp.MustCompile(`\b[0-9a-f]{12,64}\b`)
	numberPart = regexp.MustCompile(`[0-9]+`)
)

// pattern replaces what generated names differ in: UUIDs, hashes, numbers.
func pattern(name string) string {
	name = uuidPart.ReplaceAllString(name, "{uuid}")
	name = hashPart.ReplaceAllStringFunc(name, func(s string) string {
		if strings.ContainsAny(s, "0123456789") && strings.ContainsAny(s, "abcdef") {
			return "{hash}"
		}
		return s
	})
	return numberPart.ReplaceAllString(name, "{n}")
}

// fingerprints gives one key per piece of evidence, code first, then configuration, then
// live, so that naming a broker, moving a line or restarting a container opens nothing
// anew: they hold no address, port, line or node.
func fingerprints(v *rule.Verdict, name string) []string {
	var out []string
	for _, kind := range []model.Kind{model.FromCode, model.FromConfig, model.FromLive} {
		for _, e := range v.Evidence {
			if e.Origin.Kind != kind {
				continue
			}
			k := hash(v.Rule.ID, string(kind), e.Origin.Place.File, e.Origin.Place.Symbol,
				strings.Join(strings.Fields(e.Origin.Place.Excerpt), " "))
			if kind == model.FromLive {
				k = hash(v.Rule.ID, string(kind), v.Subject.Scope.Target, v.Subject.Scope.VHost, v.Subject.Kind, name)
			}
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	if len(out) == 0 {
		out = append(out, hash(v.Rule.ID, v.Subject.Kind, name))
	}
	return out
}

func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// scopeNames says what must be added to a name so that it is not ambiguous.
type scopeNames struct{ targets, vhosts bool }

func scopes(e *model.Estate, verdicts []*rule.Verdict) scopeNames {
	targets, vhosts := map[string]bool{}, map[string]bool{}
	for _, v := range verdicts {
		if s := v.Subject.Scope; s.Target != "" {
			targets[s.Target] = true
		}
		if s := v.Subject.Scope; s.VHost != "" {
			vhosts[s.VHost] = true
		}
	}
	return scopeNames{len(targets) > 1, len(vhosts) > 1}
}

func (s scopeNames) display(r model.Ref, name string) string {
	if s.targets && r.Scope.Target != "" {
		name = r.Scope.Target + ": " + name
	}
	if s.vhosts && r.Scope.VHost != "" {
		name += " (vhost " + r.Scope.VHost + ")"
	}
	return name
}

// sortFindings puts first what was seen to do harm, then by severity, confidence,
// traffic; ties by rule and subject, so that the order is stable.
func sortFindings(fs []*Finding) {
	slices.SortStableFunc(fs, func(a, b *Finding) int {
		return cmp.Or(
			-compareBool(a.NowHarm, b.NowHarm),
			-cmp.Compare(a.Severity, b.Severity),
			-cmp.Compare(a.Confidence, b.Confidence),
			-cmp.Compare(a.Traffic, b.Traffic),
			cmp.Compare(a.Rule.ID, b.Rule.ID),
			cmp.Compare(a.Subject.Key(), b.Subject.Key()),
		)
	})
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
