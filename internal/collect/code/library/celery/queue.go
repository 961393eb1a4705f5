package celery

import (
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// queuesOf reads the queues that the app's settings define: task_queues, else the default
// queue, and those that routes name.
func (r *reader) queuesOf(a *app) {
	index := r.indexOf(a)
	listed := map[string]bool{}
	s, set := a.settings["task_queues"]
	if set && s.e != nil {
		for _, q := range r.queueList(s.scope, s.e, index, 0) {
			listed[q.Name.Or("")] = true
			r.queues = append(r.queues, q)
		}
	}
	missing := func(name string, at *model.Origin, quorum bool) {
		if name == "" || listed[name] {
			return
		}
		listed[name] = true
		r.queues = append(r.queues, r.missingQueue(a, index, name, at, quorum))
	}
	if !set || s.Value.Kind == code.Nil {
		name, at := "celery", a.fact.At
		if d, ok := a.settings["task_default_queue"]; ok {
			name, at = "", d.Value.Origin
			if d.Value.Kind == code.String {
				name = d.Value.Text
			}
		}
		missing(name, at, isText(a, "task_default_queue_type", "quorum"))
	}
	quorum := isText(a, "task_create_missing_queue_type", "quorum")
	if routes, ok := a.settings["task_routes"]; ok {
		for _, n := range routeQueues(routes.Value) {
			missing(n, routes.Value.Origin, quorum)
		}
	}
}

func isText(a *app, name, text string) bool {
	s, ok := a.settings[name]
	return ok && s.Value.Kind == code.String && s.Value.Text == text
}

func (r *reader) indexOf(a *app) int {
	for i, x := range r.apps {
		if x == a {
			return i + 1
		}
	}
	return 0
}

// missingQueue is a queue that Celery makes by itself: durable, bound to a direct exchange
// of its own name.
func (r *reader) missingQueue(a *app, index int, name string, at *model.Origin, quorum bool) code.CeleryQueue {
	site := a.fact.Site
	site.At = at
	v := code.Value{Kind: code.String, Text: name, Origin: at}
	q := code.CeleryQueue{Site: site, App: index, Name: code.NameOf(v), Exchange: code.NameOf(v), Key: code.NameOf(v),
		ExchangeType: model.Present("direct", at), Args: code.Args{Values: map[string]code.Value{}, At: at}, Default: true}
	if quorum {
		q.Args.Values["x-queue-type"] = code.Value{Kind: code.String, Text: "quorum", Origin: at}
	}
	if p, ok := a.settings["task_queue_max_priority"]; ok && p.Value.Kind == code.Int {
		q.Args.Values["x-max-priority"] = p.Value
	}
	if t, ok := a.settings["task_default_exchange_type"]; ok {
		q.ExchangeType = t.Value.Str()
	}
	return q
}

// routeQueues are the queues that a route table names.
func routeQueues(v code.Value) []string {
	var out []string
	switch v.Kind {
	case code.List:
		if len(v.Items) == 2 && v.Items[0].Kind == code.String {
			return routeTo(v.Items[1])
		}
		for _, i := range v.Items {
			out = append(out, routeQueues(i)...)
		}
	case code.Map:
		for _, f := range v.Fields {
			out = append(out, routeTo(f.Value)...)
		}
	}
	return out
}

func routeTo(v code.Value) []string {
	if v.Kind == code.Map {
		v, _ = v.Get("queue")
	}
	if v.Kind == code.String {
		return []string{v.Text}
	}
	return nil
}

// queueList reads task_queues: a list of kombu's Queue, or the old dictionary.
func (r *reader) queueList(s scope, e *syntax.Expr, index, depth int) []code.CeleryQueue {
	if depth > maxSpread {
		return nil
	}
	var out []code.CeleryQueue
	if at, m := r.literalMap(s, e); m != nil {
		for _, x := range m.Args {
			if x.Name != "" && !x.Spread {
				out = append(out, r.compatQueue(at, x, index))
			}
		}
		return out
	}
	for range 4 {
		if e.Kind == syntax.ListLit {
			break
		}
		if e.Kind == syntax.Call && len(e.Args) == 1 && (e.X.Path() == "tuple" || e.X.Path() == "list") {
			e = e.Args[0].Value
			continue
		}
		g := r.givens(s, e)
		if len(g) != 1 || g[0].element {
			return nil
		}
		s, e = g[0].scope, g[0].e
	}
	if e.Kind != syntax.ListLit {
		return nil
	}
	for _, x := range e.Args {
		if x.Spread {
			out = append(out, r.queueList(s, x.Value, index, depth+1)...)
		} else if q, ok := r.queue(s, x.Value, index); ok {
			out = append(out, q)
		}
	}
	return out
}

// queue reads Queue(name, exchange, routing_key, queue_arguments=…), or a name for one.
func (r *reader) queue(s scope, e *syntax.Expr, index int) (code.CeleryQueue, bool) {
	at, call := r.callFor(s, e)
	if call == nil {
		return code.CeleryQueue{}, false
	}
	switch r.path(at, call.X) {
	case "kombu.Queue", "kombu.entity.Queue", "kombu.common.Broadcast":
	default:
		return code.CeleryQueue{}, false
	}
	q := code.CeleryQueue{Site: r.site(at, call.Span), App: index}
	q.Name = r.nameOf(at, argument(call.Args, 0, "name"))
	q.Key = r.nameOf(at, argument(call.Args, 2, "routing_key"))
	q.Exchange, q.ExchangeType = r.exchange(at, argument(call.Args, 1, "exchange"), q.At)
	q.Args = code.Args{Values: map[string]code.Value{}, At: q.At}
	for _, a := range call.Args {
		q.Args.Open = q.Args.Open || a.Spread
	}
	if x := argument(call.Args, -1, "queue_arguments"); x != nil {
		v := r.value(at, x)
		q.Args.Open = q.Args.Open || v.Kind != code.Map && v.Kind != code.Nil || v.Open
		for _, f := range v.Fields {
			q.Args.Values[f.Key] = f.Value
		}
	}
	for keyword, arg := range map[string]string{"max_priority": "x-max-priority", "max_length": "x-max-length", "max_length_bytes": "x-max-length-bytes"} {
		if x := argument(call.Args, -1, keyword); x != nil {
			q.Args.Values[arg] = r.value(at, x)
		}
	}
	for keyword, arg := range map[string]string{"message_ttl": "x-message-ttl", "expires": "x-expires"} {
		if x := argument(call.Args, -1, keyword); x != nil {
			v := r.value(at, x)
			if v.Kind == code.Int || v.Kind == code.Float { // seconds; RabbitMQ counts milliseconds
				v.Kind, v.Int = code.Int, int64(1000*asFloat(v))
			}
			q.Args.Values[arg] = v
		}
	}
	return q, true
}

func asFloat(v code.Value) float64 {
	if v.Kind == code.Int {
		return float64(v.Int)
	}
	return v.Float
}

// callFor is the call that an expression is, or that its name was given.
func (r *reader) callFor(s scope, e *syntax.Expr) (scope, *syntax.Expr) {
	if e == nil {
		return s, nil
	}
	if e.Kind == syntax.Call {
		return s, e
	}
	if g := r.givens(s, e); len(g) == 1 && !g[0].element && g[0].e.Kind == syntax.Call {
		return g[0].scope, g[0].e
	}
	return s, nil
}

func (r *reader) nameOf(s scope, e *syntax.Expr) code.Name {
	if e == nil {
		return code.Name{}
	}
	return code.NameOf(r.value(s, e))
}

// exchange reads an Exchange(name, type=…) or the name of one. Without one the default
// exchange of the app is taken, which is direct.
func (r *reader) exchange(s scope, e *syntax.Expr, at *model.Origin) (code.Name, model.Known[string]) {
	direct := model.Present("direct", at)
	if e == nil || e.Kind == syntax.NilLit {
		return code.Name{}, direct
	}
	where, call := r.callFor(s, e)
	if call == nil || r.path(where, call.X) != "kombu.Exchange" && r.path(where, call.X) != "kombu.entity.Exchange" {
		n := r.nameOf(s, e)
		if n.Present() {
			return n, direct
		}
		return n, model.Unknown[string]("its exchange could not be read", at)
	}
	kind := direct
	if t := argument(call.Args, 1, "type"); t != nil {
		kind = r.value(where, t).Str()
	}
	return r.nameOf(where, argument(call.Args, 0, "name")), kind
}

// compatQueue reads an entry of the old form of task_queues: {"name": {"exchange": …}}.
func (r *reader) compatQueue(s scope, x syntax.Arg, index int) code.CeleryQueue {
	q := code.CeleryQueue{Site: r.site(s, x.Value.Span), App: index}
	q.Name = code.NameOf(code.Value{Kind: code.String, Text: x.Name, Origin: q.At})
	q.ExchangeType = model.Present("direct", q.At)
	q.Args = code.Args{Values: map[string]code.Value{}, At: q.At}
	v := r.value(s, x.Value)
	if e, ok := v.Get("exchange"); ok {
		q.Exchange = code.NameOf(e)
	}
	if k, ok := v.Get("routing_key"); ok {
		q.Key = code.NameOf(k)
	} else if k, ok := v.Get("binding_key"); ok {
		q.Key = code.NameOf(k)
	}
	if t, ok := v.Get("exchange_type"); ok {
		q.ExchangeType = t.Str()
	}
	if args, ok := v.Get("queue_arguments"); ok {
		q.Args.Open = args.Kind != code.Map || args.Open
		for _, f := range args.Fields {
			q.Args.Values[f.Key] = f.Value
		}
	}
	q.Args.Open = q.Args.Open || v.Kind != code.Map || v.Open
	return q
}
