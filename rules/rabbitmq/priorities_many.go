package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Levels of priority that are many (RabbitMQ documentation, "Classic Queues Support
// Priorities", advises single digits) and very many (our choice).
const (
	manyPriorities = 10
	fullPriorities = 50
)

// PrioritiesMany finds queues with more priorities than anybody tells apart.
var PrioritiesMany = rule.Rule{
	ID:       "rabbitmq/priorities-many",
	Title:    "A queue pays for priorities that nobody uses",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("A3", "C1"), Since: "0.1",
	Advice: "Use up to five levels of priority.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			levels := q.Int("max-priority")
			if levels.Absent() || !model.Is(q.Type(), "classic") {
				continue
			}
			switch n := levels.Or(0); {
			case levels.Unknown():
				p.Unknown(q, levels.Why())
			case n > manyPriorities:
				v := p.Fail(q, "%s is %d queues in one: each level costs memory and time, also when it is empty", q.Name.Name, n+1).
					See(levels, fmt.Sprintf("x-max-priority %d", n)).WithTraffic(q.Traffic())
				if n < fullPriorities {
					v.At(rule.Medium)
				}
			default:
				p.Pass(q)
			}
		}
	},
}
