package celery

import (
	"slices"
	"sort"

	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// QueueWithoutConsumer finds queues that code routes to and no worker reads.
var QueueWithoutConsumer = rule.Rule{
	ID:       "celery/queue-without-consumer",
	Title:    "Tasks are sent to a queue that no worker reads",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("B4", "P4", "S1", "S3"), Since: "0.1", Preview: true,
	Advice: "Add the queue to -Q of a worker, or correct the route; task_create_missing_queues=False makes a wrong name an error.",
	Estate: func(p *rule.Pass, e *model.Estate) {
		for _, a := range celery.Apps(e) {
			read, why := readQueues(a)
			for _, u := range usedQueues(a) {
				decideQueue(p, e, a, u, read, why)
			}
		}
	},
}

// usedQueue is a queue that code sends to.
type usedQueue struct {
	name string
	at   []*model.Origin
	what []string
}

// Ref names the queue.
func (u *usedQueue) Ref() model.Ref {
	return model.Ref{System: celery.System, Kind: "queue", Name: u.name}
}

func decideQueue(p *rule.Pass, e *model.Estate, a *celery.App, u *usedQueue, read []string, why string) {
	q := a.Queue(u.name)
	switch {
	case slices.Contains(read, u.name): // 1. A worker command reads it.
		p.Pass(u)
	case q != nil && q.Live != nil: // 2. The broker was read: it knows who consumes.
		if q.Consumed().Or(0) > 0 {
			p.Pass(u)
		} else {
			p.NotApplicable(u, "rabbitmq/no-consumers answers for queues that were seen on the broker")
		}
	case q != nil && len(q.Consumes)+len(q.Gets) > 0: // 3. Other code consumes it.
		p.Pass(u)
	case why != "": // 4. Not all workers are known.
		p.Unknown(u, "%s", why)
	case !e.Complete && nearest(u.name, read) == "": // 5. Other deployments can have workers of their own.
		p.Unknown(u, "the workers that were seen read %s; others can be deployed elsewhere: complete: true in qaudit.yaml says that there are none", some(read))
	default:
		v := p.Fail(u, "nothing takes the tasks that are sent to %s: the workers read %s", u.name, some(read))
		for i, o := range u.at {
			if i < shown {
				v.See(seen(o), u.what[i])
			}
		}
		for i, w := range a.Consumers() {
			if i < shown {
				v.See(seen(w.At), "worker "+w.Workload)
			}
		}
		if !e.Complete { // 6. The name is a slip of the pen.
			v.Likely("other deployments can have workers of their own; the name differs little from %s", nearest(u.name, read))
		}
	}
}

// readQueues are the queues that worker commands read; why is not empty when there can be
// more.
func readQueues(a *celery.App) (read []string, why string) {
	workers := a.Consumers()
	if len(workers) == 0 {
		return nil, "no worker command was seen"
	}
	for _, w := range workers {
		k := w.Reads()
		if k.Unknown() {
			return nil, "what worker " + w.Workload + " reads is not known: " + k.Why()
		}
		read = append(read, k.Or(nil)...)
	}
	sort.Strings(read)
	return slices.Compact(read), ""
}

// usedQueues are the queues that routes, tasks and calls of the app send to, as far as
// their names are known.
func usedQueues(a *celery.App) []*usedQueue {
	by := map[string]*usedQueue{}
	add := func(name string, at *model.Origin, what string) {
		if name == "" || at == nil {
			return
		}
		u := by[name]
		if u == nil {
			u = &usedQueue{name: name}
			by[name] = u
		}
		u.at, u.what = append(u.at, at), append(u.what, what)
	}
	for _, t := range a.Tasks {
		k := t.QueueOf()
		add(k.Or(""), k.Origin(), "sends "+t.Name)
	}
	for _, c := range a.Calls {
		if n, ok := c.Queue.Get(); ok && c.HasQueue {
			add(n, c.At, "sends "+c.Task)
		}
	}
	out := make([]*usedQueue, 0, len(by))
	for _, u := range by {
		out = append(out, u)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out
}

// nearest is the name that differs from the queue's in at most two letters; "" when none
// does, or the names are too short for it to mean anything.
func nearest(name string, among []string) string {
	for _, n := range among {
		if n != name && len(name) > 4 && distance(n, name) <= 2 {
			return n
		}
	}
	return ""
}

// distance is the edit distance of two names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		last := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := last
			if a[i-1] != b[j-1] {
				cost++
			}
			last = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
