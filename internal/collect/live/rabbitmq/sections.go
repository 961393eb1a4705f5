package rabbitmq

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"qaudit/internal/collect/live"
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

func (l *look) readQueues(ctx context.Context) error {
	total, counted := l.out.Totals.Queues.Get()
	a := ask{resource: "queues", in: inVHost("queues"), query: "columns=" + columnsOf[queueAnswer](),
		paged: l.narrowed() || !counted || total > pageAbove, counters: l.noCounters, thin: l.thin}
	if l.depth == live.Volatile {
		a.query = "columns=" + columnsOf[movingQueue]()
	}
	if counted && total > totalsAbove && !l.narrowed() && l.thin == "" {
		p := problem{what: "counters of queues", kind: model.GapUnsupported, needs: "--vhost NAME reads all of one vhost",
			why: number(total, "queue") + " are too many to read with their counters"}
		a.counters, a.thin = p.why, p.why
		l.add(p)
	}
	if a.thin != "" {
		a.query = "disable_stats=true&enable_queue_totals=true&" + a.query
	}
	_, told, err := list(ctx, l, a, func(s *seen, q *queueAnswer) {
		n, ok := q.name()
		if _, twice := l.out.Queues[n]; !ok || twice || !l.wanted(n.VHost) {
			return
		}
		l.out.Queues[n] = q.stats(s, l.s.version)
		if l.depth == live.Full {
			l.topo.Queues = append(l.topo.Queues, q.queue(s, n))
		}
	})
	l.count = count{seen: int64(len(l.out.Queues)), told: total, sure: counted && !l.narrowed() && err == nil}
	if l.narrowed() || !counted {
		l.count.told, l.count.sure = told, err == nil && told > 0
	}
	l.count.failed = err != nil && l.count.seen == 0
	return l.failed("queues", err)
}

// movingQueue is what a volatile look asks of a queue.
type movingQueue struct {
	queueName
	queueMoving
}

func (l *look) narrowed() bool { return len(l.s.target.VHosts) > 0 }

func (l *look) readExchanges(ctx context.Context) error {
	a := ask{resource: "exchanges", in: inVHost("exchanges"), query: "columns=" + columnsOf[exchangeAnswer](),
		paged: l.out.Totals.Exchanges.Or(0) > pageAbove, counters: l.noCounters}
	_, _, err := list(ctx, l, a, func(s *seen, e *exchangeAnswer) {
		n, ok := e.name()
		if _, twice := l.out.Exchanges[n]; !ok || twice || !l.wanted(n.VHost) {
			return
		}
		l.out.Exchanges[n] = rabbitmq.ExchangeStats{Counters: exchangeCounters(s, e.Stats)}
		if l.depth == live.Full {
			l.topo.Exchanges = append(l.topo.Exchanges, e.exchange(s, n))
		}
	})
	return l.failed("exchanges", err)
}

func (l *look) readBindings(ctx context.Context) error {
	a := ask{resource: "bindings", in: inVHost("bindings"), query: "columns=" + columnsOf[bindingAnswer]()}
	_, _, err := list(ctx, l, a, func(s *seen, b *bindingAnswer) {
		if bound, ok := b.binding(s); ok && l.wanted(bound.VHost) {
			l.topo.Bindings = append(l.topo.Bindings, bound)
		}
	})
	return l.failed("bindings", err)
}

func (l *look) readPolicies(ctx context.Context, resource string, operator bool) error {
	a := ask{resource: resource, in: inVHost(resource)}
	_, _, err := list(ctx, l, a, func(s *seen, p *policyAnswer) {
		policy, ok := p.policy(s, operator)
		if ok && l.wanted(policy.VHost) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.topo.Policies = append(l.topo.Policies, policy)
		}
	})
	return l.failed(resource, err)
}

// readVHosts is never paged: vhosts?page= answers 500 on 4.0 and 4.3.
func (l *look) readVHosts(ctx context.Context) error {
	a := ask{resource: "vhosts", query: "columns=" + columnsOf[vhostAnswer](), counters: l.noCounters}
	_, _, err := list(ctx, l, a, func(s *seen, v *vhostAnswer) {
		if v.Name.state != given || !l.wanted(v.Name.v) {
			return
		}
		l.out.VHosts[v.Name.v] = counters(s, v.Stats, true)
		if l.depth == live.Full {
			l.topo.VHosts = append(l.topo.VHosts, v.vhost(s))
		}
	})
	return l.failed("vhosts", err)
}

func (l *look) readLimits(ctx context.Context) error {
	_, _, err := list(ctx, l, ask{resource: "vhost-limits"}, func(_ *seen, a *limitsAnswer) {
		l.limits[a.VHost.v] = a.Value.v.Args
	})
	return err
}

func (l *look) readNodes(ctx context.Context) error {
	if !l.s.mayMonitor() {
		return nil
	}
	a := ask{resource: "nodes", query: "columns=" + columnsOf[nodeAnswer](), thin: l.thin}
	_, _, err := list(ctx, l, a, func(s *seen, n *nodeAnswer) {
		if node, ok := n.node(s); ok {
			l.out.Nodes = append(l.out.Nodes, node)
		}
	})
	slices.SortFunc(l.out.Nodes, func(a, b rabbitmq.Node) int { return strings.Compare(a.Name, b.Name) })
	return err
}

func (l *look) readConsumers(ctx context.Context) error {
	if l.thin != "" {
		l.out.Consumers = model.Unknown[[]rabbitmq.Consumer](l.thin, nil)
		return nil
	}
	a := ask{resource: "consumers", in: inVHost("consumers"), query: "columns=" + columnsOf[consumerAnswer]()}
	var err error
	l.out.Consumers, err = all(ctx, l, a, func(s *seen, c *consumerAnswer) (rabbitmq.Consumer, bool) {
		consumer, ok := c.consumer(s)
		return consumer, ok && l.wanted(consumer.Queue.VHost)
	})
	slices.SortFunc(l.out.Consumers.Or(nil), func(a, b rabbitmq.Consumer) int {
		return cmp.Or(byName(a.Queue, b.Queue), strings.Compare(a.Channel, b.Channel), strings.Compare(a.Tag, b.Tag))
	})
	return err
}

func (l *look) readConnections(ctx context.Context) error {
	if why := l.noClients(); why != "" {
		l.out.Connections = model.Unknown[[]rabbitmq.Connection](why, nil)
		return nil
	}
	a := ask{resource: "connections", in: ofVHost("connections"), query: "columns=" + columnsOf[connectionAnswer](),
		paged: l.out.Totals.Connections.Or(0) > pageAbove}
	had := map[string]bool{}
	var err error
	l.out.Connections, err = all(ctx, l, a, func(s *seen, c *connectionAnswer) (rabbitmq.Connection, bool) {
		connection, ok := c.connection(s)
		ok = ok && l.wanted(connection.VHost) && !had[connection.Name]
		had[connection.Name] = true
		return connection, ok
	})
	slices.SortFunc(l.out.Connections.Or(nil), func(a, b rabbitmq.Connection) int { return strings.Compare(a.Name, b.Name) })
	return err
}

// noClients says why connections and channels are not asked for. Without the tag monitoring
// the lists hold the user's own. Without statistics 3.10 and 4.0 refuse channels and
// consumers, and 4.3 answers with empty lists, whoever is connected (measured on 4.3.6).
func (l *look) noClients() string {
	if !l.s.mayMonitor() {
		return l.s.needsMonitoring().why
	}
	return l.thin
}

func (l *look) readChannels(ctx context.Context) error {
	if why := l.noClients(); why != "" {
		l.out.Channels = model.Unknown[[]rabbitmq.Channel](why, nil)
		return nil
	}
	a := ask{resource: "channels", in: ofVHost("channels"), query: "columns=" + columnsOf[channelAnswer](),
		paged: l.out.Totals.Channels.Or(0) > pageAbove, counters: l.noCounters}
	had := map[string]bool{}
	var err error
	l.out.Channels, err = all(ctx, l, a, func(s *seen, c *channelAnswer) (rabbitmq.Channel, bool) {
		channel, ok := c.channel(s)
		ok = ok && l.wanted(channel.VHost) && !had[channel.Name]
		had[channel.Name] = true
		return channel, ok
	})
	slices.SortFunc(l.out.Channels.Or(nil), func(a, b rabbitmq.Channel) int { return strings.Compare(a.Name, b.Name) })
	return err
}

// ofVHost is the path of the clients of one vhost.
func ofVHost(resource string) func(string) string {
	return func(vhost string) string { return "vhosts/" + url.PathEscape(vhost) + "/" + resource }
}

// all reads a list that is known whole or not at all.
func all[T, U any](ctx context.Context, l *look, a ask, each func(*seen, *T) (U, bool)) (model.Known[[]U], error) {
	var out []U
	s, _, err := list(ctx, l, a, func(s *seen, item *T) {
		if u, ok := each(s, item); ok {
			out = append(out, u)
		}
	})
	switch {
	case err != nil:
		return model.Unknown[[]U](l.s.explain(a.resource, err).why, nil), err
	case s == nil:
		return model.Unknown[[]U]("no vhost could be read", nil), nil
	}
	return model.Here(s.From, out), nil
}
