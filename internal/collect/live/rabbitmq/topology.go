package rabbitmq

import (
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

type exchangeAnswer struct {
	queueName
	Type       field[string]                      `json:"type"`
	Durable    field[bool]                        `json:"durable"`
	AutoDelete field[bool]                        `json:"auto_delete"`
	Internal   field[bool]                        `json:"internal"`
	Args       field[arguments]                   `json:"arguments"`
	Policy     field[string]                      `json:"policy"` // left out when there is none
	Stats      field[object[exchangeStatsAnswer]] `json:"message_stats"`
}

func (a *exchangeAnswer) exchange(s *seen, n rabbitmq.Name) rabbitmq.Exchange {
	return rabbitmq.Exchange{Name: n, Type: know(s, a.Type), Durable: know(s, a.Durable), AutoDelete: know(s, a.AutoDelete),
		Internal: know(s, a.Internal), Args: args(s, a.Args), Policy: leftOut(s, a.Policy), At: s.Origin()}
}

type bindingAnswer struct {
	Source      field[string]    `json:"source"`
	VHost       field[string]    `json:"vhost"`
	Destination field[string]    `json:"destination"`
	Kind        field[string]    `json:"destination_type"`
	Key         field[string]    `json:"routing_key"`
	Args        field[arguments] `json:"arguments"`
}

// binding is the binding; ok is false where the answer does not say from where to where.
func (a *bindingAnswer) binding(s *seen) (rabbitmq.Binding, bool) {
	whole := a.Source.state == given && a.VHost.state == given && a.Destination.state == given && a.Kind.state == given
	return rabbitmq.Binding{VHost: a.VHost.v, Source: a.Source.v, Destination: a.Destination.v, ToExchange: a.Kind.v == "exchange",
		Key: a.Key.v, Args: a.Args.v.Args, At: s.Origin()}, whole
}

type policyAnswer struct {
	queueName
	Pattern    field[string]    `json:"pattern"`
	ApplyTo    field[string]    `json:"apply-to"`
	Priority   field[int64]     `json:"priority"`
	Definition field[arguments] `json:"definition"`
}

// policy is the policy; ok is false where the answer lacks what decides to whom it applies.
func (a *policyAnswer) policy(s *seen, operator bool) (rabbitmq.Policy, bool) {
	n, ok := a.name()
	whole := ok && a.Pattern.state == given && a.Priority.state == given && a.Definition.state == given
	return rabbitmq.Policy{Name: n, Operator: operator, Pattern: a.Pattern.v, ApplyTo: a.ApplyTo.v, Priority: a.Priority.v,
		Definition: a.Definition.v.Args, At: s.Origin()}, whole
}

type vhostAnswer struct {
	Name         field[string]                    `json:"name"`
	DefaultType  field[string]                    `json:"default_queue_type"`
	Tracing      field[bool]                      `json:"tracing"`
	ClusterState field[object[map[string]string]] `json:"cluster_state"`
	Stats        field[object[statsAnswer]]       `json:"message_stats"`
}

func (a *vhostAnswer) vhost(s *seen) rabbitmq.VHost {
	v := rabbitmq.VHost{Name: a.Name.v, DefaultQueueType: orNone(s, a.DefaultType), Tracing: know(s, a.Tracing), At: s.Origin()}
	if t := v.DefaultQueueType; model.Is(t, "undefined") || model.Is(t, "") { // 3.10 writes the atom as text
		v.DefaultQueueType = model.None[string](s.From)
	}
	for node, state := range a.ClusterState.v.in {
		if state != "running" { // a node that is down is not in the map at all
			v.Stopped = append(v.Stopped, node)
		}
	}
	slices.Sort(v.Stopped)
	return v
}

type limitsAnswer struct {
	VHost field[string]    `json:"vhost"`
	Value field[arguments] `json:"value"`
}
