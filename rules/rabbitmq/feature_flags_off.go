package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// FeatureFlagsOff finds feature flags that block the next upgrade.
var FeatureFlagsOff = rule.Rule{
	ID:       "rabbitmq/feature-flags-off",
	Title:    "The next upgrade is refused: feature flags are off",
	Severity: rule.High, Area: rule.Operations, Covers: rule.Items("B8", "E1"), Since: "0.1",
	Advice:  "Enable them when all nodes run one version: rabbitmqctl enable_feature_flag all. It cannot be undone.",
	Brokers: rule.Versions("3.8", ""),
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			flags := s.FeatureFlags
			off := flagsOff(flags.Or(nil))
			v, _ := s.Version.Get()
			switch {
			case flags.Unknown(): // 1.
				p.Unknown(s, flags.Why())
			case len(off) == 0: // 2.
				p.Pass(s)
			case oneVersion(s) > 1: // 3. They cannot be enabled now.
				p.NotApplicable(s, "an upgrade is under way")
			default: // 4.
				f := p.Fail(s, "%s off: %s", things(int64(len(off)), "feature flag")+isAre(len(off)), some(off)).
					See(flags, fmt.Sprintf("disabled: %s", some(off)))
				if !blocksNext(v, off) {
					f.At(rule.Medium) // 5.
				}
			}
		}
	},
}

func isAre(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

// flagsOff are the flags that are off and not experimental.
func flagsOff(all []rabbitmq.FeatureFlag) []string {
	var off []string
	for _, f := range all {
		if f.State == "disabled" && f.Stability != "experimental" {
			off = append(off, f.Name)
		}
	}
	return off
}

// oneVersion is how many versions the running nodes have.
func oneVersion(s *rabbitmq.Snapshot) int {
	seen := map[model.Version]bool{}
	for _, n := range s.Last().Nodes {
		if v, ok := n.Version.Get(); ok {
			seen[v] = true
		}
	}
	return len(seen)
}

// blocksNext says that the next series refuses to start without the flags: 3.11 requires
// those of 3.8 to 3.10, 3.12 and 4.0 all stable ones before them, 4.3 Khepri (release
// notes of these).
func blocksNext(v model.Version, off []string) bool {
	switch v.Series() {
	case "3.10", "3.11", "3.13":
		return true
	case "4.2":
		for _, f := range off {
			if f == "khepri_db" {
				return true
			}
		}
	}
	return false
}
