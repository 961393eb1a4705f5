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

// candidates are the bindings of the exchange that the key may take: for a direct
// exchange those of the key and those whose key does not resolve, else all.
func (o *Overlay) candidates(target, vhost, exchange, kind, key string, anyRoute bool) []*Binding {
	if kind != "direct" || anyRoute || key == anyKey {
		return o.Bindings(target, vhost, exchange)
	}
	s := scope{target, vhost}
	p := place{s, exchange}
	found := append(o.routing.keyed[keyed{p, key}][:0:0], o.routing.keyed[keyed{p, key}]...)
	return o.counted(s, exchange, append(found, o.routing.keyed[keyed{p, anyKey}]...))
}

// Route follows an exchange and key to queues; what matches no binding goes to the
// alternate exchange, where there is one. sure is false when the answer depends on what
// was not seen or cannot be decided: headers exchanges, plugins' types, a binding key
// that does not resolve. With anyRoute every binding counts, whatever its key.
func (o *Overlay) Route(target, vhost, exchange, key string, anyRoute bool) (queues []*QueueView, sure bool) {
	r := router{o: o, target: target, vhost: vhost, key: key, anyRoute: anyRoute, sure: true,
		seen: map[string]bool{}, found: map[*QueueView]bool{}}
	r.follow(exchange)
	return r.queues, r.sure
}

// router is one walk from an exchange.
type router struct {
	o                  *Overlay
	target, vhost, key string
	anyRoute, sure     bool
	seen               map[string]bool
	found              map[*QueueView]bool
	queues             []*QueueView
}

func (r *router) queue(name string) {
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
		r.queue(r.key)
		return
	}
	x := r.o.Exchange(r.target, r.vhost, exchange)
	kind := ""
	if x != nil {
		kind = x.Type().Or("")
	}
	routed := false
	for _, b := range r.o.candidates(r.target, r.vhost, exchange, kind, r.key, r.anyRoute) {
		hit, known := bindingMatches(kind, b.Key, r.key)
		r.sure = r.sure && known
		if !hit && !r.anyRoute {
			continue
		}
		routed = true
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

// bindingMatches says whether a message with the key takes the binding. known is false
// when that cannot be told; hit is then true, for it may.
func bindingMatches(kind, pattern, key string) (hit, known bool) {
	if pattern == anyKey || key == anyKey {
		return true, false
	}
	switch kind {
	case "fanout":
		return true, true
	case "direct":
		return pattern == key, true
	case "topic":
		return topicMatches(strings.Split(pattern, "."), strings.Split(key, ".")), true
	}
	return true, false
}

// topicMatches is the topic exchange's rule: * is one word, # is any number of them.
func topicMatches(pattern, words []string) bool {
	if len(pattern) == 0 {
		return len(words) == 0
	}
	switch pattern[0] {
	case "#":
		for i := 0; i <= len(words); i++ {
			if topicMatches(pattern[1:], words[i:]) {
				return true
			}
		}
		return false
	case "*":
		return len(words) > 0 && topicMatches(pattern[1:], words[1:])
	}
	return len(words) > 0 && pattern[0] == words[0] && topicMatches(pattern[1:], words[1:])
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
	keys, sure := o.KeysTo(q)
	seen := map[*QueueView]bool{}
	for _, k := range keys {
		found, known := o.Route(q.Target, q.VHost, dlx, k, false)
		sure = sure && known
		for _, t := range found {
			if !seen[t] {
				seen[t] = true
				targets = append(targets, t)
			}
		}
	}
	return targets, sure
}

// KeysTo are the routing keys that messages come to q with: its bindings' keys and its own
// name for the default exchange. sure is false when a key is a pattern or not known, since
// messages then come with keys that are not listed.
func (o *Overlay) KeysTo(q *QueueView) (keys []string, sure bool) {
	sure = true
	keys = append(keys, q.Name.Name)
	for _, b := range o.BindingsTo(q) {
		kind := ""
		if x := o.Exchange(q.Target, q.VHost, b.Source); x != nil {
			kind = x.Type().Or("")
		}
		if kind != "direct" || b.Key == anyKey {
			sure = false
		}
		keys = append(keys, b.Key)
	}
	return keys, sure
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
