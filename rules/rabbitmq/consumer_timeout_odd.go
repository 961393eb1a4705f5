package rabbitmq

import (
	"strconv"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Bounds of a sensible consumer timeout in milliseconds, our choice: a minute, a day. The
// default is 30 minutes.
const (
	shortestConsumerTimeout = 60_000
	longestConsumerTimeout  = 86_400_000
)

// ConsumerTimeoutOdd finds brokers whose acknowledgement timeout protects nothing.
var ConsumerTimeoutOdd = rule.Rule{
	ID:       "rabbitmq/consumer-timeout-odd",
	Title:    "The timeout for acknowledgements breaks healthy consumers, or never ends stuck ones",
	Severity: rule.Medium, Area: rule.Failures, Covers: rule.Items("B3", "B8"), Since: "0.1",
	Advice: "Keep the default of 30 minutes and raise it where long jobs need it: the queue argument x-consumer-timeout, or a policy.",
	Files: func(p *rule.Pass, e *model.Estate) {
		for f := range brokerFiles(e) {
			ref := rule.Ref(model.File(f.Path))
			for _, s := range f.Settings {
				if strings.TrimPrefix(s.Key, "rabbit.") != "consumer_timeout" {
					continue
				}
				n, err := strconv.ParseInt(s.Value, 10, 64)
				switch {
				case s.Value == "undefined" || s.Value == "infinity" || s.Value == "false":
					p.Fail(ref, "%s switches the timeout for acknowledgements off: a stuck consumer holds its messages for ever", f.Path).See(s)
				case err != nil:
					p.Unknown(ref, "%s is no number of milliseconds", s.Value)
				case n < shortestConsumerTimeout:
					p.Fail(ref, "%s closes the channel of every consumer that works on a message for %d s: the message comes again, and again takes too long", f.Path, n/1000).See(s)
				case n > longestConsumerTimeout:
					p.Fail(ref, "%s lets a stuck consumer hold its messages for %d hours", f.Path, n/3_600_000).See(s)
				default:
					p.Pass(ref)
				}
			}
		}
	},
}
