package rabbitmq

import (
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// ExchangeUnbound finds exchanges that lead nowhere.
var ExchangeUnbound = rule.Rule{
	ID:       "rabbitmq/exchange-unbound",
	Title:    "An exchange leads nowhere",
	Severity: rule.Medium, Area: rule.Delivery, Covers: rule.Items("B9", "M9", "C4"), Since: "0.1",
	Advice: "Bind a queue to it, or delete it.",
	Live: func(p *rule.Pass, e *model.Estate) {
		o := rabbitmq.View(e)
		targets := targetsOfFailure(o)
		for _, x := range o.Exchanges {
			if x.Live == nil || x.Name.Name == "" || strings.HasPrefix(x.Name.Name, "amq.") {
				continue
			}
			ae := x.AlternateExchange()
			w := x.Snapshot.Window()
			stats := x.Snapshot.Last().Exchanges[x.Name].Counters.PublishIn
			rising := w.Broken == "" && w.Delta(w.From.Exchanges[x.Name].Counters.PublishIn, stats).Or(0) > 0
			switch unread := o.Seen(x.Target, x.VHost).Bindings; {
			case unread != "": // 1.
				p.Unknown(x, unread)
			case len(o.Bindings(x.Target, x.VHost, x.Name.Name)) > 0 || ae.Present(): // 2.
				p.Pass(x)
			case targets[x]: // 3. The rules on dead letters say what is lost.
				p.NotApplicable(x, "it takes dead letters or what another exchange cannot route")
			case strings.HasPrefix(x.Type().Or("x-"), "x-") || model.Is(x.Internal(), true): // 4.
				p.NotApplicable(x, "it is internal, or a plugin routes it")
			case rising: // 5. It is seen what happens to the messages.
				p.NotApplicable(x, "what becomes of its messages was seen between the looks")
			default: // 6.
				v := p.Fail(x, "what is published to the exchange %s is dropped: nothing is bound to it", x.Name.Name).
					See(seen(x.Live.At), "no binding")
				if stats.Or(0) == 0 { // 7. Nobody publishes.
					v.At(rule.Low).Message = "nothing is bound to the exchange " + x.Name.Name + ", and nobody publishes to it"
				}
			}
		}
	},
}

// targetsOfFailure are the exchanges that queues or exchanges name for what they cannot
// keep or route.
func targetsOfFailure(o *rabbitmq.Overlay) map[*rabbitmq.ExchangeView]bool {
	out := map[*rabbitmq.ExchangeView]bool{}
	for _, q := range o.Queues {
		if dlx, ok := q.DeadLetterExchange().Get(); ok {
			out[o.Exchange(q.Target, q.VHost, dlx)] = true
		}
	}
	for _, x := range o.Exchanges {
		if ae, ok := x.AlternateExchange().Get(); ok {
			out[o.Exchange(x.Target, x.VHost, ae)] = true
		}
	}
	return out
}
