package celery

import (
	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// RabbitMQNoPublishConfirm finds apps that do not wait for the broker's confirmation.
var RabbitMQNoPublishConfirm = rule.Rule{
	ID:       "celery/rabbitmq-no-publish-confirm",
	Title:    "A task that the broker never stored looks as if it was sent",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("C5", "P1"), Since: "0.1",
	Advice: `Set broker_transport_options={"confirm_publish": True}.`,
	Estate: each(func(p *rule.Pass, a *celery.App) {
		if !brokerOf(p, a, a) {
			return
		}
		options := a.Setting("broker_transport_options")
		v, set := options.Get()
		if options.Unknown() {
			p.Unknown(a, "broker_transport_options could not be read: %s", options.Why())
			return
		}
		confirm, has := v.Get("confirm_publish")
		switch {
		case set && has && confirm.Kind != code.Bool, set && !has && (v.Open || v.Kind != code.Map && v.Kind != code.Nil):
			p.Unknown(a, "broker_transport_options could not be read whole")
			return
		case has && confirm.Bool: // 1. The publisher waits.
			p.Pass(a)
			return
		}
		f := p.Fail(a, "%s does not wait until RabbitMQ has a task: one sent while a node fails is lost without an error", a.Ref().Name)
		f.See(unset(options, a, "broker_transport_options"))
		name, at := a.Quorum()
		if name == "" { // 2. A classic queue on one node is lost with its node anyway.
			f.At(rule.Low)
			return
		}
		f.See(seen(at), "quorum queue "+name)
		if view := a.Queue(name); view != nil && view.Live != nil && model.Is(view.Durable(), true) {
			f.WithTraffic(view.Traffic())
		}
	}),
}
