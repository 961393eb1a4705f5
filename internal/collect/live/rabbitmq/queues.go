package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

// queueAnswer is a queue in a list: what it is, and what moves.
type queueAnswer struct {
	queueName
	queueIdentity
	queueMoving
}

type queueName struct {
	Name  field[string] `json:"name"`
	VHost field[string] `json:"vhost"`
}

type queueIdentity struct {
	Durable        field[bool]      `json:"durable"`
	AutoDelete     field[bool]      `json:"auto_delete"`
	Exclusive      field[bool]      `json:"exclusive"`
	Args           field[arguments] `json:"arguments"`
	Policy         field[string]    `json:"policy"`
	OperatorPolicy field[string]    `json:"operator_policy"`
	Effective      field[arguments] `json:"effective_policy_definition"`
	DeliveryLimit  field[limit]     `json:"delivery_limit"`
	Members        field[[]string]  `json:"members"`
	Mirrors        field[[]string]  `json:"slave_nodes"`
	Synced         field[[]string]  `json:"synchronised_slave_nodes"`
}

type queueMoving struct {
	Type         field[string]              `json:"type"`
	State        field[string]              `json:"state"`
	Node         field[string]              `json:"node"`
	Leader       field[string]              `json:"leader"`
	Online       field[[]string]            `json:"online"`
	Messages     field[int64]               `json:"messages"`
	Ready        field[int64]               `json:"messages_ready"`
	Unacked      field[int64]               `json:"messages_unacknowledged"`
	Persistent   field[int64]               `json:"messages_persistent"`
	Bytes        field[int64]               `json:"message_bytes"`
	DeadLetters  field[int64]               `json:"messages_dlx"`
	Consumers    field[int64]               `json:"consumers"`
	Capacity     field[float64]             `json:"consumer_capacity"`
	Utilisation  field[float64]             `json:"consumer_utilisation"`
	IdleSince    field[string]              `json:"idle_since"`
	Memory       field[int64]               `json:"memory"`
	MessageStats field[object[statsAnswer]] `json:"message_stats"`
}

// limit is a delivery limit: a number, or "unlimited".
type limit int64

func (l *limit) UnmarshalJSON(b []byte) error {
	if string(b) == `"unlimited"` {
		*l = -1
		return nil
	}
	var n int64
	if !decodeInt(b, &n) {
		return errNotJSON
	}
	*l = limit(n)
	return nil
}

// name is the queue's name; ok is false where the answer has none.
func (a *queueName) name() (rabbitmq.Name, bool) {
	name, ok := a.Name.get()
	vhost, in := a.VHost.get()
	return rabbitmq.Name{VHost: vhost, Name: name}, ok && in
}

// queueTypes are the types as some answers spell them.
var queueTypes = map[string]string{"rabbit_classic_queue": "classic", "rabbit_quorum_queue": "quorum", "rabbit_stream_queue": "stream"}

// kind is the queue's type. The list leaves it out of queues whose node is down; then the
// argument tells.
func (a *queueAnswer) kind(s *seen) model.Known[string] {
	if t := a.Args.v.Args["x-queue-type"]; a.Type.state == missing && t.Kind == rabbitmq.ArgText {
		return model.Here(s.From, t.Text)
	}
	return model.Map(know(s, a.Type), func(t string) string {
		if plain := queueTypes[t]; plain != "" {
			return plain
		}
		return t
	})
}

// queue is what the answer says of a queue's declaration and policies.
func (a *queueAnswer) queue(s *seen, n rabbitmq.Name) rabbitmq.Queue {
	kind := a.kind(s)
	q := rabbitmq.Queue{
		Name: n, Type: kind, Durable: know(s, a.Durable), AutoDelete: know(s, a.AutoDelete), Exclusive: know(s, a.Exclusive),
		Args: args(s, a.Args), Policy: orNone(s, a.Policy), OperatorPolicy: orNone(s, a.OperatorPolicy),
		EffectivePolicy: a.effective(s), DeliveryLimit: model.Map(know(s, a.DeliveryLimit), func(l limit) int64 { return int64(l) }),
		Node: know(s, a.Node), Members: know(s, a.Members), Mirrors: know(s, a.Mirrors), SyncedMirrors: know(s, a.Synced),
		At: s.Origin(),
	}
	// Statistics of a queue that is not mirrored have no mirrors (measured on 3.10.8), and
	// only classic queues ever had.
	if a.Consumers.state == given || kind.Present() && !model.Is(kind, "classic") {
		q.Mirrors, q.SyncedMirrors = leftOut(s, a.Mirrors), leftOut(s, a.Synced)
	}
	if a.Leader.state == given {
		q.Node = know(s, a.Leader)
	}
	if model.Is(kind, "classic") && a.Members.state == missing {
		q.Members = model.None[[]string](s.From)
	}
	return q
}

func args(s *seen, f field[arguments]) model.Known[rabbitmq.Args] {
	return model.Map(know(s, f), func(a arguments) rabbitmq.Args { return a.Args })
}

// effective is the policies in force, joined. Some versions up to 4.2 send "" or [] for
// none, which is believed only where no policy is named.
func (a *queueAnswer) effective(s *seen) model.Known[rabbitmq.Args] {
	none := a.Policy.state == null && a.OperatorPolicy.state == null
	switch f := a.Effective; {
	case f.state == given && f.v.odd && !none, f.state == null && !none:
		return as[rabbitmq.Args](s.isOdd)
	case f.state == null:
		return model.Here[rabbitmq.Args](s.From, nil)
	}
	return args(s, a.Effective)
}

// zeroCapacity is the first version whose quorum queues say 0 whatever their consumers do
// (measured on 4.3.6).
var zeroCapacity = model.Version{4, 3, 0}

// stats is what one look saw of the queue.
func (a *queueAnswer) stats(s *seen, v model.Known[model.Version]) rabbitmq.QueueStats {
	st := rabbitmq.QueueStats{
		State: know(s, a.State), Messages: know(s, a.Messages), Ready: know(s, a.Ready), Unacked: know(s, a.Unacked),
		Persistent: know(s, a.Persistent), MessageBytes: know(s, a.Bytes), DeadLetterPending: know(s, a.DeadLetters),
		Consumers: know(s, a.Consumers), Capacity: know(s, a.Capacity), IdleSince: moment(s, a.IdleSince),
		Memory: know(s, a.Memory), Online: orNone(s, a.Online), Leader: know(s, a.Leader),
		Counters: counters(s, a.MessageStats, a.Messages.state == given),
	}
	if model.Is(st.State, "live") { // 3.10 without statistics: the queue exists, no more
		st.State = model.Unknown[string]("statistics are off", s.Origin())
	}
	if st.Capacity.Unknown() {
		st.Capacity = know(s, a.Utilisation)
	}
	if broker, ok := v.Get(); ok && !broker.Less(zeroCapacity) && model.Is(a.kind(s), "quorum") && model.Is(st.Capacity, 0) {
		st.Capacity = model.Unknown[float64]("RabbitMQ 4.3 says 0 for every quorum queue", s.Origin())
	}
	return st
}
