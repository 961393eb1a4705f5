package rabbitmq

import (
	"sort"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// Overlay is every queue and exchange of the estate, each with all that is known of it:
// live over definitions over code. What loses stays as second evidence.
type Overlay struct {
	Queues    []*QueueView
	Exchanges []*ExchangeView
	Snapshots []*Snapshot
	Facts     []*code.Facts
	// Ambiguous names stand in code and exist in several vhosts or targets: they join none.
	Ambiguous []Ambiguous

	topologies []*Topology
	queues     map[place]*QueueView
	exchanges  map[place]*ExchangeView
	named      map[string][]*QueueView    // queues by name alone
	namedX     map[string][]*ExchangeView // exchanges by name alone
	routing    routing
	policies   map[scope]*policies
	consumers  map[*Snapshot]map[Name][]Consumer // of the last look
}

// scope is a vhost of a target; place is a name in it.
type scope struct{ target, vhost string }

type place struct {
	scope
	name string
}

// Ambiguous is a name in code that exists in several places.
type Ambiguous struct {
	Kind, Name string
	Where      []model.Scope
	At         *model.Origin
}

// QueueView is one queue as all sources know it.
type QueueView struct {
	Name
	Target   string
	Live     *Queue // nil: not seen live
	Snapshot *Snapshot
	Defs     []*Queue
	Decls    []*code.QueueDecl // not the passive ones
	Uses     []*code.QueueDecl // passive ones
	Consumes []*code.Consume
	Gets     []*code.Get
	// Publishes are those of code through the default exchange, by the queue's name.
	Publishes []*code.Publish

	o    *Overlay
	role Role
	why  string
	// deadTo are the queues that take its dead letters, deadSure whether that is all of
	// them; deadFrom the queues whose dead letters it takes.
	deadTo, deadFrom []*QueueView
	deadSure         bool
}

// ExchangeView is one exchange as all sources know it.
type ExchangeView struct {
	Name
	Target    string
	Live      *Exchange
	Snapshot  *Snapshot
	Defs      []*Exchange
	Decls     []*code.ExchangeDecl
	Publishes []*code.Publish

	o *Overlay
}

// Ref names the queue.
func (q *QueueView) Ref() model.Ref {
	return model.Ref{System: System, Kind: "queue", Scope: model.Scope{Target: q.Target, VHost: q.VHost}, Name: q.Name.Name}
}

// Ref names the exchange.
func (x *ExchangeView) Ref() model.Ref {
	return model.Ref{System: System, Kind: "exchange", Scope: model.Scope{Target: x.Target, VHost: x.VHost}, Name: x.Name.Name}
}

// Queues are the queues of the estate's overlay.
func Queues(e *model.Estate) []*QueueView { return View(e).Queues }

// Exchanges are the exchanges of the estate's overlay.
func Exchanges(e *model.Estate) []*ExchangeView { return View(e).Exchanges }

// View is the overlay of the estate, made once.
func View(e *model.Estate) *Overlay { return model.View(e, overlay) }

func overlay(e *model.Estate) *Overlay {
	o := &Overlay{Snapshots: model.All[*Snapshot](e), Facts: model.All[*code.Facts](e),
		topologies: model.All[*Topology](e),
		queues:     map[place]*QueueView{}, exchanges: map[place]*ExchangeView{},
		named: map[string][]*QueueView{}, namedX: map[string][]*ExchangeView{},
		routing: newRouting(), policies: map[scope]*policies{},
		consumers: map[*Snapshot]map[Name][]Consumer{}}
	for _, s := range o.Snapshots {
		if s.Topology != nil {
			o.live(s)
		}
	}
	for _, t := range o.topologies {
		o.defined(t)
	}
	for _, f := range o.Facts {
		o.coded(f)
	}
	for _, f := range o.Facts {
		o.published(f)
	}
	o.settle()
	return o
}

func (o *Overlay) live(s *Snapshot) {
	t := s.Topology
	for i := range t.Queues {
		v := o.queue(scope{s.Target, t.Queues[i].VHost}, t.Queues[i].Name.Name)
		v.Live, v.Snapshot = &t.Queues[i], s
	}
	for i := range t.Exchanges {
		v := o.exchange(scope{s.Target, t.Exchanges[i].VHost}, t.Exchanges[i].Name.Name)
		v.Live, v.Snapshot = &t.Exchanges[i], s
	}
	o.routes(s.Target, t, FromLive)
	o.consumers[s] = consumersByQueue(s.Last())
}

func consumersByQueue(l *Look) map[Name][]Consumer {
	if l == nil {
		return nil
	}
	out := map[Name][]Consumer{}
	for _, c := range l.Consumers.Or(nil) {
		out[c.Queue] = append(out[c.Queue], c)
	}
	return out
}

// routes takes bindings and policies of a topology.
func (o *Overlay) routes(target string, t *Topology, from Source) {
	for i := range t.Bindings {
		o.routing.add(target, &t.Bindings[i], from)
	}
	for vhost, seen := range t.Seen {
		k := scope{target, vhost}
		if o.policies[k] == nil {
			o.policies[k] = &policies{}
		}
		o.policies[k].saw(from, seen.Policies, t.At)
		if from == FromLive && seen.Bindings == "" {
			o.routing.whole[k] = true
		}
	}
	for i := range t.Policies {
		p := &t.Policies[i]
		if set := o.policies[scope{target, p.VHost}]; set != nil {
			set.add(p, from)
		}
	}
}

// defined joins a definitions file: to the one target of the estate when its name does not
// say which, else it stands for itself.
func (o *Overlay) defined(t *Topology) {
	target := t.Target
	if target == "" && len(o.Snapshots) == 1 {
		target = o.Snapshots[0].Target
	}
	for i := range t.Queues {
		v := o.queue(scope{target, t.Queues[i].VHost}, t.Queues[i].Name.Name)
		v.Defs = append(v.Defs, &t.Queues[i])
	}
	for i := range t.Exchanges {
		v := o.exchange(scope{target, t.Exchanges[i].VHost}, t.Exchanges[i].Name.Name)
		v.Defs = append(v.Defs, &t.Exchanges[i])
	}
	o.routes(target, t, FromDefinitions)
}

func (o *Overlay) queue(s scope, name string) *QueueView {
	k := place{s, name}
	v := o.queues[k]
	if v == nil {
		v = &QueueView{Name: Name{s.vhost, name}, Target: s.target, o: o}
		o.queues[k] = v
		o.named[name] = append(o.named[name], v)
		o.Queues = append(o.Queues, v)
	}
	return v
}

func (o *Overlay) exchange(s scope, name string) *ExchangeView {
	k := place{s, name}
	v := o.exchanges[k]
	if v == nil {
		v = &ExchangeView{Name: Name{s.vhost, name}, Target: s.target, o: o}
		o.exchanges[k] = v
		o.namedX[name] = append(o.namedX[name], v)
		o.Exchanges = append(o.Exchanges, v)
	}
	return v
}

// settle sorts the views and decides the roles, which need all routes.
func (o *Overlay) settle() {
	sort.SliceStable(o.Queues, func(i, j int) bool { return less(o.Queues[i].Ref(), o.Queues[j].Ref()) })
	sort.SliceStable(o.Exchanges, func(i, j int) bool { return less(o.Exchanges[i].Ref(), o.Exchanges[j].Ref()) })
	o.roles()
}

func less(a, b model.Ref) bool { return a.Key() < b.Key() }

// coded joins what code declares, consumes and publishes.
func (o *Overlay) coded(f *code.Facts) {
	for i := range f.Exchanges {
		d := &f.Exchanges[i]
		for _, v := range o.exchangesFor(d.Name, d.At) {
			if d.Passive.Or(false) {
				continue
			}
			v.Decls = append(v.Decls, d)
		}
	}
	for i := range f.Queues {
		d := &f.Queues[i]
		for _, v := range o.queuesFor(d.Name, d.At) {
			if d.Passive.Or(false) {
				v.Uses = append(v.Uses, d)
			} else {
				v.Decls = append(v.Decls, d)
			}
		}
	}
	for i := range f.Consumes {
		c := &f.Consumes[i]
		for _, v := range o.queuesFor(c.Queue, c.At) {
			v.Consumes = append(v.Consumes, c)
		}
	}
	for i := range f.Gets {
		g := &f.Gets[i]
		for _, v := range o.queuesFor(g.Queue, g.At) {
			v.Gets = append(v.Gets, g)
		}
	}
	for i := range f.Bindings {
		o.bindCode(&f.Bindings[i])
	}
}

// published joins the publishes of code once all queues are known: to their exchange, or
// through the default exchange to the queue of the key's name, if there is one.
func (o *Overlay) published(f *code.Facts) {
	for i := range f.Publishes {
		p := &f.Publishes[i]
		if name, ok := p.Exchange.Get(); ok && name == "" {
			if key, ok := p.Key.Get(); ok && len(o.named[key]) == 1 {
				q := o.named[key][0]
				q.Publishes = append(q.Publishes, p)
			}
			continue
		}
		for _, v := range o.exchangesFor(p.Exchange, p.At) {
			v.Publishes = append(v.Publishes, p)
		}
	}
}

// bindCode adds a binding of code in the scope of its queue or exchange.
func (o *Overlay) bindCode(b *code.BindingDecl) {
	dest, ok := b.Queue.Get()
	source, sok := b.Exchange.Get()
	key, kok := b.Key.Get()
	if !ok || !sok {
		return
	}
	if !kok {
		key = anyKey
	}
	for _, v := range o.exchangesFor(b.Exchange, b.At) {
		o.routing.add(v.Target, &Binding{VHost: v.VHost, Source: source, Destination: dest,
			ToExchange: b.ToExchange, Key: key, At: b.At}, FromCode)
	}
}

// queuesFor finds the view that a name in code means: the only one of this name, or a new
// one that stands for code alone. A name that exists in several places joins none.
func (o *Overlay) queuesFor(n code.Name, at *model.Origin) []*QueueView {
	name, ok := n.Get()
	if !ok || name == "" {
		return nil
	}
	found := o.named[name]
	switch len(found) {
	case 0:
		return []*QueueView{o.queue(o.codeScope(), name)}
	case 1:
		return found
	}
	a := Ambiguous{Kind: "queue", Name: name, At: at}
	for _, v := range found {
		a.Where = append(a.Where, v.Ref().Scope)
	}
	o.Ambiguous = append(o.Ambiguous, a)
	return nil
}

func (o *Overlay) exchangesFor(n code.Name, at *model.Origin) []*ExchangeView {
	name, ok := n.Get()
	if !ok || name == "" {
		return nil
	}
	found := o.namedX[name]
	switch {
	case len(found) == 0:
		return []*ExchangeView{o.exchange(o.codeScope(), name)}
	case len(found) == 1:
		return found
	case strings.HasPrefix(name, "amq."):
		return nil // every vhost has these
	}
	a := Ambiguous{Kind: "exchange", Name: name, At: at}
	for _, v := range found {
		a.Where = append(a.Where, v.Ref().Scope)
	}
	o.Ambiguous = append(o.Ambiguous, a)
	return nil
}

// codeScope is the scope of what only code knows: with one target of one vhost it is that,
// else not known.
func (o *Overlay) codeScope() scope {
	if len(o.Snapshots) != 1 || o.Snapshots[0].Topology == nil {
		return scope{}
	}
	s := o.Snapshots[0]
	if len(s.Topology.VHosts) == 1 {
		return scope{s.Target, s.Topology.VHosts[0].Name}
	}
	return scope{target: s.Target}
}

// Topologies are all sources of topology: those of brokers, then those of definitions.
func (o *Overlay) Topologies() []*Topology {
	var out []*Topology
	for _, s := range o.Snapshots {
		if s.Topology != nil {
			out = append(out, s.Topology)
		}
	}
	return append(out, o.topologies...)
}
