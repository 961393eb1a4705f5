package definitions

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"qaudit/internal/collect/files/jsontree"
	"qaudit/internal/collect/files/place"
	"qaudit/internal/collect/files/secret"
)

// Parse reads a file. Of one that breaks off it returns the objects before the break.
func Parse(path string, src []byte) (*File, []place.Problem) {
	t := place.New(path, src)
	p := &parser{text: t, json: jsontree.NewReader(t), file: &File{Path: path, Sections: map[string]bool{}}}
	if bad, is := t.Unreadable(); is {
		return p.file, []place.Problem{bad}
	}
	ok, err := p.json.Object(p.section)
	switch {
	case err != nil:
		p.problems = append(p.problems, p.json.Problem(p.at, err))
	case !ok:
		p.problems = append(p.problems, t.Problem(0, "", "it is not a JSON object"))
	}
	p.operatorPolicies()
	return p.file, p.problems
}

type parser struct {
	text     *place.Text
	json     *jsontree.Reader
	file     *File
	at       string // the section that is read, for problems
	problems []place.Problem
}

// Head reports whether the first bytes of a JSON file look like definitions.
func Head(head []byte) bool {
	if bytes.Contains(head, []byte(`"rabbit_version"`)) || bytes.Contains(head, []byte(`"rabbitmq_version"`)) {
		return true
	}
	return bytes.Contains(head, []byte(`"queues"`)) &&
		(bytes.Contains(head, []byte(`"vhost"`)) || bytes.Contains(head, []byte(`"exchanges"`)) || bytes.Contains(head, []byte(`"vhosts"`)))
}

func (p *parser) section(key string, _ place.Span) error {
	p.at = key
	add := p.adders()[key]
	if add != nil {
		n := 0
		ok, err := p.json.Array(func() error {
			v, err := p.json.Value()
			if err != nil {
				return err
			}
			n++
			if v.Kind != jsontree.Object {
				p.problem(v.Span, key, "an element is not an object")
				return nil
			}
			add(v)
			return nil
		})
		if err == nil && ok {
			p.file.Sections[key] = true
		}
		return err
	}
	switch key {
	case "rabbit_version", "rabbitmq_version", "original_vhost_name":
		v, err := p.json.Value()
		if err == nil && v.Kind == jsontree.String {
			if key == "original_vhost_name" {
				p.file.VHost = v.Text
			} else if p.file.Version == "" {
				p.file.Version = v.Text
			}
		}
		return err
	}
	return p.json.Skip()
}

func (p *parser) adders() map[string]func(jsontree.Value) {
	f := p.file
	return map[string]func(jsontree.Value){
		"users":             func(v jsontree.Value) { f.Users = append(f.Users, p.user(v)) },
		"vhosts":            func(v jsontree.Value) { f.VHosts = append(f.VHosts, p.vhost(v)) },
		"permissions":       func(v jsontree.Value) { f.Permissions = append(f.Permissions, p.permission(v, false)) },
		"topic_permissions": func(v jsontree.Value) { f.Permissions = append(f.Permissions, p.permission(v, true)) },
		"policies":          func(v jsontree.Value) { f.Policies = append(f.Policies, p.policy(v)) },
		"queues":            func(v jsontree.Value) { f.Queues = append(f.Queues, p.queue(v)) },
		"exchanges":         func(v jsontree.Value) { f.Exchanges = append(f.Exchanges, p.exchange(v)) },
		"bindings":          func(v jsontree.Value) { f.Bindings = append(f.Bindings, p.binding(v)) },
		"parameters":        func(v jsontree.Value) { f.Parameters = append(f.Parameters, p.parameter(v)) },
		"global_parameters": func(v jsontree.Value) { f.GlobalParameters = append(f.GlobalParameters, p.parameter(v)) },
	}
}

func (p *parser) problem(s place.Span, key, why string) {
	p.problems = append(p.problems, p.text.Problem(s.Start, key, why))
}

func (p *parser) object(v jsontree.Value) Object {
	return Object{v.Span, secret.At(p.text, v.Span)}
}

// named is the object's name; a missing one is a problem, since RabbitMQ refuses the file.
func (p *parser) named(v jsontree.Value) string {
	name, ok := v.Get("name")
	if !ok || name.Kind != jsontree.String {
		p.problem(v.Span, p.at, "an element has no name")
	}
	return name.Text
}

func (p *parser) user(v jsontree.Value) User {
	u := User{Object: p.object(v), Name: p.named(v), Hashing: v.Str("hashing_algorithm"), Tags: tags(v)}
	plain, hash := v.Str("password"), v.Str("password_hash")
	u.Plain, u.Hashed = plain != "", hash != ""
	u.Default = plain == "guest" || u.Hashed && hashOf(hash, u.Hashing, "guest")
	return u
}

// tags reads "administrator,monitoring" and ["administrator"].
func tags(v jsontree.Value) []string {
	t, _ := v.Get("tags")
	var out []string
	for _, tag := range strings.Split(t.Text, ",") {
		out = append(out, strings.TrimSpace(tag))
	}
	for _, item := range t.Items {
		out = append(out, item.Text)
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

func (p *parser) vhost(v jsontree.Value) VHost {
	out := VHost{Object: p.object(v), Name: p.named(v), DefaultQueueType: v.Str("default_queue_type")}
	if m, ok := v.Get("metadata"); ok && out.DefaultQueueType == "" {
		out.DefaultQueueType = m.Str("default_queue_type")
	}
	if out.DefaultQueueType == "undefined" {
		out.DefaultQueueType = ""
	}
	return out
}

func (p *parser) permission(v jsontree.Value, topic bool) Permission {
	return Permission{Object: p.object(v), User: v.Str("user"), VHost: v.Str("vhost"), IsTopic: topic,
		Topic: v.Str("exchange"), Configure: v.Str("configure"), Write: v.Str("write"), Read: v.Str("read")}
}

func (p *parser) policy(v jsontree.Value) Policy {
	out := Policy{Object: p.object(v), VHost: v.Str("vhost"), Name: p.named(v)}
	out.fill(p, v)
	return out
}

// fill reads what policies and operator policies have alike.
func (o *Policy) fill(p *parser, v jsontree.Value) {
	o.Pattern, o.ApplyTo = v.Str("pattern"), v.Str("apply-to")
	if o.ApplyTo == "" {
		o.ApplyTo = "all"
	}
	if n, ok := v.Get("priority"); ok {
		o.Priority = p.whole(n, o.Name)
	}
	d, _ := v.Get("definition")
	o.Definition = args(d)
}

func (p *parser) whole(n jsontree.Value, key string) int64 {
	i, err := strconv.ParseInt(n.Text, 10, 64)
	if err != nil {
		p.problem(n.Span, key, "its priority is not a whole number")
	}
	return i
}

func (p *parser) queue(v jsontree.Value) Queue {
	a, _ := v.Get("arguments")
	q := Queue{Object: p.object(v), VHost: v.Str("vhost"), Name: p.named(v), Type: v.Str("type"),
		Durable: flag(v, "durable"), AutoDelete: flag(v, "auto_delete"), Args: args(a)}
	if t := a.Str("x-queue-type"); t != "" {
		q.Type = t
	}
	q.Type = strings.TrimSuffix(strings.TrimPrefix(q.Type, "rabbit_"), "_queue")
	return q
}

func (p *parser) exchange(v jsontree.Value) Exchange {
	a, _ := v.Get("arguments")
	return Exchange{Object: p.object(v), VHost: v.Str("vhost"), Name: p.named(v), Type: v.Str("type"),
		Durable: flag(v, "durable"), AutoDelete: flag(v, "auto_delete"), Internal: flag(v, "internal"), Args: args(a)}
}

func (p *parser) binding(v jsontree.Value) Binding {
	a, _ := v.Get("arguments")
	return Binding{Object: p.object(v), VHost: v.Str("vhost"), Source: v.Str("source"),
		Destination: v.Str("destination"), Key: v.Str("routing_key"),
		ToExchange: v.Str("destination_type") == "exchange", Args: args(a)}
}

func (p *parser) parameter(v jsontree.Value) Parameter {
	value, _ := v.Get("value")
	return Parameter{Object: p.object(v), VHost: v.Str("vhost"), Component: v.Str("component"),
		Name: p.named(v), Value: masked(args(value))}
}

// operatorPolicies takes the operator policies from among the parameters, where an export
// puts them.
func (p *parser) operatorPolicies() {
	p.file.Parameters = slices.DeleteFunc(p.file.Parameters, func(x Parameter) bool {
		if x.Component != "operator_policy" {
			return false
		}
		o := Policy{Object: x.Object, VHost: x.VHost, Name: x.Name, Operator: true}
		v := jsontree.Value{Kind: jsontree.Object}
		for _, a := range x.Value {
			v.Fields = append(v.Fields, jsontree.Field{Key: a.Key, Value: a.Value, Span: a.Span})
		}
		o.fill(p, v)
		p.file.Policies = append(p.file.Policies, o)
		return true
	})
}

func flag(v jsontree.Value, key string) Flag {
	f, ok := v.Get(key)
	return Flag{Set: ok && f.Kind == jsontree.Bool, Value: f.Bool}
}

func args(v jsontree.Value) []Arg {
	out := make([]Arg, 0, len(v.Fields))
	for _, f := range v.Fields {
		out = append(out, Arg{f.Key, f.Value, f.Span})
	}
	return slices.Clip(out)
}

// masked masks passwords and the userinfo of URIs, which shovels and upstreams hold.
func masked(in []Arg) []Arg {
	for i := range in {
		in[i].Value = mask(in[i].Key, in[i].Value)
	}
	return in
}

func mask(key string, v jsontree.Value) jsontree.Value {
	if secret.Key(key) && (v.Kind == jsontree.String || v.Kind == jsontree.Number) {
		return jsontree.Value{Kind: jsontree.String, Text: secret.Mask, Span: v.Span}
	}
	v.Text = secret.URLs(v.Text)
	for i := range v.Items {
		v.Items[i] = mask(key, v.Items[i])
	}
	for i := range v.Fields {
		v.Fields[i].Value = mask(v.Fields[i].Key, v.Fields[i].Value)
	}
	return v
}
