package rabbitmq

import (
	"fmt"
	"maps"
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// unroutable is one of the two counters of messages that no queue took.
type unroutable struct {
	of   func(rabbitmq.Counters) model.Known[int64]
	harm string // "%s published in %s … "
	word string // drop_unroutable
}

// decide answers per vhost where the broker counts so, else for the cluster, and names the
// programs whose channels show it.
func (u unroutable) decide(p *rule.Pass, s *rabbitmq.Snapshot, w rabbitmq.Window) {
	all := w.Delta(u.of(w.From.Totals.Counters), u.of(w.To.Totals.Counters))
	var told int64
	for _, vhost := range slices.Sorted(maps.Keys(w.To.VHosts)) {
		n := w.Delta(u.of(w.From.VHosts[vhost]), u.of(w.To.VHosts[vhost]))
		if n.Or(0) == 0 {
			continue
		}
		told += n.Or(0)
		u.fail(p, s, w, part(s, "vhost", vhost, vhost), n, vhost)
	}
	switch {
	case all.Unknown() && told == 0:
		p.Unknown(s, all.Why())
	case all.Or(0) > 0 && told == 0:
		u.fail(p, s, w, rule.Ref(s.Ref()), all, "")
	case told == 0:
		p.Pass(s)
	}
}

func (u unroutable) fail(p *rule.Pass, s *rabbitmq.Snapshot, w rabbitmq.Window, subject rule.Ref, n model.Known[int64], vhost string) {
	v := p.Fail(subject, u.harm, things(n.Or(0), "message"), within(w.Length()), subject.Name).
		See(n, fmt.Sprintf("%s +%d %s", u.word, n.Or(0), within(w.Length()))).HarmSeen().
		WithTraffic(float64(n.Or(0)) / w.Length().Seconds())
	before := map[string]rabbitmq.Channel{}
	for _, c := range w.From.Channels.Or(nil) {
		before[c.Name] = c
	}
	connections := map[string]string{}
	for _, c := range w.To.Connections.Or(nil) {
		connections[c.Name] = clientName(c)
	}
	for _, c := range w.To.Channels.Or(nil) {
		d := w.Delta(u.of(before[c.Name].Counters), u.of(c.Counters))
		if d.Or(0) > 0 && (vhost == "" || c.VHost == vhost) {
			name := connections[c.Connection]
			if name == "" {
				name = c.User
			}
			v.See(w.To.Channels, fmt.Sprintf("%s of them from %s", number(d.Or(0)), name))
		}
	}
}
