package rabbitmq

import (
	"maps"
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// knownArguments are the arguments of queues that RabbitMQ or a plugin of its team reads.
var knownArguments = append([]string{"x-delayed-type", "x-ha-policy", "x-ha-nodes", "x-stream-filter-size-bytes",
	"x-queue-index-embed-msgs-below", "x-message-deduplication", "x-cache-size", "x-cache-ttl", "x-cache-persistence",
	"x-consumer-timeout", "x-delayed-retry-type", "x-delayed-retry-min", "x-delayed-retry-max",
	"x-max-in-memory-bytes", "x-match", "x-internal-purpose"}, checkedArguments...)

// UnknownArgument finds arguments that do nothing.
var UnknownArgument = rule.Rule{
	ID:       "rabbitmq/unknown-argument",
	Title:    "An argument of a queue is misspelt and does nothing",
	Severity: rule.High, Area: rule.Operations, Covers: rule.Items("B8", "S8", "C3"), Since: "0.1",
	Advice: "Correct the name; the queue has to be declared anew, or take the setting into a policy.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			args := argumentsOf(q)
			if len(args) == 0 {
				continue
			}
			failed := false
			for _, name := range slices.Sorted(maps.Keys(args)) {
				if len(name) < 2 || name[:2] != "x-" || slices.Contains(knownArguments, name) {
					continue
				}
				failed = true
				meant := nearest(name)
				if meant == "" {
					p.Fail(q, "RabbitMQ does not know the argument %s of %s", name, q.Name.Name).See(seen(args[name]), name).
						At(rule.Low).Possible("a plugin can read it").Do("Take it away if no plugin reads it.")
					continue
				}
				p.Fail(q, "%s of %s does nothing: %s is meant", name, q.Name.Name, meant).See(seen(args[name]), name)
			}
			if !failed {
				p.Pass(q)
			}
		}
	},
}

// argumentsOf are the names of the queue's arguments by all sources, with where each is
// best seen.
func argumentsOf(q *rabbitmq.QueueView) map[string]*model.Origin {
	out := map[string]*model.Origin{}
	for _, d := range q.Decls {
		for name := range d.Args.Values {
			out[name] = d.At
		}
	}
	for _, d := range q.Defs {
		for name := range d.Args.Or(nil) {
			out[name] = d.At
		}
	}
	if q.Live != nil {
		for name := range q.Live.Args.Or(nil) {
			out[name] = q.Live.At
		}
	}
	return out
}

// typo is how many letters a misspelt name differs in at most; our choice.
const typo = 2

// nearest is the argument that is meant by a name, "" when none is close.
func nearest(name string) string {
	best, distance := "", typo+1
	for _, k := range knownArguments {
		if d := letters(name, k, distance); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// letters is how many letters have to be put in, taken out, changed or swapped with their
// neighbour to make b of a; at least the limit where it is more.
func letters(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last, now := []int(nil), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, make([]int, len(b)+1)
	}
	return last[len(b)]
}
