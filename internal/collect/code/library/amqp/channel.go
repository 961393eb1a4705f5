package amqp

import (
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// channels adds what opens channels.
func (r *reader) channels() {
	r.acts(library.OpenChannel, func(s *site, m *meaning) {
		c := &ctx{asking: asking{r: r}, site: s, m: m}
		t := r.madeAt(s, library.Channel)
		if r.isForeign(t) {
			return
		}
		r.used[m.lib.Name] = true
		x := code.Channel{Site: c.site1(), ID: len(r.facts.Channels) + 1, Connection: r.connOf(m.recv)}
		r.openedToPublish(&x.Site, c)
		if t != nil {
			r.chans[t] = x.ID
			x.Confirm = r.confirms(t, c.at())
			x.Transacted = r.transacts(t, c.at())
			x.ErrorListener = r.listens(c, t, "error")
			x.Shared = r.shared(t, m.lib)
		}
		r.facts.Channels = append(r.facts.Channels, x)
	})
}

// connOf is the number of the connection that an object belongs to, 0 when not known.
func (r *reader) connOf(t *flow.Thing) int {
	for _, o := range lineOf(t) {
		if o.Form == flow.Object && o.Kind == library.Connection {
			return max(r.conns[o], 0)
		}
	}
	return 0
}

// lineOf is an object and what it was made from, nearest first.
func lineOf(t *flow.Thing) []*flow.Thing {
	var out []*flow.Thing
	for ; t != nil && len(out) < 6; t = t.From {
		out = append(out, t)
	}
	return out
}

// isForeign says that an object belongs to a broker that is not RabbitMQ.
func (r *reader) isForeign(t *flow.Thing) bool {
	for _, o := range lineOf(t) {
		if r.conns[o] < 0 {
			return true
		}
	}
	return false
}

// channelOf is the channel that an object works on: itself, or what it was made from.
func channelOf(t *flow.Thing) *flow.Thing {
	for _, o := range lineOf(t) {
		if o.Form == flow.Object && o.Kind == library.Channel {
			return o
		}
	}
	return nil
}

// channel is the number of the one channel of a site, 0 when it is not known which.
func (r *reader) channel(s *site) (int, *flow.Thing) {
	var found *flow.Thing
	for _, m := range s.means {
		t := channelOf(m.recv)
		if t == nil || found != nil && found != t {
			return 0, nil
		}
		found = t
	}
	if found == nil {
		return 0, nil
	}
	return r.chans[r.base(found)], r.base(found)
}

// base is the channel that a channel given to a callback is: the manager's wrapper for the
// channel that its setup gets.
func (r *reader) base(t *flow.Thing) *flow.Thing {
	if _, ok := r.chans[t]; ok || t.Expr == nil {
		return t
	}
	for o := range r.chans {
		if o.Expr == t.Expr {
			return o
		}
	}
	return t
}

// confirms says whether a channel is in confirm mode.
func (r *reader) confirms(t *flow.Thing, at *model.Origin) model.Known[bool] {
	if t == nil || t.Expr == nil {
		return model.Unknown[bool]("it is not known which channel it is", at)
	}
	var on *model.Origin
	r.acts(library.ConfirmMode, func(s *site, m *meaning) {
		if on == nil && r.mayBe(s, t) {
			on = (&ctx{asking: asking{r: r}, site: s, m: m}).at()
		}
	})
	if on != nil {
		return model.Present(true, on)
	}
	if t.Call != nil && t.Call.Confirms {
		return model.Present(true, at)
	}
	if k, ok := r.confirmOption(t, at); ok {
		return k
	}
	if to := r.escaped[t]; to != "" {
		return model.Unknown[bool]("the channel is given to "+to+", which was not read", at)
	}
	return model.Present(false, at)
}

// confirmOption is confirm mode as an option of the channel or of its connection.
func (r *reader) confirmOption(t *flow.Thing, at *model.Origin) (model.Known[bool], bool) {
	if t.Call == nil {
		return model.Known[bool]{}, false
	}
	if has(t.Call, library.Confirm) || hasDefault(t.Call, library.Confirm) {
		c := r.making(t)
		if t.Kind == library.Connection && t.Lib.Name == "kombu" {
			a := c.arg(library.Confirm)
			switch v, ok := a.Get("confirm_publish"); {
			case ok:
				return v.Boolean(), true
			case a.given && a.Kind == code.Map && !a.Open:
			case a.given || a.open:
				return model.Unknown[bool]("its transport options are not in the source", at), true
			}
			return model.Present(false, at), true
		}
		return c.boolean(library.Confirm), true
	}
	if t.From != nil && t.From.Form == flow.Object && t.From.Kind == library.Connection {
		return r.confirmOption(t.From, at)
	}
	return model.Known[bool]{}, false
}

func hasDefault(c *library.Call, s library.Slot) bool {
	for _, d := range c.Defaults {
		if d.Slot == s {
			return true
		}
	}
	return false
}

// making is the call that made an object.
func (r *reader) making(t *flow.Thing) *ctx {
	s := r.around[t.Expr]
	if s == nil {
		s = &site{file: r.tree.File(t.At.File.Path), scope: t.At, call: t.Expr}
	}
	return &ctx{asking: asking{r: r}, site: s, m: &meaning{lib: t.Lib, call: t.Call, recv: t.From}}
}

func (r *reader) transacts(t *flow.Thing, at *model.Origin) model.Known[bool] {
	var on *model.Origin
	r.acts(library.TxMode, func(s *site, m *meaning) {
		if on == nil && r.mayBe(s, t) {
			on = (&ctx{asking: asking{r: r}, site: s, m: m}).at()
		}
	})
	if on != nil {
		return model.Present(true, on)
	}
	if to := r.escaped[t]; to != "" {
		return model.Unknown[bool]("the channel is given to "+to+", which was not read", at)
	}
	return model.Present(false, at)
}

// shared finds a use of the channel in a function that runs in another thread, where the
// library allows none.
func (r *reader) shared(t *flow.Thing, lib *library.Library) *model.Origin {
	if !lib.ThreadBound {
		return nil
	}
	for _, s := range r.sites {
		if len(s.means) != 1 || s.means[0].recv != t || t.At.Def == s.scope.Def || s.scope.Def == nil {
			continue
		}
		if r.threads[s.scope.Def] && !r.threads[t.At.Def] && !r.locked(s) {
			return (&ctx{asking: asking{r: r}, site: s, m: &s.means[0]}).at()
		}
	}
	return nil
}

// locked says that the call stands in "with lock:".
func (r *reader) locked(s *site) bool {
	found := false
	body := s.scope.Def.Body
	syntax.Inspect(body, func(st *syntax.Stmt) bool {
		if st.Kind == syntax.With && st.Span.Start <= s.call.Span.Start && s.call.Span.End <= st.Span.End {
			found = found || isLock(st)
		}
		return true
	}, nil)
	return found
}
