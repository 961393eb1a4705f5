package rabbitmq

import (
	"fmt"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// mostReturned is the share of what came in from which the publisher is told; our choice,
// the counters of exchange and vhost are not read in one moment.
const mostReturned = 0.8

// ExchangePublishInNoOut finds exchanges that swallow what is published.
var ExchangePublishInNoOut = rule.Rule{
	ID:       "rabbitmq/exchange-publish-in-no-out",
	Title:    "An exchange takes messages and passes none on",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("C4", "M9", "S1"), Since: "0.1",
	Advice: "Bind a queue to the exchange, or set a policy with an alternate exchange that catches what has no queue.",
	Live: func(p *rule.Pass, e *model.Estate) {
		read := map[*rabbitmq.Snapshot]rabbitmq.Window{}
		for s, w := range windows(p, e) {
			read[s] = w
		}
		for _, x := range rabbitmq.Exchanges(e) {
			w, ok := read[x.Snapshot]
			if !ok || x.Live == nil || x.Name.Name == "" || strings.HasPrefix(x.Name.Name, "amq.rabbitmq.") {
				continue
			}
			a, seen := w.To.Exchanges[x.Name]
			b := w.From.Exchanges[x.Name]
			in, out := w.Delta(b.Counters.PublishIn, a.Counters.PublishIn), w.Delta(b.Counters.PublishOut, a.Counters.PublishOut)
			ae := x.AlternateExchange()
			returned := w.Delta(w.From.VHosts[x.VHost].ReturnUnroutable, w.To.VHosts[x.VHost].ReturnUnroutable)
			switch {
			case !seen || in.Unknown() || out.Unknown(): // 1.
				p.Unknown(x, "its counters could not be read: %s%s", in.Why(), out.Why())
			case in.Or(0) == 0: // 2.
				p.NotApplicable(x, "nothing was published to it between the looks")
			case out.Or(0) > 0 || ae.Present(): // 3.
				p.Pass(x)
			case float64(returned.Or(0)) > mostReturned*float64(in.Or(0)): // 4. rabbitmq/unroutable-returned says it.
				p.NotApplicable(x, "what is published to it is returned to the publisher")
			default: // 5.
				v := p.Fail(x, "%s came to the exchange %s %s, and none went to a queue", messages(in.Or(0)), x.Name.Name, within(w.Length())).
					See(in, fmt.Sprintf("publish_in +%d, publish_out +0 %s", in.Or(0), within(w.Length()))).
					HarmSeen().WithTraffic(float64(in.Or(0)) / w.Length().Seconds())
				if ae.Unknown() {
					v.Likely("whether it has an alternate exchange is not known")
				}
			}
		}
	},
}
