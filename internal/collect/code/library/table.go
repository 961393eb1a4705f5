package library

import (
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// Library is what the calls of one client library mean.
type Library struct {
	Name    string        // "pika"; also its name in manifests
	Newest  model.Version // whose defaults hold where the version is not known
	Modules []string      // what it is imported as
	// Funcs and Classes by canonical path.
	Funcs map[string]*Call
	// Methods by the kind of the receiver.
	Methods map[Kind]map[string]*Call
	// Props are the attributes of a kind that are of a kind themselves.
	Props map[Kind]map[string]Kind
	// Types are names of types, for annotations.
	Types map[string]Kind
	// Shares are libraries whose methods objects of this one have too: a kombu channel is
	// a py-amqp channel.
	Shares []*Library
	// Recovers: a connection is opened again by the library when it is lost.
	Recovers bool
	// Async: deliveries are handled beside one another, limited by the prefetch only.
	Async bool
	// ThreadBound: channels belong to the thread of their connection.
	ThreadBound bool
	// Listeners: errors without a listener end the process (Node).
	Listeners bool
	// Failure is what becomes of a delivery whose handler raises.
	Failure string
}

// Method finds a method of a kind in the library or those that it shares.
func (l *Library) Method(k Kind, name string) (*Library, *Call) {
	if c := l.Methods[k][name]; c != nil {
		return l, c
	}
	for _, s := range l.Shares {
		if c := s.Methods[k][name]; c != nil {
			return s, c
		}
	}
	return nil, nil
}

// Prop finds an attribute of a kind.
func (l *Library) Prop(k Kind, name string) Kind {
	if p := l.Props[k][name]; p != "" {
		return p
	}
	for _, s := range l.Shares {
		if p := s.Props[k][name]; p != "" {
			return p
		}
	}
	return ""
}

// Kind is what a value of a client library is.
type Kind string

// The kinds. Options are the objects that carry arguments: parameters, properties,
// outgoing messages.
const (
	Connection Kind = "connection"
	Channel    Kind = "channel"
	Queue      Kind = "queue"
	Exchange   Kind = "exchange"
	Declared   Kind = "declared" // the answer to a declaration: it has the queue's name
	Message    Kind = "message"  // a delivery
	Envelope   Kind = "envelope" // the part of a delivery that has its tag: pika's method
	Tag        Kind = "tag"
	Props      Kind = "props" // the properties of a delivery
	Body       Kind = "body"
	Deliveries Kind = "deliveries" // an iterator over deliveries
	Process    Kind = "process"    // a context manager that settles
	Options    Kind = "options"
	Producer   Kind = "producer"
	Consumer   Kind = "consumer"
	Consumers  Kind = "consumers" // kombu's Consumer as get_consumers is given it
	Simple     Kind = "simple"    // kombu's SimpleQueue
	Pool       Kind = "pool"
	Context    Kind = "context" // Nest's RmqContext
	Client     Kind = "client"  // Nest's ClientProxy, golevelup's AmqpConnection
)

// Act is what a call does.
type Act uint8

// The acts. Other calls only make values.
const (
	NoAct Act = iota
	Connect
	OpenChannel
	DeclareQueue
	DeclareExchange
	BindQueue
	BindExchange
	Publish
	Consume
	Get
	Limit // basic.qos
	Purge
	DeleteQueue
	Ack
	Nack
	Reject
	AckAll
	NackAll
	ConfirmMode
	AwaitConfirms
	TxMode
	TxCommit
	Listen   // attaches a listener to an event
	OnReturn // … to returned messages
	OnCancel // … to the broker's cancel
	Close
	Cancel
	Setup    // runs a function whenever the channel is opened
	RunSafe  // runs a function in the connection's own thread
	AddQueue // kombu: consumer.add_queue
	AddCallback
	Start // kombu: consumer.consume; pika: start_consuming
	Run   // runs callbacks only: timers, executors of a library
)

// Slot names an argument by what it is for.
type Slot string

// The slots.
const (
	URL           Slot = "url"
	Host          Slot = "host"
	User          Slot = "user"
	Password      Slot = "password"
	VHost         Slot = "vhost"
	Heartbeat     Slot = "heartbeat"
	Blocked       Slot = "blocked"
	Attempts      Slot = "attempts"
	TLS           Slot = "tls"
	TLSVerify     Slot = "tls verify" // JS rejectUnauthorized
	Recovery      Slot = "recovery"
	Confirm       Slot = "confirm"
	ReturnRaises  Slot = "return raises"
	QueueName     Slot = "queue"
	ExchangeName  Slot = "exchange"
	SourceName    Slot = "source"
	Key           Slot = "key"
	Type          Slot = "type"
	Passive       Slot = "passive"
	Durable       Slot = "durable"
	Exclusive     Slot = "exclusive"
	AutoDelete    Slot = "auto delete"
	Internal      Slot = "internal"
	NoDeclare     Slot = "no declare"
	Arguments     Slot = "arguments"
	Bindings      Slot = "bindings"
	Callback      Slot = "callback"
	AutoAck       Slot = "auto ack"
	Prefetch      Slot = "prefetch"
	Size          Slot = "size"
	Global        Slot = "global"
	Accept        Slot = "accept"
	TagOf         Slot = "tag"
	Multiple      Slot = "multiple"
	Requeue       Slot = "requeue"
	Redelivered   Slot = "reject on redelivered"
	IgnoreSettled Slot = "ignore processed"
	BodyOf        Slot = "body"
	Properties    Slot = "properties"
	Persistent    Slot = "persistent"
	Mandatory     Slot = "mandatory"
	Expiration    Slot = "expiration"
	Priority      Slot = "priority"
	MessageID     Slot = "message id"
	Headers       Slot = "headers"
	ReplyTo       Slot = "reply to"
	ContentType   Slot = "content type"
	Serializer    Slot = "serializer"
	Event         Slot = "event"
	Function      Slot = "function"
	Parameters    Slot = "parameters" // an object that carries arguments
	Declare       Slot = "declare"
)

// Arg says where an argument stands.
type Arg struct {
	Slot  Slot
	Pos   int      // position from 0; -1: by name only
	Names []string // keywords, or keys of the options object
	// In is the position of the options object that holds Names, -1 when they are
	// keywords of the call.
	In int
	// Carries: the value is an object that carries arguments of its own.
	Carries bool
	// As is the argument that an options key stands for: deadLetterExchange is
	// x-dead-letter-exchange.
	As string
}

// Call is what a call means.
type Call struct {
	Act      Act
	Gives    Kind
	Args     []Arg
	Defaults []Default
	// Calls says what the function in a slot is called with.
	Calls []Called
	// Confirms: the channel is in confirm mode by the call's name.
	Confirms bool
	// Receives: the receiver's queue, exchange or record stands for these slots:
	// queue.consume.
	Receives []Slot
	// Awaits: it gives a promise or coroutine.
	Awaits bool
	// Old is the form that older versions have, told from the call itself: the callback
	// stands first or has one of OldNames.
	Old      *Call
	OldNames []string
}

// Called is a function given to a call, and the kinds of what it is called with; "" is
// nothing of a library.
type Called struct {
	Slot  Slot
	Kinds []Kind
}

// Default is the value of an argument that was left out.
type Default struct {
	Slot  Slot
	Value code.Value
	// Below: it holds for versions below this one; zero: for all.
	Below model.Version
}

// DefaultOf is the default of a slot in a version; depends tells whether another version
// has another one. ok is false when the table knows none.
func (c *Call) DefaultOf(s Slot, v model.Known[model.Version]) (val code.Value, depends, ok bool) {
	seen := 0
	for _, d := range c.Defaults {
		if d.Slot != s {
			continue
		}
		seen++
		if d.Below == (model.Version{}) {
			if !ok {
				val, ok = d.Value, true
			}
			continue
		}
		if w, known := v.Get(); known && w.Less(d.Below) {
			val, ok = d.Value, true
		}
	}
	return val, seen > 1, ok
}

// No, Yes, None, Num and Str are default values.
var (
	No   = code.Value{Kind: code.Bool}
	Yes  = code.Value{Kind: code.Bool, Bool: true}
	None = code.Value{Kind: code.Nil}
)

// Num is a whole number.
func Num(n int64) code.Value { return code.Value{Kind: code.Int, Int: n} }

// Str is text.
func Str(s string) code.Value { return code.Value{Kind: code.String, Text: s} }

// at is an argument at a position, also by keyword.
func at(s Slot, pos int, names ...string) Arg { return Arg{Slot: s, Pos: pos, Names: names, In: -1} }

// kw is an argument by keyword only.
func kw(s Slot, names ...string) Arg { return Arg{Slot: s, Pos: -1, Names: names, In: -1} }

// in is a key of the options object at a position.
func in(pos int, s Slot, names ...string) Arg { return Arg{Slot: s, Pos: -1, Names: names, In: pos} }

// carries is an argument whose value carries arguments.
func carries(s Slot, pos int, names ...string) Arg {
	return Arg{Slot: s, Pos: pos, Names: names, In: -1, Carries: true}
}

// as is a key of the options object that stands for a queue argument.
func as(pos int, name, argument string) Arg {
	return Arg{Slot: Arguments, Pos: -1, Names: []string{name}, In: pos, As: argument}
}

func def(s Slot, v code.Value) Default { return Default{Slot: s, Value: v} }

func methods(names string, c *Call, m map[string]*Call) {
	for _, n := range splitWords(names) {
		m[n] = c
	}
}
