package rabbitmq

import (
	"fmt"
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// MirrorsUnsynced finds mirrors that do not have all messages.
var MirrorsUnsynced = rule.Rule{
	ID:       "rabbitmq/mirrors-unsynced",
	Title:    "A failover loses messages: mirrors are behind",
	Severity: rule.Critical, Area: rule.Durability, Covers: rule.Items("C5", "E1"), Since: "0.1",
	Advice:  "Synchronise the queue with rabbitmqctl sync_queue in a quiet hour, then move to quorum queues.",
	Brokers: rule.Versions("", "4.0"),
	Live: func(p *rule.Pass, e *model.Estate) {
		for q := range liveQueues(p, e) {
			mirrors, ok := q.Live.Mirrors.Get()
			if !ok || len(mirrors) == 0 {
				continue
			}
			stats, _ := q.Stats()
			synced := q.Live.SyncedMirrors
			var behind []string
			for _, m := range mirrors {
				if !slices.Contains(synced.Or(nil), m) {
					behind = append(behind, m)
				}
			}
			flow, noWindow := q.Flow()
			switch {
			case !synced.Present() || stats.Messages.Unknown(): // 1.
				p.Unknown(q, "which of its mirrors are synchronised is not known")
			case len(behind) == 0 || stats.Messages.Or(0) == 0: // 2. All have all, or there is nothing.
				p.Pass(q)
			default: // 3.
				v := p.Fail(q, "%s of %s are on one node only: %s is behind", messages(stats.Messages.Or(0)), q.Name.Name, some(behind)).
					See(synced, fmt.Sprintf("%d of %d mirrors synchronised", len(mirrors)-len(behind), len(mirrors))).
					See(stats.Messages, number(stats.Messages.Or(0))+" messages").WithTraffic(q.Traffic())
				if noWindow != "" || flow.Before.Messages.Or(0) == 0 {
					v.Likely("it was seen at one look: a synchronisation can be under way")
				}
			}
		}
	},
}
