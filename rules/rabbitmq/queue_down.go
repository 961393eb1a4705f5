package rabbitmq

import (
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// downStates are the states in which a queue takes and gives no messages.
var downStates = []string{"down", "stopped", "crashed", "minority"}

// QueueDown finds queues that are not running.
var QueueDown = rule.Rule{
	ID:       "rabbitmq/queue-down",
	Title:    "The queue is down: nothing goes in or out",
	Severity: rule.Critical, Area: rule.Delivery, Covers: rule.Items("M3", "P4", "S1"), Since: "0.1",
	Advice: "Start the node that holds the queue, or enough members of it.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for q := range liveQueues(p, e) {
			stats, _ := q.Stats()
			first := q.Snapshot.Looks[0]
			switch state := stats.State; {
			case !state.Present(): // 1.
				p.Unknown(q, "the broker does not say its state")
			case !slices.Contains(downStates, state.Or("")): // 2.
				p.Pass(q)
			default: // 3.
				v := p.Fail(q, "%s is %s: what is published to it is refused or dropped, and nobody gets anything from it", q.Name.Name, state.Or("")).
					See(state, "state "+state.Or("")+", on "+q.Live.Node.Or("a node not known"))
				if len(q.Snapshot.Looks) > 1 && slices.Contains(downStates, first.Queues[q.Name].State.Or("")) {
					v.HarmSeen()
				} else {
					v.Likely("it was seen at one look: a restart can be under way") // 4.
				}
			}
		}
	},
}
