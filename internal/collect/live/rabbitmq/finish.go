package rabbitmq

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"qaudit/internal/collect/live"
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

// finish joins what the sections read.
func (l *look) finish() {
	switch {
	case l.thin != "":
		l.add(problem{what: "counters, consumers, connections, channels", kind: model.GapUnsupported, why: l.thin})
	case l.noCounters != "":
		l.add(problem{what: "counters", kind: model.GapUnsupported, why: l.noCounters})
	}
	if l.depth == live.Full {
		if !l.s.mayMonitor() {
			l.add(l.s.needsMonitoring())
		}
		l.findHidden()
		l.settle()
	}
}

// findHidden finds the vhosts that the user may not enter. Every vhost has exchanges that
// cannot be deleted, so that one without any is hidden: the lists leave it out without an
// error.
func (l *look) findHidden() {
	if l.unread["exchanges"] != "" || l.unread["vhosts"] != "" {
		return
	}
	open := map[string]bool{}
	for n := range l.out.Exchanges {
		open[n.VHost] = true
	}
	known := map[string]bool{}
	for _, v := range l.topo.VHosts {
		known[v.Name] = true
		if !open[v.Name] {
			l.hidden[v.Name] = true
		}
	}
	for _, v := range l.s.target.VHosts {
		if l.absent[v] || l.s.mayMonitor() && !known[v] {
			delete(l.hidden, v)
			l.add(problem{what: "vhost " + v, kind: model.GapUnreadable, incomplete: true,
				why: fmt.Sprintf("there is no vhost %q", v), needs: "--vhost with a name that exists"})
		}
	}
}

// namedVHosts is how many hidden vhosts get a gap of their own.
const namedVHosts = 5

// hiddenProblems are the gaps of hidden vhosts, and by vhost why it was not read.
func (l *look) hiddenProblems() ([]problem, map[string]string) {
	names := slices.Sorted(maps.Keys(l.hidden))
	why := map[string]string{}
	user := l.s.target.Login.User
	missing := l.count.told - l.count.seen
	reason := fmt.Sprintf("hidden from %q", user)
	switch {
	case !l.count.sure || missing <= 0:
	case len(names) == 1:
		reason = fmt.Sprintf("%d of %s hidden from %q", missing, number(l.count.told, "queue"), user)
	default:
		reason += fmt.Sprintf("; %d of %s are in vhosts that it may not enter", missing, number(l.count.told, "queue"))
	}
	for _, v := range names {
		why[v] = reason
	}
	if len(names) > namedVHosts {
		what := fmt.Sprintf("vhosts %s and %d more", strings.Join(names[:3], ", "), len(names)-3)
		return []problem{{what: what, kind: model.GapPermission, why: reason, incomplete: true,
			needs: `for v in $(rabbitmqctl -q list_vhosts name); do rabbitmqctl set_permissions -p "$v" ` + quote(user) + ` '^$' '^$' '^$'; done`}}, why
	}
	var out []problem
	for _, v := range names {
		out = append(out, problem{what: "vhost " + v, kind: model.GapPermission, why: reason, incomplete: true,
			needs: "rabbitmqctl set_permissions -p " + quote(v) + " " + quote(user) + " '^$' '^$' '^$'"})
	}
	return out, why
}

// settle finishes the topology: what was seen of each vhost, and in what order.
func (l *look) settle() {
	problems, hidden := l.hiddenProblems()
	for _, p := range problems {
		l.add(p)
	}
	policies := l.unread["policies"]
	if policies == "" {
		policies = l.unread["operator-policies"]
	}
	whole := rabbitmq.Seen{Queues: l.queuesUnread(), Exchanges: l.unread["exchanges"], Bindings: l.unread["bindings"], Policies: policies}
	for v := range l.vhostNames() {
		seen := whole
		if why := hidden[v]; why != "" {
			seen = rabbitmq.Seen{Queues: why, Exchanges: why, Bindings: why, Policies: why}
		}
		l.topo.Seen[v] = seen
	}
	t := &l.topo
	for i := range t.VHosts {
		t.VHosts[i].Limits = l.limits[t.VHosts[i].Name]
	}
	slices.SortFunc(t.VHosts, func(a, b rabbitmq.VHost) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(t.Queues, func(a, b rabbitmq.Queue) int { return byName(a.Name, b.Name) })
	slices.SortFunc(t.Exchanges, func(a, b rabbitmq.Exchange) int { return byName(a.Name, b.Name) })
	slices.SortFunc(t.Policies, func(a, b rabbitmq.Policy) int { return byName(a.Name, b.Name) })
	slices.SortStableFunc(t.Bindings, func(a, b rabbitmq.Binding) int {
		return strings.Compare(bindingKey(a), bindingKey(b))
	})
	l.s.snapshot.Topology = t
	l.s.snapshot.Plugins = plugins(l.out.Nodes)
}

func bindingKey(b rabbitmq.Binding) string {
	return strings.Join([]string{b.VHost, b.Source, b.Destination, b.Key}, "\x00")
}

// vhostNames are the vhosts of which something is known.
func (l *look) vhostNames() map[string]bool {
	names := map[string]bool{}
	for _, v := range l.topo.VHosts {
		names[v.Name] = true
	}
	for n := range l.out.Exchanges {
		names[n.VHost] = true
	}
	for v := range l.hidden {
		names[v] = true
	}
	return names
}

// queuesUnread says why a queue that was not seen may exist all the same: the list was cut,
// or pages shifted while queues came and went.
func (l *look) queuesUnread() string {
	if why := l.unread["queues"]; why != "" {
		return why
	}
	if l.count.sure && len(l.hidden) == 0 && l.count.seen < l.count.told {
		return fmt.Sprintf("%d of %s were not in the list", l.count.told-l.count.seen, number(l.count.told, "queue"))
	}
	return ""
}

// plugins are those enabled on a running node; unknown when no node was seen.
func plugins(nodes []rabbitmq.Node) (out model.Known[[]string]) {
	for i := range nodes {
		if out = nodes[i].Plugins; out.Present() {
			return out
		}
	}
	return out
}

// lostShare is from which share of queues that no list had, in percent, a gap is made.
const lostShare = 1

// hiddenQueues is the gap of queues that the broker counts and no list had, look after
// look, although every vhost could be entered.
func (s *Session) hiddenQueues() []problem {
	var last count
	for _, c := range s.counts {
		if last = c; !c.sure || (c.told-c.seen)*100 <= c.told*lostShare {
			return nil
		}
	}
	for _, p := range s.problems {
		if p.kind == model.GapPermission && p.incomplete {
			return nil // told already
		}
	}
	return []problem{{what: "queues", kind: model.GapUnreadable, incomplete: true,
		why: fmt.Sprintf("%d of %s were not in the list", last.told-last.seen, number(last.told, "queue"))}}
}
