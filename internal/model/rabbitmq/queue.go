package rabbitmq

import (
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// policiesUnseen qualifies what is concluded from code or definitions alone.
const policiesUnseen = "only code was seen: a policy on the broker can add it"

// Display is the queue's name, with the vhost where the estate has several.
func (q *QueueView) Display() string { return q.Name.Name }

// Origin is where the queue is best known from: live, else definitions, else code.
func (q *QueueView) Origin() *model.Origin {
	switch {
	case q.Live != nil:
		return q.Live.At
	case len(q.Defs) > 0:
		return q.Defs[0].At
	case len(q.Decls) > 0:
		return q.Decls[0].At
	case len(q.Consumes) > 0:
		return q.Consumes[0].At
	case len(q.Uses) > 0:
		return q.Uses[0].At
	case len(q.Gets) > 0:
		return q.Gets[0].At
	}
	return nil
}

// Declared says that the queue's flags and arguments are known from somewhere: without
// it, code only uses the name.
func (q *QueueView) Declared() bool { return q.Live != nil || len(q.Defs) > 0 || len(q.Decls) > 0 }

// Type is classic, quorum or stream.
func (q *QueueView) Type() model.Known[string] {
	switch {
	case q.Live != nil:
		return q.Live.Type
	case len(q.Defs) > 0 && !q.Defs[0].Type.Unknown():
		return q.Defs[0].Type
	case len(q.Decls) == 0:
		return model.Unknown[string]("its declaration was not seen", q.Origin())
	}
	t := q.codeArg("x-queue-type")
	if t.Absent() {
		return model.Present("classic", assume(t.Origin(), "the vhost's default queue type was not seen"))
	}
	return model.Map(t, func(a Arg) string { return a.Text })
}

// Durable says whether the queue survives a restart of its broker.
func (q *QueueView) Durable() model.Known[bool] {
	return q.flag(func(x *Queue) model.Known[bool] { return x.Durable },
		func(d *code.QueueDecl) model.Known[bool] { return d.Durable })
}

// Exclusive says whether the queue belongs to one connection.
func (q *QueueView) Exclusive() model.Known[bool] {
	return q.flag(func(x *Queue) model.Known[bool] { return x.Exclusive },
		func(d *code.QueueDecl) model.Known[bool] { return d.Exclusive })
}

// AutoDelete says whether the queue goes with its last consumer.
func (q *QueueView) AutoDelete() model.Known[bool] {
	return q.flag(func(x *Queue) model.Known[bool] { return x.AutoDelete },
		func(d *code.QueueDecl) model.Known[bool] { return d.AutoDelete })
}

func (q *QueueView) flag(of func(*Queue) model.Known[bool], in func(*code.QueueDecl) model.Known[bool]) model.Known[bool] {
	switch {
	case q.Live != nil:
		return of(q.Live)
	case len(q.Defs) > 0:
		return of(q.Defs[0])
	case len(q.Decls) > 0:
		return in(q.Decls[0])
	}
	return model.Unknown[bool]("its declaration was not seen", q.Origin())
}

// Argument is the declared argument (x-…) by the source that wins, without policies.
func (q *QueueView) Argument(name string) model.Known[Arg] {
	switch {
	case q.Live != nil:
		return lookup(q.Live.Args, name, q.Live.At)
	case len(q.Defs) > 0:
		return lookup(q.Defs[0].Args, name, q.Defs[0].At)
	}
	return q.codeArg(name)
}

// codeArg is the argument as code declares it: present where any declaration has it,
// unknown where one could not be read whole.
func (q *QueueView) codeArg(name string) model.Known[Arg] {
	if len(q.Decls) == 0 {
		return model.Unknown[Arg]("its declaration was not seen", q.Origin())
	}
	var unknown *model.Known[Arg]
	for _, d := range q.Decls {
		k := CodeArg(d.Args, name, d.At)
		if k.Present() {
			return k
		}
		if k.Unknown() && unknown == nil {
			unknown = &k
		}
	}
	if unknown != nil {
		return *unknown
	}
	return model.Absent[Arg](q.Decls[0].At)
}

// CodeArg is one argument of a declaration in code.
func CodeArg(args code.Args, name string, at *model.Origin) model.Known[Arg] {
	v, ok := args.Values[name]
	switch {
	case !ok && args.Open:
		return model.Unknown[Arg]("arguments are added at run time", at)
	case !ok:
		return model.Absent[Arg](at)
	}
	if v.Origin == nil {
		v.Origin = at
	}
	if a, ok := ArgOf(v); ok {
		return model.Present(a, v.Origin)
	}
	return model.Unknown[Arg](v.Str().Why(), v.Origin)
}

// ArgOf turns a literal of code to an argument.
func ArgOf(v code.Value) (Arg, bool) {
	switch v.Kind {
	case code.Int:
		return IntArg(v.Int), true
	case code.String:
		return TextArg(v.Text), true
	case code.Bool:
		return BoolArg(v.Bool), true
	case code.Float:
		return Arg{Kind: ArgOther, Text: "a floating-point number"}, true
	}
	return Arg{}, false
}

func lookup(args model.Known[Args], name string, at *model.Origin) model.Known[Arg] {
	m, ok := args.Get()
	if !ok {
		if args.Absent() {
			return model.Absent[Arg](at)
		}
		return model.Unknown[Arg](args.Why(), at)
	}
	if a, ok := m[name]; ok {
		return model.Present(a, at)
	}
	return model.Absent[Arg](at)
}

// Effective is the value in force of a key ("dead-letter-exchange", "message-ttl", …):
// argument and policies as the broker joins them.
func (q *QueueView) Effective(key string) model.Known[Arg] {
	arg := q.Argument("x-" + key)
	if q.Live != nil {
		return join(key, arg, lookup(q.Live.EffectivePolicy, key, q.Live.At))
	}
	return join(key, arg, q.policyValue(key))
}

// policyValue is the key's value by policies that definitions name; absent with an
// assumption when no policies were seen.
func (q *QueueView) policyValue(key string) model.Known[Arg] {
	t, ok := q.Type().Get()
	ps := q.o.policies[scope{q.Target, q.VHost}]
	if ps == nil || !ok {
		if !q.Declared() {
			return model.Unknown[Arg]("its declaration was not seen", q.Origin())
		}
		return model.Absent[Arg](assume(q.Origin(), policiesUnseen))
	}
	var out model.Known[Arg]
	for _, operator := range []bool{false, true} {
		p := applicable(ps.matching(q.Name, t, operator), t)
		if p == nil {
			continue
		}
		if a, ok := p.Definition[key]; ok {
			v := model.Present(a, p.At)
			if out.Present() {
				b, _ := out.Get()
				if smaller(key, b, a) == b {
					v = out
				}
			}
			out = v
		}
	}
	switch {
	case out.Present():
		return out
	case ps.seen.Present():
		return model.Absent[Arg](ps.seen.Origin())
	}
	return model.Absent[Arg](assume(q.Origin(), policiesUnseen))
}

// assume copies an origin with an assumption.
func assume(o *model.Origin, what string) *model.Origin {
	if o == nil {
		return nil
	}
	c := *o
	c.Assumed = what
	return &c
}

// Text is the effective value of a key that holds text.
func (q *QueueView) Text(key string) model.Known[string] {
	return model.Map(q.Effective(key), func(a Arg) string { return a.Text })
}

// Int is the effective value of a key that holds a number; text there is unknown.
func (q *QueueView) Int(key string) model.Known[int64] {
	k := q.Effective(key)
	if a, ok := k.Get(); ok && a.Kind != ArgInt {
		return model.Unknown[int64]("it is no whole number: "+a.String(), k.Origin())
	}
	return model.Map(k, func(a Arg) int64 { return a.Int })
}

// DeadLetterExchange is the exchange in force that takes dead letters; "" is the default
// exchange, absent is none.
func (q *QueueView) DeadLetterExchange() model.Known[string] { return q.Text("dead-letter-exchange") }

// Stats is what the last look saw; ok is false when the queue was not seen live.
func (q *QueueView) Stats() (QueueStats, bool) {
	if q.Snapshot == nil || q.Snapshot.Last() == nil {
		return QueueStats{}, false
	}
	s, ok := q.Snapshot.Last().Queues[q.Name]
	return s, ok
}

// LiveConsumers are the consumers that the last look saw on the queue; unknown when
// consumers could not be read.
func (q *QueueView) LiveConsumers() model.Known[[]Consumer] {
	if q.Snapshot == nil || q.Snapshot.Last() == nil {
		return model.Unknown[[]Consumer]("no live broker was read", q.Origin())
	}
	return model.Map(q.Snapshot.Last().Consumers, func([]Consumer) []Consumer {
		return q.o.consumers[q.Snapshot][q.Name]
	})
}

// Generated says that the name was made by a broker or a library.
func (n Name) Generated() bool {
	for _, p := range temporaryPrefixes {
		if strings.HasPrefix(n.Name, p) {
			return true
		}
	}
	return n.Name == ""
}
