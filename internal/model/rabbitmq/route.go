package rabbitmq

import (
	"strings"

	"qaudit/internal/model"
)

// anyKey stands for a routing key in code that does not resolve: it may match anything.
const anyKey = "#?"

// Exchange returns the exchange of this name in the queue's vhost, nil when no source has
// it.
func (o *Overlay) Exchange(target, vhost, name string) *ExchangeView {
	return o.exchanges[place{scope{target, vhost}, name}]
}

// Queue returns the queue of this name, nil when no source has it.
func (o *Overlay) Queue(target, vhost, name string) *QueueView {
	return o.queues[place{scope{target, vhost}, name}]
}

// Seen says what of a vhost was read whole, over all sources of the target; a field is
// "" when some source read it whole.
func (o *Overlay) Seen(target, vhost string) Seen {
	const unread = "no broker or definitions were read"
	out := Seen{unread, unread, unread, unread}
	for _, t := range o.sources(target) {
		s, ok := t.Seen[vhost]
		if !ok {
			continue
		}
		better(&out.Queues, s.Queues)
		better(&out.Exchanges, s.Exchanges)
		better(&out.Bindings, s.Bindings)
		better(&out.Policies, s.Policies)
	}
	return out
}

func better(have *string, s string) {
	if *have != "" {
		*have = s
	}
}

// sources are the topologies of a target: live ones, and definitions that joined it.
func (o *Overlay) sources(target string) []*Topology {
	var out []*Topology
	for _, s := range o.Snapshots {
		if s.Target == target && s.Topology != nil {
			out = append(out, s.Topology)
		}
	}
	for _, t := range o.topologies {
		if t.Target == target || t.Target == "" && (target == "" || len(o.Snapshots) == 1) {
			out = append(out, t)
		}
	}
	return out
}

// Bindings are the bindings whose source is the exchange.
func (o *Overlay) Bindings(target, vhost, exchange string) []*Binding {
	s := scope{target, vhost}
	return o.counted(s, exchange, o.routing.from[place{s, exchange}])
}

// BindingsTo are the bindings whose destination is the queue, without the one that the
// default exchange has for every queue.
func (o *Overlay) BindingsTo(q *QueueView) []*Binding {
	s := scope{q.Target, q.VHost}
	var out []*Binding
	for _, b := range o.routing.to[place{s, q.Name.Name}] {
		if b.Source != "" && (len(o.counted(s, b.Source, []*Binding{b})) > 0) {
			out = append(out, b)
		}
	}
	return out
}

// candidates are the bindings of the exchange that the key can take: for direct and topic
// exchanges those of the key, and those with a pattern or a key that does not resolve.
func (r *router) candidates(exchange, kind string) []*Binding {
	if kind != "direct" && kind != "topic" || r.anyRoute || r.pattern || r.key == anyKey || strings.ContainsAny(r.key, "*#") {
		return r.o.Bindings(r.target, r.vhost, exchange)
	}
	s := scope{r.target, r.vhost}
	p := place{s, exchange}
	same := r.o.routing.keyed[keyed{p, r.key}]
	found := append(same[:len(same):len(same)], r.o.routing.wild[p]...)
	return r.o.counted(s, exchange, found)
}

// Route follows an exchange and key to queues; what matches no binding goes to the
// alternate exchange, where there is one. sure is false when the answer depends on what
// was not seen or cannot be decided: headers exchanges, plugins' types, a binding key
// that does not resolve. With anyRoute every binding counts, whatever its key.
func (o *Overlay) Route(target, vhost, exchange, key string, anyRoute bool) (queues []*QueueView, sure bool) {
	r := newRouter(o, target, vhost, key)
	r.anyRoute = anyRoute
	r.follow(exchange)
	return r.queues, r.sure
}

func newRouter(o *Overlay, target, vhost, key string) *router {
	return &router{o: o, target: target, vhost: vhost, key: key, sure: true,
		seen: map[string]bool{}, found: map[*QueueView]bool{}}
}

// router is one walk from an exchange.
type router struct {
	o                  *Overlay
	target, vhost, key string
	pattern            bool // the key stands for all that a topic pattern matches
	anyRoute, sure     bool
	seen               map[string]bool
	found              map[*QueueView]bool
	queues             []*QueueView
}

// mostTargets bounds the queues that a walk collects: nobody needs more to decide, and
// thousands of queues that dead-letter to one fanout exchange would cost their square.
const mostTargets = 1000

func (r *router) queue(name string) {
	if len(r.queues) == mostTargets {
		return
	}
	if q := r.o.Queue(r.target, r.vhost, name); q != nil && !r.found[q] {
		r.found[q] = true
		r.queues = append(r.queues, q)
	}
}

func (r *router) follow(exchange string) {
	if r.seen[exchange] {
		return
	}
	r.seen[exchange] = true
	if exchange == "" {
		if r.pattern {
			r.sure = false
			return
		}
		r.queue(r.key)
		return
	}
	x := r.o.Exchange(r.target, r.vhost, exchange)
	kind := ""
	if x != nil {
		kind = x.Type().Or("")
	}
	routed := false
	for _, b := range r.candidates(exchange, kind) {
		hit, known := r.matches(kind, b.Key)
		r.sure = r.sure && known
		if !hit && !r.anyRoute {
			continue
		}
		routed = routed || known
		if b.ToExchange {
			r.follow(b.Destination)
		} else {
			r.queue(b.Destination)
		}
	}
	if x == nil || routed && !r.anyRoute {
		return
	}
	switch ae := x.AlternateExchange(); {
	case ae.Present():
		r.follow(ae.Or(""))
	case ae.Unknown():
		r.sure = false
	}
}

// matches says whether a message of the walk takes the binding. known is false when that
// cannot be told, or not for all keys of the pattern; hit is then true, for one can.
func (r *router) matches(kind, binding string) (hit, known bool) {
	switch {
	case binding == anyKey || r.key == anyKey:
		return true, false
	case kind == "fanout":
		return true, true
	case kind == "direct" && !r.pattern:
		return binding == r.key, true
	case kind == "direct":
		hit = overlap(words(r.key), words(binding), false)
		return hit, !hit
	case kind == "topic" && !r.pattern:
		return overlap(words(binding), words(r.key), false), true
	case kind == "topic":
		hit = overlap(words(binding), words(r.key), true)
		return hit, !hit || binding == "#" || binding == r.key
	}
	return true, false
}

func words(key string) []string { return strings.Split(key, ".") }

// overlap says whether some key matches both: a is a pattern of a topic exchange (* is one
// word, # any number of them), b is a key, or another pattern. It fills a table, since
// patterns with many # would take a recursion for ever.
func overlap(a, b []string, bPattern bool) bool {
	many := func(w string) bool { return w == "#" }
	after := make([]bool, len(b)+1) // whether a[i+1:] and b[j:] overlap
	for i := len(a); i >= 0; i-- {
		now := make([]bool, len(b)+1)
		for j := len(b); j >= 0; j-- {
			switch {
			case i == len(a) && j == len(b):
				now[j] = true
			case i < len(a) && many(a[i]):
				now[j] = after[j] || j < len(b) && now[j+1]
			case bPattern && j < len(b) && many(b[j]):
				now[j] = now[j+1] || i < len(a) && after[j]
			case i < len(a) && j < len(b):
				now[j] = (a[i] == b[j] || a[i] == "*" || bPattern && b[j] == "*") && after[j+1]
			}
		}
		after = now
	}
	return after[0]
}

// DeadLetterTargets are the queues that take the dead letters of q, by what is known of
// its exchange and keys. sure is false when it cannot be told from what was seen.
func (q *QueueView) DeadLetterTargets() (targets []*QueueView, sure bool) {
	return q.deadTo, q.deadSure
}

// DeadLetterSources are the queues whose dead letters q takes.
func (q *QueueView) DeadLetterSources() []*QueueView { return q.deadFrom }

// deadLetterTargets are the queues that take the dead letters of q through the exchange
// dlx: by the dead-letter routing key, or without one by every key that q is bound with.
// sure is false when it cannot be told from what was seen.
func (o *Overlay) deadLetterTargets(q *QueueView, dlx string) (targets []*QueueView, sure bool) {
	key := q.Text("dead-letter-routing-key")
	if k, ok := key.Get(); ok {
		return o.Route(q.Target, q.VHost, dlx, k, false)
	}
	if key.Unknown() {
		targets, _ = o.Route(q.Target, q.VHost, dlx, "", true)
		return targets, false
	}
	sure = true
	seen := map[*QueueView]bool{}
	for _, k := range o.keysTo(q) {
		r := newRouter(o, q.Target, q.VHost, k.text)
		r.pattern = k.pattern
		r.follow(dlx)
		sure = sure && r.sure
		for _, t := range r.queues {
			if !seen[t] {
				seen[t] = true
				targets = append(targets, t)
			}
		}
	}
	return targets, sure
}

// keyTo is a routing key that messages come to a queue with; a pattern stands for all that
// it matches.
type keyTo struct {
	text    string
	pattern bool
}

// keysTo are the routing keys that messages come to q with: its own name for the default
// exchange, and the keys of its bindings.
func (o *Overlay) keysTo(q *QueueView) []keyTo {
	keys := []keyTo{{text: q.Name.Name}}
	for _, b := range o.BindingsTo(q) {
		kind := ""
		if x := o.Exchange(q.Target, q.VHost, b.Source); x != nil {
			kind = x.Type().Or("")
		}
		switch {
		case b.Key == anyKey || kind == "direct":
			keys = append(keys, keyTo{text: b.Key})
		case kind == "topic":
			keys = append(keys, keyTo{b.Key, strings.ContainsAny(b.Key, "*#")})
		default: // a fanout exchange passes on any key
			keys = append(keys, keyTo{"#", true})
		}
	}
	return keys
}

// KeysTo are the routing keys, or patterns of them, that messages come to q with.
func (o *Overlay) KeysTo(q *QueueView) []string {
	var out []string
	for _, k := range o.keysTo(q) {
		out = append(out, k.text)
	}
	return out
}

// Version is the version of the cluster that the queue lives on; unknown for what only
// code knows, unless the estate has one cluster.
func (o *Overlay) Version(target string) model.Known[model.Version] {
	for _, s := range o.Snapshots {
		if s.Target == target || len(o.Snapshots) == 1 {
			return s.Version
		}
	}
	return model.Unknown[model.Version]("no live broker was read", nil)
}

// Version is the version of the broker that the queue lives on.
func (q *QueueView) Version() model.Known[model.Version] { return q.o.Version(q.Target) }

// Overlay is the overlay that the queue belongs to.
func (q *QueueView) Overlay() *Overlay { return q.o }

// Overlay is the overlay that the exchange belongs to.
func (x *ExchangeView) Overlay() *Overlay { return x.o }
