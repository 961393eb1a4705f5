package rabbitmq

import (
	"time"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// longIdle is how long nobody must have used a queue; our choice.
const longIdle = 30 * 24 * time.Hour

// IdleQueue finds queues that nobody uses any more.
var IdleQueue = rule.Rule{
	ID:       "rabbitmq/idle-queue",
	Title:    "A queue that nobody has used for a month",
	Severity: rule.Info, Area: rule.Operations, Covers: rule.Items("B8", "B9", "M9"), Since: "0.1",
	Advice: "Find out who needs it; delete it, or give it an expiry.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for q := range liveQueues(p, e) {
			if !model.Is(q.Type(), "classic") { // only these tell since when they are idle
				continue
			}
			if why := q.NotWork(); why != "" {
				p.NotApplicable(q, why)
				continue
			}
			stats, _ := q.Stats()
			since, known := stats.IdleSince.Get()
			consumed := q.Consumed()
			switch {
			case consumed.Or(0) > 0 || stats.Messages.Or(0) > 0: // 1. In use.
				p.Pass(q)
			case !consumed.Present() || !stats.Messages.Present(): // 2.
				p.Unknown(q, "consumers or depth are not known")
			case stats.IdleSince.Absent(): // 3. Not idle at all.
				p.Pass(q)
			case !known:
				p.Unknown(q, "since when it is idle is not known")
			case q.Snapshot.Last().At.Sub(since) > longIdle: // 4.
				p.Fail(q, "nobody has used %s since %s", q.Name.Name, since.Format(time.DateOnly)).
					See(stats.IdleSince, "idle since "+since.Format(time.DateOnly)+", empty, no consumer")
			default:
				p.Pass(q)
			}
		}
	},
}
