package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// PublishUnconfirmed finds publishers that never learn whether the broker took a message.
var PublishUnconfirmed = rule.Rule{
	ID:       "rabbitmq/publish-unconfirmed",
	Title:    "Messages that never reached the broker count as sent",
	Severity: rule.Medium, Area: rule.Delivery, Covers: rule.Items("P1", "C5", "M1"), Since: "0.1",
	Advice: "Put the channel in confirm mode (confirm_delivery(), createConfirmChannel()) and wait for the confirms.",
	Code: func(p *rule.Pass, e *model.Estate) {
		for _, f := range rabbitmq.View(e).Facts {
			byFile := map[string][]*code.Publish{}
			var order []string
			for i := range f.Publishes {
				x := &f.Publishes[i]
				if x.Reply || x.At == nil {
					continue
				}
				if byFile[x.At.Place.File] == nil {
					order = append(order, x.At.Place.File)
				}
				byFile[x.At.Place.File] = append(byFile[x.At.Place.File], x)
			}
			for _, file := range order {
				judgeConfirms(p, file, byFile[file])
			}
		}
	},
}

// judgeConfirms answers once a file: the option is left out in one place, its channel.
func judgeConfirms(p *rule.Pass, file string, xs []*code.Publish) {
	ref := rule.Ref{System: rabbitmq.System, Kind: "publisher", Name: file}
	var open []*code.Publish
	why := ""
	for _, x := range xs {
		switch {
		case x.Confirmed.Unknown():
			why = x.Confirmed.Why()
		case model.Is(x.Confirmed, false):
			open = append(open, x)
		}
	}
	switch {
	case len(open) > 0: // 1.
		v := p.Fail(ref, "%s publishes %s without confirms: what is lost on the way or refused is not told to anybody", file, toWhom(open))
		for _, x := range open {
			v.See(x)
		}
	case why != "": // 2.
		p.Unknown(ref, why)
	default: // 3.
		p.Pass(ref)
	}
}

func toWhom(xs []*code.Publish) string {
	var names []string
	for _, x := range xs {
		names = append(names, destination(x))
	}
	return fmt.Sprintf("to %s", some(unique(names)))
}

func unique(names []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, n := range names {
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}
