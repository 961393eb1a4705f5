package rabbitmq

import "strings"

// routing is the bindings of all scopes, by source and by destination, so that a route
// costs what it crosses and not what the vhost holds.
type routing struct {
	from  map[place][]*Binding // by source exchange
	to    map[place][]*Binding // by destination queue
	keyed map[keyed][]*Binding // by source and key
	wild  map[place][]*Binding // by source exchange: keys with * or #, or that do not resolve
	live  map[*Binding]bool
	whole map[scope]bool // the broker's bindings were read whole
}

type keyed struct {
	place
	key string
}

func newRouting() routing {
	return routing{map[place][]*Binding{}, map[place][]*Binding{}, map[keyed][]*Binding{},
		map[place][]*Binding{}, map[*Binding]bool{}, map[scope]bool{}}
}

func (r *routing) add(target string, b *Binding, from Source) {
	s := scope{target, b.VHost}
	p := place{s, b.Source}
	r.from[p] = append(r.from[p], b)
	k := keyed{p, b.Key}
	r.keyed[k] = append(r.keyed[k], b)
	if strings.ContainsAny(b.Key, "*#") {
		r.wild[p] = append(r.wild[p], b)
	}
	if !b.ToExchange {
		d := place{s, b.Destination}
		r.to[d] = append(r.to[d], b)
	}
	if from == FromLive {
		r.live[b] = true
	}
}

// counted leaves the bindings that hold: where the broker has the exchange and its
// bindings were read whole, those of files and code are intent only.
func (o *Overlay) counted(s scope, exchange string, all []*Binding) []*Binding {
	if !o.routing.whole[s] || len(all) == 0 {
		return all
	}
	if x := o.exchanges[place{s, exchange}]; exchange != "" && (x == nil || x.Live == nil) {
		return all
	}
	out := all[:0:0]
	for _, b := range all {
		if o.routing.live[b] {
			out = append(out, b)
		}
	}
	return out
}
