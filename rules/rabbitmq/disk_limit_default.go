package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// The default limit of free disk space, in bytes (50 MB in all versions), and from which
// memory limit on it protects nothing; the second is our choice.
const (
	defaultDiskLimit = 50_000_000
	seriousMemory    = 1_000_000_000
)

// DiskLimitDefault finds nodes whose disk alarm comes too late.
var DiskLimitDefault = rule.Rule{
	ID:       "rabbitmq/disk-limit-default",
	Title:    "The disk alarm comes when it is too late",
	Severity: rule.Medium, Area: rule.Capacity, Covers: rule.Items("M3", "B8", "P4"), Since: "0.1",
	Advice: "Set disk_free_limit.relative = 1.0, or an absolute limit of a few gigabytes.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for n := range runningNodes(p, e) {
			limit := n.DiskLimit
			switch {
			case !limit.Present() || !n.MemLimit.Present():
				p.Unknown(n, "the broker does not give its limits")
			case limit.Or(0) != defaultDiskLimit || n.MemLimit.Or(0) <= seriousMemory:
				p.Pass(n)
			default:
				v := p.Fail(n, "%s raises the disk alarm at 50 MB: one burst fills that before it helps", n.Name).
					See(limit, "disk_free_limit 50 MB, the default")
				if nodes(n.s) == 1 && quiet(n.s) { // a machine to develop on
					v.At(rule.Info)
				}
			}
		}
	},
}

// quiet says that nothing was published between the looks, as far as was seen.
func quiet(s *rabbitmq.Snapshot) bool {
	w := s.Window()
	if w.Broken != "" {
		return s.Last().Totals.Counters.Publish.Or(0) == 0
	}
	return w.Delta(w.From.Totals.Counters.Publish, w.To.Totals.Counters.Publish).Or(0) == 0
}
