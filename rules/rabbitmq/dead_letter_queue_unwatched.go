package rabbitmq

import (
	"fmt"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// unwatchedFor is how long dead letters must lie before nobody looks, for sure; our choice.
const unwatchedFor = 24 * time.Hour

// DeadLetterQueueUnwatched finds dead-letter queues that nobody empties.
var DeadLetterQueueUnwatched = rule.Rule{
	ID:       "rabbitmq/dead-letter-queue-unwatched",
	Title:    "Dead letters pile up and nobody looks",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("P3", "P4", "B4", "T2", "S5", "C6"), Since: "0.1",
	Advice: "Alert on a depth above 0, and give the queue a consumer that stores or retries what comes.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for q := range liveQueues(p, e) {
			if role, _ := q.Role(); role != rabbitmq.DeadLetter {
				continue
			}
			stats, _ := q.Stats()
			consumed, ready := q.Consumed(), stats.Ready
			flow, noWindow := q.Flow()
			n := ready.Or(0)
			idle, idleKnown := stats.IdleSince.Get()
			switch {
			case consumed.Unknown() || ready.Unknown(): // 1.
				p.Unknown(q, consumed.Why()+ready.Why())
			case consumed.Or(0) > 0 || n == 0: // 2. Somebody takes them, or there are none.
				p.Pass(q)
			case noWindow == "" && flow.Get.Or(0)+flow.GetNoAck.Or(0) > 0: // 3. Somebody fetches them.
				p.Pass(q)
			case noWindow == "" && flow.Ready.Or(0) > 0: // 4. It grows.
				p.Fail(q, "%s dead letters came to %s %s, and nobody takes them", number(flow.Ready.Or(0)), q.Name.Name, within(flow.Length)).
					See(ready, fmt.Sprintf("%s ready, %+d %s, no consumer", number(n), flow.Ready.Or(0), within(flow.Length))).
					HarmSeen().WithTraffic(flow.PerSecond(flow.Ready))
			case idleKnown && q.Snapshot.Last().At.Sub(idle) > unwatchedFor: // 5. They lie there for long.
				p.Fail(q, "%s lie in %s since %s, and nobody takes them", messages(n), q.Name.Name, idle.Format(time.DateOnly)).
					See(ready, number(n)+" ready, no consumer").See(stats.IdleSince, "idle since "+idle.Format(time.DateOnly)).At(rule.Medium)
			default: // 6. For how long is not known.
				p.Fail(q, "%s lie in %s, and nobody takes them", messages(n), q.Name.Name).
					See(ready, number(n)+" ready, no consumer").At(rule.Medium).Likely("for how long they lie there is not known")
			}
		}
	},
}
