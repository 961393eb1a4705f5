package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// DiskHeadroom finds nodes whose disk is smaller than what they can hold in memory.
var DiskHeadroom = rule.Rule{
	ID:       "rabbitmq/disk-headroom",
	Title:    "The node cannot write to disk what it holds in memory",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("M3", "C5"), Since: "0.1",
	Advice: "Give the node a disk with at least as much free space as its memory limit, and set disk_free_limit.relative = 1.0.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for n := range runningNodes(p, e) {
			free, limit := n.DiskFree, n.MemLimit
			switch {
			case !free.Present() || !limit.Present():
				p.Unknown(n, "the broker does not give disk or memory")
			case n.DiskAlarm.Or(false):
				p.NotApplicable(n, "the alarm is on")
			case free.Or(0) < limit.Or(0):
				p.Fail(n, "%s has %s of disk free and can hold %s in memory", n.Name, size(free.Or(0)), size(limit.Or(0))).
					See(free, fmt.Sprintf("disk_free %s, mem_limit %s", size(free.Or(0)), size(limit.Or(0))))
			default:
				p.Pass(n)
			}
		}
	},
}
