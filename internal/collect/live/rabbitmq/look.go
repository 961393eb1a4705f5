package rabbitmq

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"qaudit/internal/collect/live"
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

// look is one look while it is being taken. Its sections are read side by side and write
// to fields of their own; what they share is behind mu.
type look struct {
	s     *Session
	depth live.Depth
	out   rabbitmq.Look
	topo  rabbitmq.Topology
	count count

	noCounters string // why counters are unknown, "" when they are not
	thin       string // why answers have less in them than usual, and lists of clients nothing
	limits     map[string]rabbitmq.Args

	mu       sync.Mutex
	problems []problem
	unread   map[string]string // by resource: why it was not read whole
	hidden   map[string]bool   // vhosts that the user may not enter
	absent   map[string]bool   // vhosts that were named and do not exist
}

// count is how many queues a look saw and how many the broker says there are.
type count struct {
	seen, told int64
	sure       bool // told is known and about the same vhosts
	failed     bool // no list could be read
}

// parallel is how many requests run side by side: an audit is a guest.
const parallel = 3

func newLook(s *Session, d live.Depth) *look {
	return &look{s: s, depth: d, unread: map[string]string{}, hidden: map[string]bool{}, absent: map[string]bool{},
		limits: map[string]rabbitmq.Args{},
		out: rabbitmq.Look{At: s.opts.Now(), Queues: map[rabbitmq.Name]rabbitmq.QueueStats{},
			Exchanges: map[rabbitmq.Name]rabbitmq.ExchangeStats{}, VHosts: map[string]rabbitmq.Counters{}}}
}

// section is a part of a look.
type section struct {
	what   string // as a gap calls it
	moving bool   // read in each look
	read   func(context.Context) error
}

func (l *look) sections() []section {
	all := []section{
		{"queues", true, l.readQueues},
		{"nodes", true, l.readNodes},
		{"vhosts", true, l.readVHosts},
		{"exchanges", true, l.readExchanges},
		{"consumers", true, l.readConsumers},
		{"connections", true, l.readConnections},
		{"channels", true, l.readChannels},
		{"bindings", false, l.readBindings},
		{"policies", false, func(ctx context.Context) error { return l.readPolicies(ctx, "policies", false) }},
		{"operator policies", false, func(ctx context.Context) error { return l.readPolicies(ctx, "operator-policies", true) }},
		{"vhost limits", false, l.readLimits},
		{"feature flags", false, l.readFeatureFlags},
		{"deprecated features", false, l.readDeprecated},
		{"health checks", false, l.readHealth},
		{"users", false, l.readUsers},
		{"permissions", false, l.readPermissions},
		{"parameters", false, l.readParameters},
	}
	if l.depth == live.Full {
		return all
	}
	var moving []section
	for _, s := range all {
		if s.moving {
			moving = append(moving, s)
		}
	}
	return moving
}

// run reads all sections; one that fails is a problem and no more.
func (l *look) run(ctx context.Context) {
	var g errgroup.Group
	g.SetLimit(parallel)
	for _, s := range l.sections() {
		g.Go(func() error {
			if err := s.read(ctx); err != nil {
				l.add(l.s.explain(l.partly(s.what), err))
			}
			return nil
		})
	}
	_ = g.Wait() // sections report what failed themselves
}

// partly says how much was read of what failed on the way.
func (l *look) partly(what string) string {
	if what != "queues" || l.count.seen == 0 || l.count.told <= l.count.seen {
		return what
	}
	return fmt.Sprintf("queues (%s of %s read)", thousands(l.count.seen), thousands(l.count.told))
}

func (l *look) add(p problem) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.problems = append(l.problems, p)
}

// shut notes that a vhost that was named may not be entered, or does not exist.
func (l *look) shut(vhost string, r *refusal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.hidden() {
		l.hidden[vhost] = true
		return
	}
	l.absent[vhost] = true
}

// failed notes why a resource of the topology was not read whole, and gives the error on.
func (l *look) failed(resource string, err error) error {
	if err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.unread[resource] = l.s.explain(resource, err).why
	}
	return err
}

// overview reads the cluster as a whole; its error means that nothing can be read.
func (l *look) overview(ctx context.Context) error {
	resp, err := l.s.client.get(ctx, "overview", "")
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	var a overviewAnswer
	if err := readObject(resp.Body, &a); err != nil {
		return err
	}
	if a.Version.state != given && a.Management.state != given {
		return errNotRabbit
	}
	if a.Version.state != given {
		a.Version = a.Management
	}
	switch {
	case a.StatsOff.v:
		l.noCounters, l.thin = statsOff, statsOff
	case a.RatesMode.v == "none":
		l.noCounters = "the broker counts no messages (rates_mode = none)"
	}
	s := newSeen(l.s.input, "overview", l.s.opts.Now(), l.noCounters, "")
	l.out.Origin = s.Origin()
	l.out.Totals = a.totals(s)
	if l.depth == live.Full {
		l.identify(s, &a)
	}
	return nil
}

// identify fills what a snapshot says of the cluster as a whole.
func (l *look) identify(s *seen, a *overviewAnswer) {
	snap := &l.s.snapshot
	l.s.version = version(s, a.Version)
	snap.Input, snap.URL, snap.User = l.s.input, l.s.url(), l.s.target.Login.User
	snap.Version, snap.Erlang, snap.Cluster = l.s.version, version(s, a.Erlang), know(s, a.Cluster)
	snap.RatesMode, snap.StatsOff = know(s, a.RatesMode), know(s, a.StatsOff)
	snap.Target = identity(l.s.target.Name, a.Cluster.v, l.s.transport.Endpoint().URL)
	snap.Listeners = a.listeners(s)
	if snap.Listeners.Unknown() && !l.s.mayMonitor() {
		snap.Listeners = model.Unknown[[]rabbitmq.Listener](l.s.needsMonitoring().why, s.Origin())
	}
	snap.Health = map[string]model.Known[rabbitmq.Health]{}
	l.topo = rabbitmq.Topology{Input: l.s.input, Target: snap.Target, Source: rabbitmq.FromLive, At: s.Origin(),
		Seen: map[string]rabbitmq.Seen{}}
}

// identity is what a cluster is called: as the user named it, else as it calls itself,
// unless that is only the default, rabbit@ and a host name.
func identity(name, cluster string, u url.URL) string {
	switch {
	case name != "":
		return name
	case cluster != "" && !strings.Contains(cluster, "@"):
		return cluster
	}
	return u.Hostname()
}
