package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// MemoryAlarm finds nodes whose memory alarm stops all publishers.
var MemoryAlarm = rule.Rule{
	ID:       "rabbitmq/memory-alarm",
	Title:    "The memory alarm stops every publisher of the cluster",
	Severity: rule.Critical, Area: rule.Capacity, Covers: rule.Items("M3", "P4", "B4", "S3", "S7"), Since: "0.1",
	Advice: "Let consumers drain the longest queues, then give the node more memory or bound the queues; do not just raise the watermark.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for n := range runningNodes(p, e) {
			alarm(p, n, n.MemAlarm, fmt.Sprintf("%s has used %s of %s of memory: publishers are blocked, on every node",
				n.Name, size(n.MemUsed.Or(0)), size(n.MemLimit.Or(0))), "mem_alarm: true")
		}
	},
}

// alarm decides about one alarm of a node, with the connections that it blocks as evidence.
func alarm(p *rule.Pass, n node, on model.Known[bool], harm, value string) {
	switch {
	case !on.Present():
		p.Unknown(n, "the broker does not say whether the alarm is on")
	case !on.Or(false):
		p.Pass(n)
	default:
		v := p.Fail(n, "%s", harm).See(on, value).HarmSeen()
		connections := n.s.Last().Connections
		if b := blocked(connections.Or(nil)); b > 0 {
			v.See(connections, things(int64(b), "connection")+" blocked or blocking")
		}
	}
}

func blocked(all []rabbitmq.Connection) (n int) {
	for _, c := range all {
		if s := c.State.Or(""); s == "blocked" || s == "blocking" {
			n++
		}
	}
	return n
}
