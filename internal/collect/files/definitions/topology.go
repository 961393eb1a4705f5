package definitions

import (
	"fmt"
	"strconv"
	"strings"

	"qaudit/internal/collect/files/jsontree"
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

// Topology is what the file declares, as read for the input. target names the system that
// the file is of, "" when it is not known. whole is for a file that was named as a look at
// a system: then what is not in it does not exist; a file found in a tree is only what was
// meant. A section that could not be read to its end is never whole.
func (f *File) Topology(input, target string, whole bool) *rabbitmq.Topology {
	c := converter{file: f, input: input, defaults: map[string]string{}, limits: map[string]rabbitmq.Args{}}
	for _, v := range f.VHosts {
		c.defaults[v.Name] = v.DefaultQueueType
	}
	for _, p := range f.Parameters {
		if p.Component == "vhost-limits" {
			c.limits[c.in(p.VHost)] = Args(p.Value)
		}
	}
	t := &rabbitmq.Topology{Input: input, Target: target, Source: rabbitmq.FromDefinitions,
		At: &model.Origin{Kind: model.FromConfig, Input: input, Place: model.Place{File: f.Path, Line: 1, Column: 1}}}
	for _, v := range f.VHosts {
		t.VHosts = append(t.VHosts, c.vhost(v))
	}
	for _, x := range f.Exchanges {
		t.Exchanges = append(t.Exchanges, c.exchange(x))
	}
	for _, q := range f.Queues {
		t.Queues = append(t.Queues, c.queue(q))
	}
	for _, b := range f.Bindings {
		t.Bindings = append(t.Bindings, rabbitmq.Binding{VHost: c.in(b.VHost), Source: b.Source,
			Destination: b.Destination, ToExchange: b.ToExchange, Key: b.Key, Args: Args(b.Args), At: c.at(b.Object)})
	}
	for _, p := range f.Policies {
		t.Policies = append(t.Policies, rabbitmq.Policy{Name: rabbitmq.Name{VHost: c.in(p.VHost), Name: p.Name},
			Operator: p.Operator, Pattern: p.Pattern, ApplyTo: p.ApplyTo, Priority: p.Priority,
			Definition: Args(p.Definition), At: c.at(p.Object)})
	}
	t.Seen = c.seen(t, whole)
	return t
}

type converter struct {
	file     *File
	input    string
	defaults map[string]string // default queue type of a vhost
	limits   map[string]rabbitmq.Args
}

func (c converter) at(o Object) *model.Origin {
	return &model.Origin{Kind: model.FromConfig, Input: c.input, Place: model.Place{
		File: c.file.Path, Line: o.Span.Line, Column: o.Span.Column,
		EndLine: o.Span.EndLine, EndColumn: o.Span.EndColumn, Excerpt: o.Excerpt}}
}

// in is the vhost of an object: its own, or that of a file of one vhost.
func (c converter) in(vhost string) string {
	if vhost == "" {
		return c.file.VHost
	}
	return vhost
}

func (c converter) vhost(v VHost) rabbitmq.VHost {
	from := model.NewFrom(c.at(v.Object))
	out := rabbitmq.VHost{Name: v.Name, At: from.Origin(), DefaultQueueType: model.None[string](from),
		Tracing: model.Unknown[bool]("definitions do not hold it", from.Origin())}
	if v.DefaultQueueType != "" {
		out.DefaultQueueType = model.Here(from, v.DefaultQueueType)
	}
	out.Limits = c.limits[v.Name]
	return out
}

func (c converter) exchange(x Exchange) rabbitmq.Exchange {
	from := model.NewFrom(c.at(x.Object))
	out := rabbitmq.Exchange{Name: rabbitmq.Name{VHost: c.in(x.VHost), Name: x.Name}, At: from.Origin(),
		Type: model.None[string](from), Durable: known(from, x.Durable), AutoDelete: known(from, x.AutoDelete),
		Internal: known(from, x.Internal), Args: model.Here(from, Args(x.Args)),
		Policy: model.Unknown[string]("definitions do not say which policy is in force", from.Origin())}
	if x.Type != "" {
		out.Type = model.Here(from, x.Type)
	}
	return out
}

func (c converter) queue(q Queue) rabbitmq.Queue {
	o := c.at(q.Object)
	from := model.NewFrom(o)
	const unsaid = "definitions do not hold it"
	out := rabbitmq.Queue{Name: rabbitmq.Name{VHost: c.in(q.VHost), Name: q.Name}, At: o,
		Type: c.queueType(q, from), Durable: known(from, q.Durable), AutoDelete: known(from, q.AutoDelete),
		Exclusive: model.None[bool](from), // an exclusive queue is never exported
		Args:      model.Here(from, Args(q.Args)),
	}
	text, number, list := model.Unknown[string](unsaid, o), model.Unknown[int64](unsaid, o), model.Unknown[[]string](unsaid, o)
	out.Policy, out.OperatorPolicy, out.Node = text, text, text
	out.EffectivePolicy = model.Unknown[rabbitmq.Args](unsaid, o)
	out.DeliveryLimit, out.Members, out.Mirrors, out.SyncedMirrors = number, list, list, list
	return out
}

// queueType is what the file says; where it is silent, the default queue type of the vhost
// or node holds, which is classic unless somebody set it.
func (c converter) queueType(q Queue, from *model.From) model.Known[string] {
	if q.Type != "" {
		return model.Here(from, q.Type)
	}
	if d := c.defaults[c.in(q.VHost)]; d != "" && d != "classic" {
		return model.Unknown[string](fmt.Sprintf("the file names no type, and %s is the default of its vhost", d), from.Origin())
	}
	o := *from.Origin()
	o.Assumed = "the file names no type, and the default queue type of the node was not seen"
	return model.Present("classic", &o)
}

func known(from *model.From, f Flag) model.Known[bool] {
	if f.Set {
		return model.Here(from, f.Value)
	}
	return model.None[bool](from)
}

// seen says for each vhost that the file speaks of what of it is whole.
func (c converter) seen(t *rabbitmq.Topology, whole bool) map[string]rabbitmq.Seen {
	why := func(section string) string {
		switch {
		case !whole:
			return "a definitions file in a tree tells what is meant to be, not what is"
		case !c.file.Sections[section]:
			return fmt.Sprintf("%s: its %s could not be read to the end", c.file.Path, section)
		}
		return ""
	}
	seen := rabbitmq.Seen{Queues: why("queues"), Exchanges: why("exchanges"), Bindings: why("bindings"), Policies: why("policies")}
	out := map[string]rabbitmq.Seen{}
	for _, v := range t.VHosts {
		out[v.Name] = seen
	}
	for _, q := range t.Queues {
		out[q.VHost] = seen
	}
	for _, x := range t.Exchanges {
		out[x.VHost] = seen
	}
	for _, p := range t.Policies {
		out[p.VHost] = seen
	}
	return out
}

// Args are arguments in RabbitMQ's terms; of equal keys the last counts.
func Args(in []Arg) rabbitmq.Args {
	out := make(rabbitmq.Args, len(in))
	for _, a := range in {
		out[a.Key] = arg(a.Value)
	}
	return out
}

func arg(v jsontree.Value) rabbitmq.Arg {
	switch v.Kind {
	case jsontree.String:
		return rabbitmq.TextArg(v.Text)
	case jsontree.Bool:
		return rabbitmq.BoolArg(v.Bool)
	case jsontree.Number:
		if n, err := strconv.ParseInt(v.Text, 10, 64); err == nil {
			return rabbitmq.IntArg(n)
		}
	}
	var b strings.Builder
	write(&b, v)
	return rabbitmq.Arg{Kind: rabbitmq.ArgOther, Text: b.String()}
}

// write is a value as JSON.
func write(b *strings.Builder, v jsontree.Value) {
	switch v.Kind {
	case jsontree.String:
		b.WriteString(strconv.Quote(v.Text))
	case jsontree.Number:
		b.WriteString(v.Text)
	case jsontree.Bool:
		b.WriteString(strconv.FormatBool(v.Bool))
	case jsontree.Array:
		b.WriteByte('[')
		for i, item := range v.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			write(b, item)
		}
		b.WriteByte(']')
	case jsontree.Object:
		b.WriteByte('{')
		for i, f := range v.Fields {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Quote(f.Key) + ":")
			write(b, f.Value)
		}
		b.WriteByte('}')
	default:
		b.WriteString("null")
	}
}
