// Package plant puts known faults into a running testbed broker, and beside
// them a topology in which nothing is wrong. Each fault says which rules have
// to find it; whether they do is for the tests of the rules to see.
package plant

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"qaudit/testbed"
)

// Phase says what a fault touches.
type Phase int

const (
	// InVHost faults live in a vhost of their own: many at once.
	InVHost Phase = iota + 1
	// WholeBroker faults change the broker for all: one at a time, stopped
	// before the next.
	WholeBroker
	// OwnBroker faults lie in the configuration: they need a broker started
	// with Fault.Spec, which nothing else should share.
	OwnBroker
)

// Expected is one rule that has to fail.
type Expected struct {
	Rule string // like rabbitmq/no-consumers
	// Subject is the name of the queue, exchange, policy, user or node; ""
	// where the subject has no name that is known beforehand (a connection,
	// the broker).
	Subject string
	On      []testbed.Generation // nil: on all that the fault applies to
}

// Fault is one planted fault.
type Fault struct {
	Number int    // of the list of planted faults
	Name   string // like f07; also the usual name of its vhost
	Title  string
	Phase  Phase
	Expect []Expected
	// Never lists rules that a careless audit would report here, wrongly.
	Never []Expected
	// Gap is a part that the audit has to report as not visible.
	Gap string
	// Generations it applies to; nil: all.
	Generations []testbed.Generation
	Nodes       int // it needs as many, 0: any number
	// Configure changes the spec of a broker started for an OwnBroker fault.
	Configure func(*testbed.Spec)
	// Files are what an audit has to read besides, by path.
	Files map[string]string

	steps []step
}

// Why tells why the fault cannot be planted on a broker of this generation
// and size; "" when it can.
func (f Fault) Why(g testbed.Generation, nodes int) string {
	if f.Generations != nil && !slices.Contains(f.Generations, g) {
		return fmt.Sprintf("%s is not for RabbitMQ %s", f.Name, g)
	}
	if nodes < f.Nodes {
		return fmt.Sprintf("%s needs %d nodes", f.Name, f.Nodes)
	}
	return ""
}

// Expectations are the rules that have to fail on this generation.
func (f Fault) Expectations(g testbed.Generation) []Expected {
	return slices.DeleteFunc(slices.Clone(f.Expect), func(e Expected) bool {
		return e.On != nil && !slices.Contains(e.On, g)
	})
}

// Spec is the broker to start for the fault.
func (f Fault) Spec(g testbed.Generation) testbed.Spec {
	spec := testbed.Spec{Generation: g, Nodes: max(1, f.Nodes)}
	if f.Configure != nil {
		f.Configure(&spec)
	}
	return spec
}

// Plant makes the vhost and plants the fault in it; when it returns, its
// clients are at work. Statistics follow after five to fifteen seconds. stop
// ends the clients and takes everything back, the vhost included. Without the
// clients' libraries the error is a *testbed.Unavailable.
func (f Fault) Plant(ctx context.Context, b *testbed.Broker, vhost string) (stop func() error, err error) {
	if why := f.Why(b.Generation, b.Nodes()); why != "" {
		return nil, errors.New(why)
	}
	s, err := prepare(ctx, b, vhost)
	if err != nil {
		return nil, fmt.Errorf("plant %s: %w", f.Name, err)
	}
	// A user that may not configure: the declaring is done beforehand.
	login := logsIn("app-"+vhost, "^$", ".*", ".*")
	if err := s.run(ctx, append([]step{login}, f.steps...)); err != nil {
		return nil, errors.Join(fmt.Errorf("plant %s: %w", f.Name, err), s.stop())
	}
	return s.stop, nil
}

// Faults are all planted faults, by number.
func Faults() []Fault {
	all := slices.Concat(consumerFaults(), deadLetterFaults(), queueFaults(), routingFaults(),
		connectionFaults(), clusterFaults(), brokerFaults(), estateFaults())
	slices.SortStableFunc(all, func(a, b Fault) int { return a.Number - b.Number })
	return all
}

// Find gives the fault of that name.
func Find(name string) (Fault, error) {
	for _, f := range Faults() {
		if f.Name == name {
			return f, nil
		}
	}
	return Fault{}, fmt.Errorf("no planted fault %q", name)
}

// rule and in build what a fault expects.
func rule(slug, subject string, on ...testbed.Generation) Expected {
	return Expected{"rabbitmq/" + slug, subject, on}
}

// since are the generations from the given one on.
func since(oldest testbed.Generation) []testbed.Generation {
	all := testbed.Generations()
	return all[slices.Index(all, oldest):]
}
