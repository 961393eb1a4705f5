// Package rabbitmq holds the risks of RabbitMQ, one file a risk.
package rabbitmq

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// applies says whether the rule holds for a broker of this version. Where it does not,
// or the version is not known, it answers once for the subject.
func applies(p *rule.Pass, s rule.Subject, version model.Known[model.Version]) bool {
	if p.Rule.Brokers.All() {
		return true
	}
	v, ok := version.Get()
	switch {
	case !ok:
		p.Unknown(s, "the broker's version is not known: it matters for %s only", p.Rule.Brokers)
	case !p.Rule.Brokers.Holds(v):
		p.NotApplicable(s, "the broker is %s: it matters for %s only", v, p.Rule.Brokers)
	default:
		return true
	}
	return false
}

// clusters yields the brokers that were read and to whose version the rule applies.
func clusters(p *rule.Pass, e *model.Estate) iter.Seq[*rabbitmq.Snapshot] {
	return func(yield func(*rabbitmq.Snapshot) bool) {
		for _, s := range rabbitmq.View(e).Snapshots {
			if s.Last() != nil && applies(p, s, s.Version) && !yield(s) {
				return
			}
		}
	}
}

// windows yields the brokers of clusters that were looked at twice, with what lies between
// the looks; of the others it answers unknown.
func windows(p *rule.Pass, e *model.Estate) iter.Seq2[*rabbitmq.Snapshot, rabbitmq.Window] {
	return func(yield func(*rabbitmq.Snapshot, rabbitmq.Window) bool) {
		for s := range clusters(p, e) {
			w := s.Window()
			if w.Broken != "" {
				p.Unknown(s, w.Broken)
				continue
			}
			if !yield(s, w) {
				return
			}
		}
	}
}

// liveQueues yields the queues of clusters.
func liveQueues(p *rule.Pass, e *model.Estate) iter.Seq[*rabbitmq.QueueView] {
	return func(yield func(*rabbitmq.QueueView) bool) {
		read := map[*rabbitmq.Snapshot]bool{}
		for s := range clusters(p, e) {
			read[s] = true
		}
		for _, q := range rabbitmq.Queues(e) {
			if q.Live != nil && read[q.Snapshot] && !yield(q) {
				return
			}
		}
	}
}

// flows yields the queues of windows with what moved on each; of a queue that was not seen
// whole in both looks it answers unknown.
func flows(p *rule.Pass, e *model.Estate) iter.Seq2[*rabbitmq.QueueView, rabbitmq.Flow] {
	return func(yield func(*rabbitmq.QueueView, rabbitmq.Flow) bool) {
		read := map[*rabbitmq.Snapshot]bool{}
		for s := range windows(p, e) {
			read[s] = true
		}
		for _, q := range rabbitmq.Queues(e) {
			if q.Live == nil || !read[q.Snapshot] {
				continue
			}
			f, why := q.Flow()
			if why != "" {
				p.Unknown(q, why)
				continue
			}
			if !yield(q, f) {
				return
			}
		}
	}
}

// declared yields the queues whose definition is known from a broker, definitions or
// code, and to whose broker the rule applies.
func declared(p *rule.Pass, e *model.Estate) iter.Seq[*rabbitmq.QueueView] {
	return func(yield func(*rabbitmq.QueueView) bool) {
		asked := map[string]bool{}
		holds := map[string]bool{}
		for _, q := range rabbitmq.Queues(e) {
			if !q.Declared() {
				continue
			}
			if !asked[q.Target] {
				asked[q.Target] = true
				holds[q.Target] = applies(p, cluster(q.Target), q.Version())
			}
			if holds[q.Target] && !yield(q) {
				return
			}
		}
	}
}

// cluster names the broker of a target; what only files and code know has no name yet.
func cluster(target string) rule.Ref {
	name := target
	if name == "" {
		name = "the broker"
	}
	return rule.Ref{System: rabbitmq.System, Kind: "cluster", Scope: model.Scope{Target: target}, Name: name}
}

// part names a part of a broker.
func part(s *rabbitmq.Snapshot, kind, vhost, name string) rule.Ref {
	return rule.Ref(s.Part(kind, vhost, name))
}

// seen cites an origin.
func seen(o *model.Origin) rule.At { return rule.At{Where: o} }

// messages writes a number of messages.
func messages(n int64) string { return things(n, "message") }

// things writes a number of things: 1 queue, 2 queues, 41,320 messages.
func things(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + one + "s"
}

// number writes a whole number with commas.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// size writes a number of bytes.
func size(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	f, i := float64(n), 0
	for math.Abs(f) >= 1000 && i < len(units)-1 {
		f, i = f/1000, i+1
	}
	if f < 10 && i > 0 {
		return strconv.FormatFloat(f, 'f', 1, 64) + " " + units[i]
	}
	return strconv.FormatFloat(f, 'f', 0, 64) + " " + units[i]
}

// percent writes a share, 0 to 1.
func percent(f float64) string { return strconv.FormatFloat(100*f, 'f', 0, 64) + " %" }

// within writes "in 15 s".
func within(d time.Duration) string { return fmt.Sprintf("in %.0f s", d.Seconds()) }

// perSecond writes a rate.
func perSecond(f float64) string {
	if f < 10 {
		return strconv.FormatFloat(f, 'f', 1, 64) + "/s"
	}
	return number(int64(math.Round(f))) + "/s"
}

// some lists at most three names and counts the rest.
func some(names []string) string {
	const shown = 3
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:shown], ", ") + fmt.Sprintf(" and %d more", len(names)-shown)
}

// forTheMoment says why what waits in the queue is not kept for anybody: a reply queue, a
// temporary or control queue, a stream, a queue that goes with its last consumer. "" for
// queues whose messages are work, dead letters or a retry.
func forTheMoment(q *rabbitmq.QueueView) string {
	switch role, why := q.Role(); {
	case role == rabbitmq.Reply || role == rabbitmq.Temporary || role == rabbitmq.Control || role == rabbitmq.StreamLog:
		return why
	case model.Is(q.AutoDelete(), true):
		return "it is auto-delete"
	}
	return ""
}

// consumersRead says whether the consumers of the queue's broker could be read; where they
// could not, it answers unknown, once a broker.
func consumersRead(p *rule.Pass, asked map[*rabbitmq.Snapshot]bool, q *rabbitmq.QueueView) bool {
	c := q.LiveConsumers()
	if c.Unknown() && !asked[q.Snapshot] {
		asked[q.Snapshot] = true
		p.Unknown(q.Snapshot, c.Why())
	}
	return c.Present()
}

// none is the argument of a key that is not there.
var none rabbitmq.Arg

// bindingsUnread says why the bindings of some vhost were not read whole; "" when all were.
func bindingsUnread(all map[string]rabbitmq.Seen) string {
	for _, vhost := range slices.Sorted(maps.Keys(all)) {
		if why := all[vhost].Bindings; why != "" {
			return why
		}
	}
	return ""
}
