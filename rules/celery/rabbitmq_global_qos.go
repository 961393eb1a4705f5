package celery

import (
	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// RabbitMQGlobalQoS finds workers whose prefetch limit quorum queues refuse.
var RabbitMQGlobalQoS = rule.Rule{
	ID:       "celery/rabbitmq-global-qos",
	Title:    "Workers lose their connection at each start: quorum queues refuse their prefetch limit",
	Severity: rule.Critical, Area: rule.Failures, Covers: rule.Items("S1", "S4"), Since: "0.1", Preview: true,
	Advice: "Upgrade to Celery 5.5 and kombu 5.6 or newer, declare the queue as quorum in task_queues, and leave worker_detect_quorum_queues on.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		if !brokerOf(p, a, a) {
			return
		}
		name, at := a.Quorum()
		declared, _ := a.DeclaredQuorum()
		old := a.Before(5, 5)
		detect := a.Bool("worker_detect_quorum_queues", true)
		version := a.BrokerVersion()
		v, known := version.Get()
		why := ""
		switch {
		case name == "": // 1. Classic queues take a limit for the whole channel.
			p.NotApplicable(a, "no quorum queue of it was seen")
			return
		case old.Or(false): // 2. Before 5.5 the limit is always one for the whole channel.
			why = "Celery before 5.5 sets it for the whole channel"
		case declared == "": // 3. From 5.5 on the worker looks at what the app declares.
			why = "the app does not declare it as quorum, so Celery sets the limit for the whole channel"
		case detect.Unknown():
			p.Unknown(a, "worker_detect_quorum_queues could not be read: %s", detect.Why())
			return
		case !detect.Or(true):
			why = "worker_detect_quorum_queues is off, so Celery sets it for the whole channel"
		default:
			p.Pass(a)
			return
		}
		if known && !v.Less(model.Version{4, 3, 0}) { // 4. From 4.3 on it counts for each consumer.
			p.Fail(a, "the prefetch limit of the workers holds for each queue by itself: RabbitMQ 4.3 does not share it between quorum queues").
				At(rule.Medium).See(seen(at), "quorum queue "+name).See(version, why).See(old)
			return
		}
		f := p.Fail(a, "RabbitMQ closes the connection of each worker of %s that reads the quorum queue %s: %s", a.Ref().Name, name, why)
		f.See(seen(at), "quorum queue "+name).See(old, why)
		if !known {
			f.Likely("the version of RabbitMQ is not known: 4.3 and newer accept the limit")
		}
	}),
}
