package amqp

import (
	"strings"
	"time"

	"qaudit/internal/collect/code/handler"
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/library/outside"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// at is a library's call in the handler.
func (m *reading) at(s handler.Scope, e *syntax.Expr, lib *library.Library, c *library.Call, recv *flow.Thing) *ctx {
	x := m.r.around[e]
	if x == nil {
		x = &site{file: m.r.tree.File(s.File.Path), scope: scopeOf(s), call: e}
	}
	return &ctx{asking: asking{r: m.r, env: m.in(s).env}, site: x, m: &meaning{lib: lib, call: c, recv: recv}}
}

// library is the effect of a call that a table knows.
func (m *reading) library(s handler.Scope, e *syntax.Expr, lib *library.Library, c *library.Call, recv *flow.Thing) handler.Effect {
	x := m.at(s, e, lib, c, recv)
	switch c.Act {
	case library.Ack, library.Nack, library.Reject, library.AckAll, library.NackAll:
		if st, ok := m.settlement(s, x); ok {
			return handler.Effect{Settles: []code.Settlement{st}}
		}
	case library.Publish:
		return m.publishes(s, x)
	case library.RunSafe:
		return m.safely(s, x)
	case library.Run:
		return handler.Effect{Callbacks: m.slotCallbacks(s, x, library.Function, handler.Once)}
	case library.Close:
		if recv != nil && (recv.Kind == library.Channel || recv.Kind == library.Connection) {
			return handler.Effect{Settles: []code.Settlement{{Kind: code.Handed, At: m.Origin(s, e.Span), Rule: "the channel is closed: the broker takes it back"}}}
		}
	case library.Get, library.Purge, library.DeleteQueue:
		return handler.Effect{Fails: true}
	}
	return handler.Effect{Callbacks: m.slotCallbacks(s, x, library.Callback, handler.Once)}
}

func (m *reading) slotCallbacks(s handler.Scope, x *ctx, slot library.Slot, how handler.How) []handler.Callback {
	var out []handler.Callback
	if x.m.call.Act == library.Consume {
		return nil
	}
	for _, f := range m.r.flow.Slots(x.site.scope, x.m.call, x.site.call, slot) {
		if c := m.Callable(s, f.Expr); len(c) > 0 {
			out = append(out, handler.Callback{Callees: c, How: how})
		}
	}
	return out
}

// settlement is an ack, nack or reject of this delivery; ok is false for another one.
func (m *reading) settlement(s handler.Scope, x *ctx) (code.Settlement, bool) {
	if !m.settlesThis(s, x) {
		return code.Settlement{}, false
	}
	at := m.Origin(s, x.site.call.Span)
	st := code.Settlement{At: at, Multiple: x.boolean(library.Multiple)}
	switch x.m.call.Act {
	case library.Ack, library.AckAll:
		st.Kind = code.Ack
	case library.Nack, library.NackAll:
		st.Kind = code.Nack
	default:
		st.Kind = code.Reject
	}
	if st.Kind != code.Ack {
		st.Requeue = x.boolean(library.Requeue)
		st.Default = !x.arg(library.Requeue).given
	}
	if ch := channelOf(x.m.recv); ch != nil {
		st.Channel = m.r.chans[m.r.base(ch)]
	}
	return st, true
}

// settlesThis says that a settlement is of this consumer's delivery, as far as can be told.
func (m *reading) settlesThis(s handler.Scope, x *ctx) bool {
	if t := x.m.recv; t != nil && t.Kind == library.Message {
		return m.mine(t)
	}
	other := false
	for _, f := range m.r.flow.Slots(x.site.scope, x.m.call, x.site.call, library.TagOf) {
		for _, t := range m.in(s).things(f.Scope, f.Expr) {
			if t.Form != flow.Object {
				continue
			}
			if m.isDelivery(t) {
				return true
			}
			switch t.Kind {
			case library.Message, library.Envelope, library.Tag, library.Deliveries:
				other = true
			}
		}
	}
	return !other
}

// publishes is the effect of publishing from the handler.
func (m *reading) publishes(s handler.Scope, x *ctx) handler.Effect {
	out := handler.Effect{Work: &code.Work{At: m.Origin(s, x.site.call.Span), What: "publish", Known: true}, Stores: true, Fails: true,
		Callbacks: m.slotCallbacks(s, x, library.Callback, handler.Once)}
	if m.r.isReply(x) {
		m.replies = true
		out.Stores = false
		return out
	}
	key, known := x.name(library.Key).Get()
	exchange, _ := x.name(library.ExchangeName).Get()
	queue, named := m.queue.Get()
	out.Republishes = known && named && exchange == "" && key == queue && queue != ""
	out.Stores = !out.Republishes
	return out
}

// safely is add_callback_threadsafe(partial(channel.basic_ack, tag)).
func (m *reading) safely(s handler.Scope, x *ctx) handler.Effect {
	var out handler.Effect
	found := false
	for _, f := range m.r.flow.Slots(x.site.scope, x.m.call, x.site.call, library.Function) {
		for _, t := range m.in(s).things(f.Scope, f.Expr) {
			var args []syntax.Arg
			for t.Form == flow.Partial {
				args = append(append([]syntax.Arg{}, t.Args...), args...)
				t = t.Inner
			}
			found = true
			if t.Form == flow.Method {
				call := &syntax.Expr{Kind: syntax.Call, Span: x.site.call.Span, X: x.site.call.X, Args: args}
				inner := &ctx{asking: asking{r: m.r, env: m.in(s).env}, site: &site{file: x.site.file, scope: f.Scope, call: call},
					m: &meaning{lib: t.Lib, call: t.Call, recv: t.From}}
				if st, ok := m.settlement(s, inner); ok && isSettle(t.Call.Act) {
					out.Settles, out.Safe = append(out.Settles, st), true
				}
				continue
			}
			if c := m.Callable(s, f.Expr); len(c) > 0 {
				out.Callbacks = append(out.Callbacks, handler.Callback{Callees: c, How: handler.Safe})
				break
			}
		}
	}
	if !found {
		out.Hands = "a callback of the connection's thread"
	}
	return out
}

func isSettle(a library.Act) bool {
	switch a {
	case library.Ack, library.Nack, library.Reject, library.AckAll, library.NackAll:
		return true
	}
	return false
}

// spawned is the effect of running something in a thread, an executor or later.
func (m *reading) spawned(s handler.Scope, e *syntax.Expr, sp flow.Spawn) handler.Effect {
	out := handler.Effect{Spawns: sp.Thread, Bounded: sp.Pooled}
	how := handler.Once
	switch {
	case sp.Pooled:
		how = handler.Pooled
	case sp.Thread:
		how = handler.Elsewhere
	}
	var callees []handler.Callee
	for _, t := range sp.Fns {
		args := sp.Args
		for t.Form == flow.Partial {
			args = append(append([]syntax.Arg{}, t.Args...), args...)
			t = t.Inner
		}
		if t.Form == flow.Method && isSettle(t.Call.Act) {
			call := &syntax.Expr{Kind: syntax.Call, Span: e.Span, X: e.X, Args: args}
			if st, ok := m.settlement(s, m.at(s, call, t.Lib, t.Call, t.From)); ok {
				st.Foreign = sp.Thread
				out.Settles = append(out.Settles, st)
			}
			continue
		}
		if c, ok := m.callee(s, e, t, args); ok {
			for i := range c {
				c[i].Takes = c[i].Takes || sp.Thread
			}
			callees = append(callees, c...)
		}
	}
	if how == handler.Once && lastName(e.X) == "setTimeout" {
		how = handler.Maybe // it may be cleared, unless it is how the delivery is settled
		for _, c := range callees {
			if c.Takes && m.settles(c, 0) {
				how = handler.Once
			}
		}
	}
	if len(callees) > 0 {
		out.Callbacks = append(out.Callbacks, handler.Callback{Callees: callees, How: how})
	} else if len(out.Settles) == 0 && m.takes(s, append(append([]syntax.Arg{}, sp.Args...), e.Args...)) {
		out.Hands = short(e.X.Path()) + ", which runs it elsewhere"
	}
	if name := lastName(e.X); name == "setTimeout" && len(e.Args) > 1 {
		out.Sleep = m.sleep(s, e, e.Args[1].Value, time.Millisecond)
	}
	return out
}

// sleep is a wait of so many units.
func (m *reading) sleep(s handler.Scope, e, amount *syntax.Expr, unit time.Duration) *code.Sleep {
	at := m.Origin(s, e.Span)
	out := &code.Sleep{At: at, D: model.Unknown[time.Duration]("its length is not in the source", at)}
	switch v := m.in(s).value(scopeOf(s), amount); v.Kind {
	case code.Int:
		out.D = model.Present(time.Duration(v.Int)*unit, at)
	case code.Float:
		out.D = model.Present(time.Duration(v.Float*float64(unit)), at)
	}
	return out
}

// unknown is the effect of a call that neither a table nor a definition explains.
func (m *reading) unknown(s handler.Scope, e *syntax.Expr, things []*flow.Thing, out handler.Effect) handler.Effect {
	python := s.File.Lang == syntax.Python
	path := m.path(s, e, things)
	takes := m.takes(s, e.Args)
	if isLogging(e.X) || m.r.flow.Passes(e) && !puts(e) {
		return out
	}
	if puts(e) && takes {
		out.Hands = "kept by " + e.X.Path()
		return out
	}
	reach := outside.Unheard
	if path != "" {
		reach = outside.Call(path, python)
	}
	if reach == outside.Unheard {
		reach = m.byName(e, path)
	}
	return m.reached(s, e, out, reach, path, takes)
}

// reached turns what is known of a call into its effect.
func (m *reading) reached(s handler.Scope, e *syntax.Expr, out handler.Effect, reach outside.Reach, path string, takes bool) handler.Effect {
	what := path
	if what == "" {
		what = e.X.Path()
	}
	what = strings.ReplaceAll(what, ".default.", ".")
	at := m.Origin(s, e.Span)
	switch reach {
	case outside.Sleeps:
		if len(e.Args) > 0 {
			unit := time.Second
			if s.File.Lang != syntax.Python {
				unit = time.Millisecond
			}
			out.Sleep = m.sleep(s, e, e.Args[0].Value, unit)
		}
	case outside.Exits:
		out.ExitsProcess = true
	case outside.Unpacks:
		out.Parses = true
		out.Unpickles = !safeLoader(e) && len(e.Args) > 0 && m.r.fromMessage(scopeOf(s), e.Args[0].Value)
	case outside.Inside:
		out.Parses = parses[lastName(e.X)]
	case outside.Outside, outside.Stores:
		out.Work = &code.Work{At: at, What: what, Known: true, HasTimeout: hasTimeout(e, path, at)}
		out.Stores = reach == outside.Stores
	default:
		if takes {
			out.Hands = what + ", which was not read"
		}
		out.Work = &code.Work{At: at, What: "unresolved " + what, HasTimeout: model.Unknown[bool]("the call was not read", at)}
	}
	if takes && reach != outside.Unheard && reach != outside.Inside && reach != outside.Unpacks && reach != outside.Sleeps {
		out.Hands = what
	}
	return out
}

// parses are calls of pure code that fail on what they do not expect.
var parses = map[string]bool{"loads": true, "load": true, "parse": true, "parse_raw": true, "parse_obj": true, "model_validate_json": true,
	"model_validate": true, "validate": true, "deserialize": true, "from_json": true, "FromString": true, "ParseFromString": true, "unpackb": true,
	"int": true, "float": true, "Decimal": true, "UUID": true, "fromisoformat": true, "strptime": true, "b64decode": true}

// path is the dotted path of a callee: through imports, or of something global.
func (m *reading) path(s handler.Scope, e *syntax.Expr, things []*flow.Thing) string {
	for _, t := range things {
		if t.Form == flow.Symbol {
			return t.Path
		}
	}
	if p := m.r.tree.Project.Path(s.File, s.Def, e.X); p != "" {
		return p
	}
	p := e.X.Path()
	if root, _, ok := strings.Cut(p, "."); ok && globals[root] || e.X.Kind == syntax.Ident {
		return p
	}
	return ""
}

// globals are objects that are there without an import.
var globals = map[string]bool{"JSON": true, "Math": true, "Object": true, "Array": true, "Number": true, "String": true, "Date": true, "Promise": true,
	"console": true, "Buffer": true, "process": true, "Reflect": true, "globalThis": true, "fetch": true}

// byName is what the name alone tells of a call.
func (m *reading) byName(e *syntax.Expr, path string) outside.Reach {
	if outside.IsError(lastName(e.X)) {
		return outside.Inside
	}
	if e.X.Kind == syntax.Ident {
		if outside.Builtin(e.X.Text) {
			return outside.Inside
		}
		return outside.Unheard
	}
	if e.X.Kind != syntax.Attr {
		return outside.Unheard
	}
	if strings.Contains(e.X.Path(), ".objects.") {
		return outside.Stores
	}
	return outside.Method(e.X.Text)
}

// isLogging says that a callee is a logger's or a metric's.
func isLogging(x *syntax.Expr) bool {
	for x != nil && (x.Kind == syntax.Attr || x.Kind == syntax.Call) {
		x = x.X
		if x != nil && (x.Kind == syntax.Attr || x.Kind == syntax.Ident) && outside.Logger(x.Text) {
			return true
		}
	}
	return false
}

// puts says that a call keeps what it is given: append, put.
func puts(e *syntax.Expr) bool {
	if e.X == nil || e.X.Kind != syntax.Attr {
		return false
	}
	switch e.X.Text {
	case "append", "push", "add", "put", "put_nowait", "appendleft", "insert", "set", "unshift", "enqueue":
		return true
	}
	return false
}

// hasTimeout says whether an HTTP call is given a limit.
func hasTimeout(e *syntax.Expr, path string, at *model.Origin) model.Known[bool] {
	for _, a := range e.Args {
		if strings.Contains(strings.ToLower(a.Name), "timeout") || a.Value != nil && a.Value.Kind == syntax.MapLit && mentionsTimeout(a.Value) {
			return model.Present(true, at)
		}
		if a.Spread {
			return model.Unknown[bool]("arguments are given that are not written there", at)
		}
	}
	if strings.HasPrefix(path, "requests.") && !strings.Contains(path, "Session") || strings.HasPrefix(path, "urllib.request.urlopen") {
		return model.Present(false, at)
	}
	return model.Unknown[bool]("the limit may be set elsewhere", at)
}

func mentionsTimeout(e *syntax.Expr) bool {
	for _, a := range e.Args {
		if strings.Contains(strings.ToLower(a.Name), "timeout") || a.Name == "signal" {
			return true
		}
	}
	return false
}

// handles says that a function is reached from a handler.
func (r *reader) handles(d *syntax.Def) bool {
	for ; d != nil; d = d.Parent {
		if r.inside[d] {
			return true
		}
	}
	return false
}
