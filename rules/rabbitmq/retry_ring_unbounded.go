package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// RetryRingUnbounded finds retry rings that a message never leaves.
var RetryRingUnbounded = rule.Rule{
	ID:       "rabbitmq/retry-ring-unbounded",
	Title:    "A message that always fails is retried for ever",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("P6", "B5", "M7", "T1", "S4"), Since: "0.1",
	Advice: "Read x-death[0].count in the consumer, and after a few rounds store the message in a queue that leads nowhere.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			if role, _ := q.Role(); role == rabbitmq.RetryWait || !q.DeadLetterExchange().Present() {
				continue // told on the queue that is consumed
			}
			ring := ringOf(q, expires)
			if len(ring) < 2 || !throughWait(q, ring) { // 1. Its dead letters do not come back.
				p.Pass(q)
				continue
			}
			flow, noWindow := q.Flow()
			rounds := flow.Deliver.Or(0) + flow.DeliverNoAck.Or(0)
			there := flow.Publish.Or(0)
			for _, r := range ring {
				stats, _ := r.Stats()
				there += stats.Messages.Or(0)
			}
			harm := fmt.Sprintf("messages of %s that always fail go round for ever: %s", q.Name.Name, ringText(ring))
			switch counts, read := countsRounds(q); {
			case counts: // 2. The code counts the rounds.
				p.Pass(q)
			case noWindow == "" && rounds > 2*there && flow.Ack.Or(1) == 0: // 3. Seen going round.
				seeRing(p.Fail(q, "%s", harm), ring).See(flow.Deliver, fmt.Sprintf("%s deliveries of %s %s, none acknowledged",
					number(rounds), messages(there), within(flow.Length))).HarmSeen().WithTraffic(flow.Traffic()).
					Likely("the consumer can still stop at a count that was not reached yet")
			case read: // 4. The code of its consumers was read, and does not look at a count.
				seeRing(p.Fail(q, "%s", harm), ring).See(q.Consumes[0])
			default: // 5. The code was not read.
				seeRing(p.Fail(q, "%s", harm), ring).Possible("the code of its consumers was not read: it can count the rounds")
			}
		}
	},
}

// throughWait says that all of the ring but q are wait queues.
func throughWait(q *rabbitmq.QueueView, ring []*rabbitmq.QueueView) bool {
	for _, r := range ring {
		if role, _ := r.Role(); r != q && role != rabbitmq.RetryWait {
			return false
		}
	}
	return true
}

// countsRounds says whether a consumer in code looks at how often a message came, and
// whether all consumers in code were read.
func countsRounds(q *rabbitmq.QueueView) (counts, read bool) {
	read = len(q.Consumes) > 0
	for _, c := range q.Consumes {
		if c.Handler == nil || c.Handler.Tainted || c.Handler.Keeps {
			read = false
			continue
		}
		counts = counts || c.Handler.ReadsDeath
	}
	return counts, read
}

func seeRing(v *rule.Verdict, ring []*rabbitmq.QueueView) *rule.Verdict {
	for _, r := range ring {
		v.See(r.DeadLetterExchange(), r.Name.Name+" dead-letters to "+quoted(r.DeadLetterExchange().Or("")))
	}
	return v
}
