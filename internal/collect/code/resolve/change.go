package resolve

import (
	"slices"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// change is something put into the map or list that a name holds after it was made:
// args["x-max-length"] = 10, args.update(more), list.append(x).
type change struct {
	file  *syntax.File
	scope *syntax.Def
	block int
	at    int // where it stands in the file
	kind  changeKind
	key   *syntax.Expr // set: the key, or name
	name  string
	value *syntax.Expr
}

type changeKind uint8

const (
	changeUnknown changeKind = iota // removes, sorts, or anything else
	changeSet                       // one entry
	changeDefault                   // one entry, unless it is there
	changeMerge                     // all entries of value
	changeAppend                    // one element
)

// changed records an assignment to an element.
func (ix *indexer) changed(target, value *syntax.Expr) {
	switch {
	case target.Kind == syntax.Index && len(target.Args) == 1:
		ix.change(target.X, change{kind: changeSet, key: target.Args[0].Value, value: value, at: target.Span.Start})
	case target.Kind == syntax.Attr && ix.declared != nil && !receiver(target.X):
		ix.change(target.X, change{kind: changeSet, name: target.Text, value: value, at: target.Span.Start})
	}
}

// mutators are methods of maps and lists that change them.
var mutators = map[string]changeKind{
	"update": changeMerge, "setdefault": changeDefault, "append": changeAppend, "push": changeAppend, "add": changeAppend,
	"extend": changeUnknown, "insert": changeUnknown, "remove": changeUnknown, "pop": changeUnknown, "popitem": changeUnknown,
	"clear": changeUnknown, "unshift": changeUnknown, "splice": changeUnknown, "shift": changeUnknown,
}

// calls records a call that changes what a name holds.
func (ix *indexer) calls(e *syntax.Expr) {
	if e == nil || e.Kind != syntax.Call || e.X == nil {
		return
	}
	if e.X.Path() == "Object.assign" && len(e.Args) > 1 {
		for _, a := range e.Args[1:] {
			ix.change(e.Args[0].Value, change{kind: changeMerge, value: a.Value, at: e.Span.Start})
		}
		return
	}
	kind, ok := mutators[e.X.Text]
	if e.X.Kind != syntax.Attr || !ok {
		return
	}
	c := change{kind: kind, at: e.Span.Start}
	switch {
	case kind == changeDefault && len(e.Args) == 2:
		c.key, c.value = e.Args[0].Value, e.Args[1].Value
	case kind == changeMerge && len(e.Args) == 1 && e.Args[0].Name == "" && !e.Args[0].Spread:
		c.value = e.Args[0].Value
	case kind == changeMerge && len(e.Args) > 0:
		c.value = &syntax.Expr{Kind: syntax.MapLit, Span: e.Span, Args: keywordsOnly(e.Args)}
	case kind == changeAppend && len(e.Args) == 1 && !e.Args[0].Spread:
		c.value = e.Args[0].Value
	default:
		c.kind = changeUnknown
	}
	ix.change(e.X.X, c)
}

// change records c with the name that base is, or the attribute of self.
func (ix *indexer) change(base *syntax.Expr, c change) {
	c.file, c.scope, c.block = ix.f, ix.d, ix.block
	for base != nil && base.Kind == syntax.Index { // inside something that the name holds
		base, c.kind = base.X, changeUnknown
	}
	if base == nil {
		return
	}
	switch {
	case base.Kind == syntax.Ident && ix.d != nil && ix.d.Kind == syntax.Class:
		l := changesOf(ix.p.classOf(ix.f, ix.d).changes, base.Text)
		*l = append(*l, c)
	case base.Kind == syntax.Ident:
		l := changesOf(ix.p.scopeOf(ix.f, ix.holder(base.Text)).changes, base.Text)
		*l = append(*l, c)
	case base.Kind == syntax.Attr && receiver(base.X):
		if cd := enclosingClass(ix.d); cd != nil {
			l := changesOf(ix.p.classOf(ix.f, cd).changes, base.Text)
			*l = append(*l, c)
		}
	}
}

// holder is the scope whose name is meant when it is only used here.
func (ix *indexer) holder(name string) *syntax.Def {
	if ix.declared != nil {
		return ix.owner(name, false)
	}
	for at := ix.d; at != nil; at = at.Parent {
		if s := ix.p.scopes[scopeKey{ix.f, at}]; s != nil && len(s.names[name]) > 0 && at.Kind != syntax.Class {
			return at
		}
	}
	return nil
}

// apply is v, that b holds, with the changes made to it before the place of use. What is
// done under a condition, or in another function, may not have been done.
func (r *resolver) apply(f *syntax.File, scope *syntax.Def, use *syntax.Expr, b binding, v code.Value) code.Value {
	if b.changes == nil || len(*b.changes) == 0 || v.Kind != code.Map && v.Kind != code.List {
		return v
	}
	v.Fields, v.Items = slices.Clone(v.Fields), slices.Clone(v.Items)
	for _, c := range *b.changes {
		if c.file == f && c.scope == scope && c.at > use.Span.Start {
			continue
		}
		r.applyOne(&v, c, c.scope == b.scope && c.block == b.block)
	}
	return v
}

func (r *resolver) applyOne(v *code.Value, c change, sure bool) {
	switch {
	case v.Kind == code.Map && (c.kind == changeSet || c.kind == changeDefault):
		key, ok := c.name, true
		if c.key != nil {
			key, ok = text(r.value(c.file, c.scope, c.key))
		}
		if !ok {
			v.Open = true
			return
		}
		if _, there := v.Get(key); there && c.kind == changeDefault {
			return
		}
		r.set(v, key, r.value(c.file, c.scope, c.value), sure)
	case v.Kind == code.Map && c.kind == changeMerge:
		more := r.value(c.file, c.scope, c.value)
		for _, field := range more.Fields {
			r.set(v, field.Key, field.Value, sure)
		}
		v.Open = v.Open || more.Kind != code.Map || more.Open
	case v.Kind == code.List && c.kind == changeAppend && sure:
		v.Items = append(v.Items, r.value(c.file, c.scope, c.value))
	default:
		v.Open = true
	}
}

// set adds an entry; one that may not be made is a choice.
func (r *resolver) set(v *code.Value, key string, value code.Value, sure bool) {
	if !sure {
		before := code.Value{Kind: code.Unresolved, Text: "what is set under a condition", Origin: value.Origin}
		if old, ok := v.Get(key); ok {
			before = old
		}
		value = choice(value, before)
		v.Open = true
	}
	v.Fields = append(v.Fields, code.Field{Key: key, Value: value})
}
