package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// DiskAlarm finds nodes whose disk alarm stops all publishers.
var DiskAlarm = rule.Rule{
	ID:       "rabbitmq/disk-alarm",
	Title:    "The disk alarm stops every publisher of the cluster",
	Severity: rule.Critical, Area: rule.Capacity, Covers: rule.Items("M3", "P4", "B4", "S3"), Since: "0.1",
	Advice: "Free disk space on the node, or drain the queues that fill it.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for n := range runningNodes(p, e) {
			alarm(p, n, n.DiskAlarm, fmt.Sprintf("%s has %s of disk left, less than its limit of %s: publishers are blocked, on every node",
				n.Name, size(n.DiskFree.Or(0)), size(n.DiskLimit.Or(0))), "disk_free_alarm: true")
		}
	},
}
