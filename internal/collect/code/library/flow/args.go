package flow

import (
	"qaudit/internal/collect/code/syntax"
)

// feed gives the i-th parameter of a function what it is called with.
func (f *Flow) feed(d *syntax.Def, i int, things []*Thing) {
	if i >= len(d.Params) || len(things) == 0 {
		return
	}
	p := d.Params[i]
	file := f.names.fileOf[d]
	f.add(f.variable(slot{file, d, p.Name}), things...)
	f.feedFields(d, p, things)
}

// feedFields gives the names of a destructured parameter what they take.
func (f *Flow) feedFields(d *syntax.Def, p syntax.Param, things []*Thing) {
	file := f.names.fileOf[d]
	for i, q := range p.Fields {
		var part []*Thing
		switch {
		case q.Key != "":
			part = f.members(Scope{}, things, q.Key)
		case q.Rest:
			part = things
		default:
			part = f.nth(things, i)
		}
		f.add(f.variable(slot{file, d, q.Name}), part...)
		f.feedFields(d, q, part)
	}
}

// maxSites bounds the call sites that are kept of one function.
const maxSites = 200

func (f *Flow) site(d *syntax.Def, s Scope, e *syntax.Expr, args []syntax.Arg, skip int, recv *Thing) {
	k := callKey{d, e, recv}
	if f.called[k] || len(f.calls[d]) >= maxSites {
		return
	}
	f.called[k] = true
	f.calls[d] = append(f.calls[d], CallSite{Scope: s, Call: e, Args: args, Skip: skip, Recv: recv})
}

// bindArgs gives the parameters of a function what the arguments stand for.
func (f *Flow) bindArgs(s Scope, d *syntax.Def, args []syntax.Arg, skip int) {
	pos := skip
	for _, a := range args {
		if a.Spread {
			continue
		}
		things := f.Eval(s, a.Value)
		if a.Name != "" {
			for i := range d.Params {
				if d.Params[i].Name == a.Name {
					f.feed(d, i, things)
				}
			}
			continue
		}
		switch {
		case pos < len(d.Params) && d.Params[pos].Rest:
			f.feed(d, pos, things)
			continue
		default:
			f.feed(d, pos, things)
		}
		pos++
	}
}

// ParamArg is the argument of a call that reaches a parameter. ok is false when none does
// as far as the source shows; spread tells that one may.
func ParamArg(d *syntax.Def, i int, args []syntax.Arg, skip int) (value *syntax.Expr, spread, ok bool) {
	pos := skip
	for _, a := range args {
		switch {
		case a.Spread:
			spread = true
		case a.Name != "":
			if d.Params[i].Name == a.Name {
				return a.Value, false, true
			}
		default:
			if pos == i && !spread {
				return a.Value, false, true
			}
			pos++
		}
	}
	return nil, spread, false
}
