package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Shares of the memory limit that are little headroom; our choices.
const (
	memoryShort = 0.75
	memoryGone  = 0.9
)

// MemoryHeadroom finds nodes that are close to the memory alarm.
var MemoryHeadroom = rule.Rule{
	ID:       "rabbitmq/memory-headroom",
	Title:    "A burst is enough to raise the memory alarm",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("M3", "B4", "S7"), Since: "0.1",
	Advice: "See what uses the memory (rabbitmq-diagnostics memory_breakdown), bound the longest queues, or give the node more.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for n := range runningNodes(p, e) {
			now := share(n.MemUsed, n.MemLimit)
			least := now.Or(0)
			if n.before != nil {
				least = min(least, share(n.before.MemUsed, n.before.MemLimit).Or(0))
			}
			switch {
			case now.Unknown(): // 1.
				p.Unknown(n, now.Why())
			case n.MemAlarm.Or(false): // 2. rabbitmq/memory-alarm says it.
				p.NotApplicable(n, "the alarm is on")
			case least <= memoryShort: // 3. At one of the looks there was enough.
				p.Pass(n)
			default: // 4.
				v := p.Fail(n, "%s uses %s of the memory at which publishers are blocked", n.Name, percent(least)).
					See(n.MemUsed, fmt.Sprintf("%s of %s", size(n.MemUsed.Or(0)), size(n.MemLimit.Or(0))))
				if least <= memoryGone {
					v.At(rule.Medium)
				}
				if n.before == nil {
					v.Likely("it was seen at one look: it can be a peak") // 5.
				}
			}
		}
	},
}
