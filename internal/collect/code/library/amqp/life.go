package amqp

import (
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// recovers says whether the library opens the connection again when it is lost.
func (c *ctx) recovers() model.Known[bool] {
	if c.m.lib.Recovers {
		return model.Present(true, c.at())
	}
	a := c.arg(library.Recovery)
	switch {
	case a.given && (a.Kind == code.Bool || a.Kind == code.Nil):
		return model.Present(a.Bool, c.at())
	case a.given && a.Kind == code.Map:
		return model.Present(true, c.at())
	case a.given || a.open:
		return model.Unknown[bool]("its options are not in the source", c.at())
	}
	v, o, ok := c.byDefault(c.m.call, library.Recovery)
	return model.Present(ok && v.Bool, o)
}

// listens says whether a listener to an event of the object is attached anywhere.
func (r *reader) listens(c *ctx, t *flow.Thing, event string) model.Known[bool] {
	if !c.m.lib.Listeners && event != "return" {
		return model.Unknown[bool]("the library has no such event", c.at())
	}
	found := false
	var at *model.Origin
	unknown := false
	r.acts(library.Listen, func(s *site, m *meaning) {
		if !r.mayBe(s, t) {
			return
		}
		l := &ctx{asking: asking{r: r}, site: s, m: m}
		switch v := l.plain(library.Event); {
		case v.Kind == code.String && v.Text == event:
			found, at = true, l.at()
		case v.Kind != code.String:
			unknown = true
		}
	})
	switch {
	case found:
		return model.Present(true, at)
	case unknown:
		return model.Unknown[bool]("a listener is attached to an event that is not in the source", c.at())
	case r.escaped[t] != "":
		return model.Unknown[bool]("it is given to "+r.escaped[t]+", which was not read", c.at())
	}
	return model.Present(false, c.at())
}

// mayBe says that the receiver of a site may be the object.
func (r *reader) mayBe(s *site, t *flow.Thing) bool {
	for _, m := range s.means {
		if m.recv == t {
			return true
		}
	}
	return false
}

// redials says whether the project opens the connection again after a failure: the call,
// or a call of the function around it, stands in a loop that catches.
func (r *reader) redials(c *ctx) model.Known[bool] {
	seen := map[*syntax.Def]bool{}
	opens := c.site.scope.Def
	var look func(d *syntax.Def, depth int) bool
	look = func(d *syntax.Def, depth int) bool {
		if d == nil || seen[d] || depth > 5 {
			return false
		}
		seen[d] = true
		for _, cs := range r.flow.Calls(d) {
			if x := r.around[cs.Call]; x != nil && x.retried {
				return true
			}
			// It is called by a listener to the end of the connection, or by itself.
			if cs.Scope.Def != nil && (opens != nil && nestedIn(cs.Scope.Def, opens) || nestedIn(cs.Scope.Def, d) || look(cs.Scope.Def, depth+1)) {
				return true
			}
		}
		return false
	}
	if c.site.retried || look(opens, 0) {
		return model.Present(true, c.at())
	}
	return model.Present(false, c.at())
}

func nestedIn(d, outer *syntax.Def) bool {
	for p := d; p != nil; p = p.Parent {
		if p == outer {
			return true
		}
	}
	return false
}
