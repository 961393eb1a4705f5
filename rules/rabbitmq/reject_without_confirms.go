package rabbitmq

import (
	"fmt"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// RejectWithoutConfirms finds queues that refuse messages of publishers that do not listen.
var RejectWithoutConfirms = rule.Rule{
	ID:       "rabbitmq/reject-without-confirms",
	Title:    "A full queue refuses messages and the publisher does not hear it",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("B4", "C5", "S1"), Since: "0.1",
	Advice: "Publish with confirms, and keep a message until its confirm has come.",
	Live: func(p *rule.Pass, e *model.Estate) {
		seenVHosts := map[rabbitmq.Name]publishers{}
		for q, f := range flows(p, e) {
			overflow, limit := q.Text("overflow"), lengthLimit(q)
			if !strings.HasPrefix(overflow.Or(""), "reject-publish") || limit.Absent() {
				continue
			}
			k := rabbitmq.Name{VHost: q.Target, Name: q.VHost}
			pub, ok := seenVHosts[k]
			if !ok {
				pub = publishersOf(q.Snapshot, q.VHost)
				seenVHosts[k] = pub
			}
			switch {
			case limit.Unknown() || pub.why != "": // 1.
				p.Unknown(q, limit.Why()+pub.why)
			case f.Publish.Or(0) == 0 || pub.all == 0: // 2.
				p.NotApplicable(q, "nothing was published to it between the looks")
			case pub.deaf == 0: // 3.
				p.Pass(q)
			default: // 4.
				v := p.Fail(q, "messages that do not fit into %s are lost: a publisher asks for no confirms", q.Name.Name).
					See(overflow, "overflow "+overflow.Or("")).
					See(pub.channels, fmt.Sprintf("%d of %s that published have confirm: false", pub.deaf, things(int64(pub.all), "channel"))).
					WithTraffic(f.Traffic())
				if pub.deaf < pub.all {
					v.Possible("which of the publishers of the vhost publish to it is not known") // 5.
				}
			}
		}
	},
}

// publishers are the channels of a vhost that published between the looks.
type publishers struct {
	channels  model.Known[[]rabbitmq.Channel]
	all, deaf int
	why       string
}

func publishersOf(s *rabbitmq.Snapshot, vhost string) (out publishers) {
	w := s.Window()
	out.channels = w.To.Channels
	if !w.To.Channels.Present() || !w.From.Channels.Present() {
		out.why = "the channels could not be read: " + w.To.Channels.Why() + w.From.Channels.Why()
		return out
	}
	before := map[string]rabbitmq.Channel{}
	for _, c := range w.From.Channels.Or(nil) {
		before[c.Name] = c
	}
	for _, c := range w.To.Channels.Or(nil) {
		if c.VHost != vhost || w.Delta(before[c.Name].Counters.Publish, c.Counters.Publish).Or(0) == 0 {
			continue
		}
		out.all++
		if model.Is(c.Confirm, false) && !c.Transactional.Or(false) {
			out.deaf++
		}
	}
	return out
}
