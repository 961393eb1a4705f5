package rabbitmq

import (
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// GlobalQos finds prefetch limits for whole channels.
var GlobalQos = rule.Rule{
	ID:       "rabbitmq/global-qos",
	Title:    "A prefetch limit for the whole channel stops working",
	Severity: rule.High, Area: rule.Operations, Covers: rule.Items("P2", "A2", "E1"), Since: "0.1",
	Advice: "Set the limit per consumer: global=False, which all libraries have.",
	Code:   globalQosInCode,
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			v, ok := s.Version.Get()
			switch {
			case !ok: // 1.
				p.Unknown(s, "the broker's version is not known")
			case slices.Contains(s.DeprecatedInUse.Or(nil), "global_qos"): // 2. The broker says so.
				p.Fail(s, "a client limits whole channels: RabbitMQ 4.3 takes it for a limit per consumer").
					See(s.DeprecatedInUse, "global_qos is in use").At(rule.Medium)
			case v.Less(model.Version{4, 0}): // 3. The channels show it.
				globalChannels(p, s)
			default: // 4. From 4.0 on they do not.
				p.Unknown(s, "from RabbitMQ 4.0 on the channels do not show it: read the code")
			}
		}
	},
}

func globalChannels(p *rule.Pass, s *rabbitmq.Snapshot) {
	channels := s.Last().Channels
	if channels.Unknown() {
		p.Unknown(s, channels.Why())
		return
	}
	byConnection := map[string]client{}
	for _, c := range clientsOf(s.Last().Connections.Or(nil)) {
		for _, one := range c.connections {
			byConnection[one.Name] = c
		}
	}
	failed := false
	for _, c := range channels.Or(nil) {
		if c.GlobalPrefetch.Or(0) == 0 {
			continue
		}
		failed = true
		name := byConnection[c.Connection].name
		if name == "" {
			name = c.User
		}
		p.Fail(part(s, "connection", c.VHost, name), "%s limits whole channels: quorum queues refuse it with 540, which closes the connection, and 4.3 takes it for a limit per consumer", name).
			See(channels, "a channel with global_prefetch_count above 0").At(rule.Medium)
	}
	if !failed {
		p.Pass(s)
	}
}

// globalQosInCode looks at the limits that code sets. On a channel that consumes a quorum
// queue, or with a broker of 4.3 and newer, the limit does not work at all: high.
func globalQosInCode(p *rule.Pass, e *model.Estate) {
	o := rabbitmq.View(e)
	for _, f := range o.Facts {
		for i := range f.Qos {
			q := &f.Qos[i]
			ref := siteRef("channel", q.Site)
			switch {
			case q.Global.Unknown():
				p.Unknown(ref, "whether its limit is for the whole channel is not known: "+q.Global.Why())
			case !q.Global.Or(false):
				p.Pass(ref)
			default:
				v := p.Fail(ref, "%s limits the whole channel: quorum queues refuse it with 540, which closes the connection, and 4.3 takes it for a limit per consumer", siteName(q.Site)).See(q)
				if quorum := quorumOn(o, q); quorum != nil {
					v.See(quorum.Type(), quorum.Name.Name+" is a quorum queue")
				} else if version, ok := o.Version("").Get(); !ok || version.Less(model.Version{4, 3}) {
					v.At(rule.Medium)
				}
			}
		}
	}
}

// quorumOn is a quorum queue that is consumed on the channel of the limit.
func quorumOn(o *rabbitmq.Overlay, limit *code.Qos) *rabbitmq.QueueView {
	for _, q := range o.Queues {
		for _, c := range q.Consumes {
			if limit.Channel != 0 && c.Channel == limit.Channel && c.At != nil && limit.At != nil && c.At.Input == limit.At.Input && model.Is(q.Type(), "quorum") {
				return q
			}
		}
	}
	return nil
}
