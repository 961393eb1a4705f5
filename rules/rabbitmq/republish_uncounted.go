package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// RepublishUncounted finds handlers that send a failed message to its own queue again and
// never stop.
var RepublishUncounted = rule.Rule{
	ID:       "rabbitmq/republish-uncounted",
	Title:    "A message that always fails is tried again for ever",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("B5", "T1", "P6", "M7"), Since: "0.1",
	Advice: "Count the tries in a header, and send the message to a dead-letter queue after the last one.",
	Code: func(p *rule.Pass, e *model.Estate) {
		for c := range handlers(p, e) {
			x := republished(c.Handler)
			switch {
			case x == nil: // 1.
				p.Pass(c)
			case c.Handler.ReadsDeath: // 2. It counts.
				p.Pass(c)
			default: // 3.
				p.Fail(c, "a failed message of %s is published to its queue again, and nothing counts how often", c.Name).
					See(seen(x.Republished), "published again here").Likely("a counter could be kept where it was not seen")
			}
		}
	},
}

func republished(h *code.Handler) *code.Exit {
	for i := range h.Exits {
		x := &h.Exits[i]
		if x.Republished != nil && x.Caught != code.NotCaught && !x.Guarded && !x.Tainted {
			return x
		}
	}
	return nil
}
