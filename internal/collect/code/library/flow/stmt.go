package flow

import (
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
)

func (f *Flow) block(s Scope, stmts []syntax.Stmt) {
	for i := range stmts {
		f.stmt(s, &stmts[i])
	}
}

func (f *Flow) stmt(s Scope, st *syntax.Stmt) {
	switch st.Kind {
	case syntax.Assign:
		f.assign(s, st)
	case syntax.Declare:
		f.declare(s, st)
	case syntax.Loop:
		things := f.Eval(s, st.Value)
		for _, t := range st.Targets {
			f.bindElement(s, t, things)
		}
		f.Eval(s, st.Cond)
	case syntax.Return:
		f.add(f.result(s.Def), f.Eval(s, st.Value)...)
	case syntax.With:
		for _, i := range st.Items {
			things := f.entered(f.Eval(s, i.Value))
			if i.As != nil {
				f.bind(s, i.As, things, nil)
			}
		}
	case syntax.DefStmt:
		f.define(s, st.Def)
	default:
		f.Eval(s, st.Value)
		f.Eval(s, st.Cond)
	}
	f.block(s, st.Body)
	f.block(s, st.Else)
	f.block(s, st.Finally)
	for _, h := range st.Handlers {
		f.block(s, h.Body)
	}
}

// define binds the name of a nested definition.
func (f *Flow) define(s Scope, d *syntax.Def) {
	if d == nil {
		return
	}
	t := f.defined(s.File, d)
	if s.Def != nil && s.Def.Kind == syntax.Class {
		f.add(f.attribute(s.Def, d.Name), t)
		return
	}
	f.add(f.variable(slot{s.File, s.Def, d.Name}), t)
}

func (f *Flow) defined(file *syntax.File, d *syntax.Def) *Thing {
	if d.Kind == syntax.Class {
		return f.thing(Thing{Form: Class, Def: d, File: file})
	}
	return f.thing(Thing{Form: Function, Def: d, File: file})
}

func (f *Flow) declare(s Scope, st *syntax.Stmt) {
	if len(st.Targets) > 0 && st.Targets[0].Kind == syntax.Ident && st.Type != "" {
		f.typed[slot{s.File, s.Def, st.Targets[0].Text}] = st.Type
	}
}

func (f *Flow) assign(s Scope, st *syntax.Stmt) {
	things := f.Eval(s, st.Value)
	for _, t := range st.Targets {
		if st.Type != "" {
			f.annotate(s, t, st.Type)
		}
		f.bind(s, t, things, st.Value)
		f.note(s, st, t)
	}
}

// annotate keeps the type written for a variable or an attribute of self.
func (f *Flow) annotate(s Scope, t *syntax.Expr, typ string) {
	switch {
	case t.Kind == syntax.Ident:
		f.typed[slot{s.File, s.Def, t.Text}] = typ
	case t.Kind == syntax.Attr:
		for _, x := range f.Eval(s, t.X) {
			if x.Form == Self {
				f.typed[slot{f.names.fileOf[x.Def], x.Def, t.Text}] = typ
			}
		}
	}
}

// note keeps the assignments to attributes of classes, for the values in them.
func (f *Flow) note(s Scope, st *syntax.Stmt, t *syntax.Expr) {
	var class *syntax.Def
	name := t.Text
	switch {
	case t.Kind == syntax.Ident && s.Def != nil && s.Def.Kind == syntax.Class:
		class = s.Def
	case t.Kind == syntax.Attr:
		for _, x := range f.Eval(s, t.X) {
			if x.Form == Self || x.Form == Instance {
				class = x.Def
			}
		}
	}
	if class == nil || f.noted[st] {
		return
	}
	f.noted[st] = true
	k := attr{class, name}
	f.assigned[k] = append(f.assigned[k], Assigned{s, st.Value})
}

// bind gives what an assignment's target stands for; value is nil where it is not written
// there.
func (f *Flow) bind(s Scope, target *syntax.Expr, things []*Thing, value *syntax.Expr) {
	if target == nil {
		return
	}
	switch target.Kind {
	case syntax.Ident:
		f.bindName(s, target.Text, things)
	case syntax.Attr:
		f.bindAttr(s, target, things)
	case syntax.Index:
		// What is put in a container is found again by any look into it.
		f.bind(s, target.X, things, nil)
	case syntax.ListLit, syntax.Other:
		f.bindList(s, target, things, value)
	case syntax.MapLit:
		for _, a := range target.Args {
			switch {
			case a.Spread:
				f.bind(s, a.Value, things, nil)
			case a.Name != "":
				f.bind(s, a.Value, f.members(s, things, a.Name), nil)
			}
		}
	case syntax.Bind:
		f.bind(s, target.X, join(things, f.Eval(s, target.Y)), nil)
	}
}

func (f *Flow) bindName(s Scope, name string, things []*Thing) {
	if len(things) == 0 {
		return
	}
	if s.Def != nil && s.Def.Kind == syntax.Class {
		f.add(f.attribute(s.Def, name), things...)
		return
	}
	if s.File.Lang == syntax.Python {
		at := slot{s.File, s.Def, name}
		if s.Def != nil && isGlobal(s.Def, name) {
			at, _ = f.names.scopeOf(s.File, s.Def.Parent, name)
		}
		f.add(f.variable(at), things...)
		return
	}
	f.add(f.variable(slot{s.File, s.Def, name}), things...)
	if s.Def == nil || isParam(s.Def, name) {
		return
	}
	// Whether "x = …" declares x or sets one of an outer scope cannot be told: "let x"
	// without a value is not in the tree.
	if up, ok := f.names.scopeOf(s.File, s.Def.Parent, name); ok {
		f.add(f.variable(up), things...)
	}
	f.add(f.variable(slot{s.File, nil, "let " + name}), things...)
}

// isParam says that the name is a parameter of the definition.
func isParam(d *syntax.Def, name string) bool {
	for _, p := range d.Params {
		if p.Name == name {
			return true
		}
	}
	return false
}

func isGlobal(d *syntax.Def, name string) bool {
	for _, g := range d.Globals {
		if g == name {
			return true
		}
	}
	return false
}

func (f *Flow) bindAttr(s Scope, target *syntax.Expr, things []*Thing) {
	if f.bindExports(s, target, things) || f.bindPrototype(s, target, things) {
		return
	}
	for _, x := range f.Eval(s, target.X) {
		switch x.Form {
		case Self, Instance, Class:
			f.add(f.attribute(x.Def, target.Text), things...)
		case Record:
			f.add(f.field(x, target.Text), things...)
		case Module:
			f.add(f.variable(slot{x.File, nil, target.Text}), things...)
		case Function:
			f.add(f.attribute(x.Def, target.Text), things...)
		}
	}
}

// bindExports follows module.exports = x and exports.a = x.
func (f *Flow) bindExports(s Scope, target *syntax.Expr, things []*Thing) bool {
	if s.File.Lang == syntax.Python {
		return false
	}
	p := target.Path()
	name, ok := strings.CutPrefix(p, "module.exports")
	if !ok {
		if name, ok = strings.CutPrefix(p, "exports"); !ok {
			return false
		}
	}
	if name == "" {
		f.add(f.export(s.File, "default"), things...)
		f.add(f.export(s.File, "="), things...)
		return true
	}
	if n, ok := strings.CutPrefix(name, "."); ok && !strings.Contains(n, ".") {
		f.add(f.export(s.File, n), things...)
		return true
	}
	return false
}

// bindPrototype follows F.prototype.m = function: this is then an object made by F.
func (f *Flow) bindPrototype(s Scope, target *syntax.Expr, things []*Thing) bool {
	if target.X == nil || target.X.Kind != syntax.Attr || target.X.Text != "prototype" {
		return false
	}
	for _, x := range f.Eval(s, target.X.X) {
		if x.Form != Function && x.Form != Class {
			continue
		}
		f.add(f.attribute(x.Def, target.Text), things...)
		for _, t := range things {
			if t.Form == Function {
				f.own(t.Def, f.thing(Thing{Form: Self, Def: x.Def, File: x.File}))
			}
		}
	}
	return true
}

// own says what this is in a function that stands in no class.
func (f *Flow) own(d *syntax.Def, this *Thing) {
	if f.owner[d] == nil {
		f.owner[d] = this
		f.again = true
	}
}

// bindList follows a, b = x: by position where x is a list or what a library gives as a
// tuple, else each may be anything in x.
func (f *Flow) bindList(s Scope, target *syntax.Expr, things []*Thing, value *syntax.Expr) {
	for value != nil && value.Kind == syntax.Await {
		value = value.X
	}
	parts := f.listed(value)
	for i, a := range target.Args {
		switch {
		case len(parts) == len(target.Args) && !a.Spread && !parts[i].Spread:
			f.bind(s, a.Value, f.Eval(s, parts[i].Value), parts[i].Value)
		default:
			f.bind(s, a.Value, f.nth(things, i), nil)
		}
	}
}

// listed are the elements of a list literal, or of one given to Promise.all and gather.
func (f *Flow) listed(value *syntax.Expr) []syntax.Arg {
	if value == nil {
		return nil
	}
	switch {
	case value.Kind == syntax.ListLit:
		return value.Args
	case value.Kind == syntax.Call && value.X.Path() == "Promise.all" && len(value.Args) == 1:
		return f.listed(value.Args[0].Value)
	case value.Kind == syntax.Call && value.X.Path() == "asyncio.gather":
		return value.Args
	}
	return nil
}

// tuple is what pika gives for a delivery, in order.
var tuple = []library.Kind{library.Envelope, library.Props, library.Body}

// nth is the i-th part of things.
func (f *Flow) nth(things []*Thing, i int) []*Thing {
	var out []*Thing
	for _, t := range things {
		if t.Form == Object && t.Kind == library.Deliveries && t.Lib.Name == "pika" {
			if i < len(tuple) {
				out = append(out, f.part(t, tuple[i]))
			}
			continue
		}
		out = append(out, t)
	}
	return out
}

// part is a part of a delivery or iterator: its message, envelope, body.
func (f *Flow) part(t *Thing, k library.Kind) *Thing {
	return f.thing(Thing{Form: Object, Kind: k, Lib: t.Lib, Expr: t.Expr, At: t.At, From: t.From})
}

// bindElement gives a loop variable what the elements of things are.
func (f *Flow) bindElement(s Scope, target *syntax.Expr, things []*Thing) {
	var out []*Thing
	for _, t := range things {
		switch {
		case t.Form == Object && t.Kind == library.Deliveries && t.Lib.Name != "pika",
			t.Form == Object && t.Kind == library.Queue && t.Lib.Name == "aio-pika":
			out = append(out, f.part(t, library.Message))
		default:
			out = append(out, t)
		}
	}
	f.bind(s, target, out, nil)
}

// entered is what a with statement binds.
func (f *Flow) entered(things []*Thing) []*Thing {
	out := things
	for _, t := range things {
		if t.Form != Instance && t.Form != Self {
			continue
		}
		for _, name := range []string{"__enter__", "__aenter__"} {
			for _, m := range f.member(t, name) {
				if m.Form == Function {
					out = join(out, f.result(m.Def).things)
				}
			}
		}
	}
	return out
}
