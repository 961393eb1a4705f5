package rabbitmq

import (
	"fmt"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// Shares of a limit that are little headroom, our choice; and the number of file
// descriptors that a node in production has at least (RabbitMQ documentation,
// "Production Deployment Guidelines").
const (
	handlesShort = 0.8
	handlesLeast = 50_000
)

// FDHeadroom finds nodes that run out of file descriptors, sockets or processes.
var FDHeadroom = rule.Rule{
	ID:       "rabbitmq/fd-headroom",
	Title:    "The node soon refuses connections",
	Severity: rule.High, Area: rule.Capacity, Covers: rule.Items("M3", "B8", "S7"), Since: "0.1",
	Advice: "Raise LimitNOFILE (ulimit -n) of the broker to 65,536 or more, and find the clients that leak connections.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for n := range runningNodes(p, e) {
			limits := []struct {
				what        string
				used, total model.Known[int64]
			}{{"file descriptors", n.FDUsed, n.FDTotal}, {"sockets", n.SocketsUsed, n.SocketsTotal}, {"Erlang processes", n.ProcUsed, n.ProcTotal}}
			failed, known := false, false
			for _, l := range limits {
				s := share(l.used, l.total)
				known = known || s.Present()
				if s.Or(0) > handlesShort {
					failed = true
					p.Fail(n, "%s uses %s of its %s", n.Name, percent(s.Or(0)), l.what).
						See(s, fmt.Sprintf("%s of %s %s", number(l.used.Or(0)), number(l.total.Or(0)), l.what))
				}
			}
			total, given := n.FDTotal.Get()
			switch {
			case failed:
			case !known:
				p.Unknown(n, "the broker gives no limits of file descriptors, sockets and processes")
			case given && total > 0 && total < handlesLeast:
				p.Fail(n, "%s has %s file descriptors: each connection takes one, each queue some", n.Name, number(total)).
					See(n.FDTotal, "fd_total "+number(total)).At(rule.Low)
			default:
				p.Pass(n)
			}
		}
	},
}
