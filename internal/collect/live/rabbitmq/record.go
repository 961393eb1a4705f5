package rabbitmq

import (
	"errors"
	"slices"
	"strings"
	"time"

	"qaudit/internal/collect/live/recorded"
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

// Codec writes Snapshots to .qaudit files and reads them back. What makes a cluster large
// has a record each.
type Codec struct{}

// System is the system of the records.
func (Codec) System() string { return rabbitmq.System }

// Taken is when the last look was taken.
func (Codec) Taken(p model.Part) time.Time {
	if s, ok := p.(*rabbitmq.Snapshot); ok && s.Last() != nil {
		return s.Last().At
	}
	return time.Time{}
}

// Reader reads one Snapshot.
func (Codec) Reader(input string) recorded.PartReader { return &snapshotReader{input: input} }

// named is something of a look with the name that it has there.
type named[T any] struct {
	Name rabbitmq.Name
	What T
}

// Write puts the records of a Snapshot.
func (Codec) Write(p model.Part, put func(kind string, v any) error) (bool, error) {
	s, ok := p.(*rabbitmq.Snapshot)
	if !ok {
		return false, nil
	}
	head := *s
	head.Topology, head.Looks = nil, nil
	if err := put("snapshot", head); err != nil {
		return true, err
	}
	if s.Topology != nil {
		if err := putTopology(*s.Topology, put); err != nil {
			return true, err
		}
	}
	for _, l := range s.Looks {
		if err := putLook(l, put); err != nil {
			return true, err
		}
	}
	return true, nil
}

func putTopology(t rabbitmq.Topology, put func(string, any) error) error {
	head := t
	head.Exchanges, head.Queues, head.Bindings, head.Policies = nil, nil, nil, nil
	if err := put("topology", head); err != nil {
		return err
	}
	return errors.Join(each("exchange", t.Exchanges, put), each("queue", t.Queues, put),
		each("binding", t.Bindings, put), each("policy", t.Policies, put))
}

func each[T any](kind string, all []T, put func(string, any) error) error {
	for _, v := range all {
		if err := put(kind, v); err != nil {
			return err
		}
	}
	return nil
}

func putLook(l rabbitmq.Look, put func(string, any) error) error {
	head := l
	head.Queues, head.Exchanges = nil, nil
	if err := put("look", head); err != nil {
		return err
	}
	return errors.Join(each("queue_stats", byNames(l.Queues), put), each("exchange_stats", byNames(l.Exchanges), put))
}

// byNames is a map as a list in the order of its names.
func byNames[T any](m map[rabbitmq.Name]T) []named[T] {
	out := make([]named[T], 0, len(m))
	for n, v := range m {
		out = append(out, named[T]{n, v})
	}
	slices.SortFunc(out, func(a, b named[T]) int { return byName(a.Name, b.Name) })
	return out
}

// snapshotReader puts a Snapshot together.
type snapshotReader struct {
	input    string
	snapshot *rabbitmq.Snapshot
}

// errOrder says that a record stands before the one that it belongs to.
var errOrder = errors.New("it stands before what it belongs to")

// Record takes the next record.
func (r *snapshotReader) Record(kind string, into func(any) error) error {
	if kind == "snapshot" {
		if r.snapshot != nil {
			return errors.New("there are two snapshots of one input")
		}
		r.snapshot = &rabbitmq.Snapshot{}
		if err := into(r.snapshot); err != nil {
			return err
		}
		r.snapshot.Input = r.input
		return nil
	}
	if r.snapshot == nil {
		return errOrder
	}
	switch kind {
	case "topology":
		r.snapshot.Topology = &rabbitmq.Topology{}
		if err := into(r.snapshot.Topology); err != nil {
			return err
		}
		r.snapshot.Topology.Input = r.input
		return nil
	case "look":
		l := rabbitmq.Look{Queues: map[rabbitmq.Name]rabbitmq.QueueStats{}, Exchanges: map[rabbitmq.Name]rabbitmq.ExchangeStats{}}
		if err := into(&l); err != nil {
			return err
		}
		r.snapshot.Looks = append(r.snapshot.Looks, l)
		return nil
	}
	if strings.HasSuffix(kind, "_stats") {
		return r.stats(kind, into)
	}
	return r.declared(kind, into)
}

func (r *snapshotReader) declared(kind string, into func(any) error) error {
	t := r.snapshot.Topology
	if t == nil {
		return errOrder
	}
	switch kind {
	case "exchange":
		return add(&t.Exchanges, into)
	case "queue":
		return add(&t.Queues, into)
	case "binding":
		return add(&t.Bindings, into)
	case "policy":
		return add(&t.Policies, into)
	}
	return nil
}

func add[T any](to *[]T, into func(any) error) error {
	var v T
	if err := into(&v); err != nil {
		return err
	}
	*to = append(*to, v)
	return nil
}

func (r *snapshotReader) stats(kind string, into func(any) error) error {
	l := r.snapshot.Last()
	if l == nil {
		return errOrder
	}
	switch kind {
	case "queue_stats":
		return put(l.Queues, into)
	case "exchange_stats":
		return put(l.Exchanges, into)
	}
	return nil
}

func put[T any](to map[rabbitmq.Name]T, into func(any) error) error {
	var v named[T]
	if err := into(&v); err != nil {
		return err
	}
	to[v.Name] = v.What
	return nil
}

// Part is the Snapshot.
func (r *snapshotReader) Part() (model.Part, error) {
	if r.snapshot == nil {
		return nil, errOrder
	}
	return r.snapshot, nil
}
