package amqp

import (
	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/library/flow"
	"qaudit/internal/collect/code/library/outside"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// signals adds the handlers of SIGTERM and SIGINT.
func (r *reader) signals() {
	for _, f := range r.tree.Files {
		r.signalsIn(f, nil, f.Body)
		for _, d := range f.Defs {
			r.signalsIn(f, d, d.Body)
		}
	}
}

func (r *reader) signalsIn(f *library.File, d *syntax.Def, body []syntax.Stmt) {
	s := flow.Scope{File: f.File, Def: d}
	syntax.Inspect(body, nil, func(e *syntax.Expr) bool {
		if e.Kind != syntax.Call || len(e.Args) < 2 {
			return true
		}
		name := lastName(e.X)
		if name != "signal" && name != "add_signal_handler" && name != "on" && name != "once" {
			return true
		}
		sig := lastName(e.Args[0].Value)
		if e.Args[0].Value.Kind == syntax.StringLit {
			sig = e.Args[0].Value.Text
		}
		if sig != "SIGTERM" && sig != "SIGINT" {
			// for sig in (SIGTERM, SIGINT): loop.add_signal_handler(sig, …)
			if name != "signal" && name != "add_signal_handler" {
				return true
			}
			sig = "SIGTERM"
		}
		x := code.Signal{Site: r.tree.Site(f, d, e.Span, ""), Signal: sig}
		for _, t := range r.flow.Eval(s, e.Args[1].Value) {
			r.stops(t, &x, 0)
		}
		if x.Stops || x.Exits || len(r.flow.Eval(s, e.Args[1].Value)) > 0 {
			r.facts.Signals = append(r.facts.Signals, x)
		}
		return true
	})
}

// stops looks at what a handler of a signal does.
func (r *reader) stops(t *flow.Thing, x *code.Signal, depth int) {
	for t.Form == flow.Partial {
		t = t.Inner
	}
	if t.Form == flow.Method && (t.Call.Act == library.Cancel || t.Call.Act == library.Close) {
		x.Stops = true
	}
	if t.Form != flow.Function || depth > maxSteps {
		return
	}
	s := flow.Scope{File: t.File, Def: t.Def}
	syntax.Inspect(t.Def.Body, func(st *syntax.Stmt) bool {
		// A flag that the consumer's loop looks at.
		if st.Kind == syntax.Assign && st.Value != nil && st.Value.Kind == syntax.BoolLit {
			x.Stops = true
		}
		return true
	}, func(e *syntax.Expr) bool {
		if e.Kind != syntax.Call {
			return true
		}
		if path := r.tree.Project.Path(t.File, t.Def, e.X); outside.Call(path, t.File.Lang == syntax.Python) == outside.Exits || outside.Call(e.X.Path(), false) == outside.Exits {
			x.Exits = true
		}
		switch lastName(e.X) {
		case "set", "cancel", "stop_consuming", "stop", "close", "shutdown", "add_callback_threadsafe", "call_soon_threadsafe":
			x.Stops = true
		}
		for _, c := range r.flow.Eval(s, e.X) {
			r.stops(c, x, depth+1)
		}
		return true
	})
}
