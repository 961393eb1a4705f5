package code

import (
	"time"

	"qaudit/internal/model"
)

// Role is what a file is for, decided once from its path below the audited root.
type Role uint8

// The roles of files.
const (
	Application Role = iota
	Test
	Example
	Migration
	Vendored
)

func (r Role) String() string {
	return [...]string{"application", "test", "example", "migration", "vendored"}[r]
}

// Facts is what one source tree says about queues.
type Facts struct {
	Input     string
	Root      string
	Libraries []Library // client libraries met, with their versions
	Unread    []Unread  // files with tokens of libraries or languages not modelled

	Connections []Connection
	Channels    []Channel
	Queues      []QueueDecl
	Exchanges   []ExchangeDecl
	Bindings    []BindingDecl
	Publishes   []Publish
	Consumes    []Consume
	Gets        []Get
	Qos         []Qos
	Purges      []Purge
	Commits     []Commit  // transactions committed
	Pickles     []Pickle  // places that load pickled data, or say that they accept it
	Signals     []Signal  // stop signals that the code handles
	Names       []NameUse // literal names, URLs and credentials in code

	Celery Celery
}

// InputID is the input that the facts were read from.
func (f *Facts) InputID() string { return f.Input }

// Library is a client library that the tree uses.
type Library struct {
	Name    string // "pika"
	Version model.Known[model.Version]
	Dir     string // nearest folder whose manifest decided the version
}

// Unread is a place that speaks of queues in a way that cannot be read yet.
type Unread struct {
	What   string // "Kafka (Go)", "bunny (Ruby)"
	Origin *model.Origin
	Files  int // how many more files of the kind
}

// Site is where a fact stands and what is true of the place.
type Site struct {
	At       *model.Origin
	Library  string
	Version  model.Known[model.Version]
	Role     Role
	Function string // qualified name of the enclosing function; "" at module level
	Loop     bool   // inside a loop of its function
	PerCall  bool   // inside a function that runs per request, message or call; see why in Reason
	Reason   string
	// Wrapped names the project's own function through which the call was reached; the
	// place is then the caller's.
	Wrapped string
}

// Origin is where the fact stands.
func (s Site) Origin() *model.Origin { return s.At }

// Connection is a call that opens a connection.
type Connection struct {
	Site
	ID             int // per Facts; other facts point at it
	URL            Value
	Host           Value
	User, Password Value
	VHost          model.Known[string]
	Heartbeat      model.Known[int64]         // seconds; 0 is off; unknown: negotiated
	BlockedTimeout model.Known[time.Duration] // pika's blocked_connection_timeout
	TLSVerify      model.Known[bool]          // false: verification switched off
	Recovers       model.Known[bool]          // the library reconnects by itself as configured
	ErrorListener  model.Known[bool]          // Node: an 'error' (or 'close') listener is attached
	CloseListener  model.Known[bool]          // Node: a 'close' listener is attached
	// Redials: the project's own code opens it again after a failure (a loop around it
	// that catches, a close listener that connects).
	Redials model.Known[bool]
	// Attempts is how often the library tries the first connect before it gives up.
	Attempts model.Known[int64]
	// Served: consumers run on it, so that it lives as long as the process.
	Served bool
}

// Channel is a call that opens a channel.
type Channel struct {
	Site
	ID         int
	Connection int               // 0: unknown
	Confirm    model.Known[bool] // publisher confirms are on
	Transacted model.Known[bool]
	// ErrorListener (Node): an 'error' listener is attached.
	ErrorListener model.Known[bool]
	// Shared: it is used from threads other than the one that opened it; nil when that
	// was not seen. A lock around the uses, or a channel a thread, is not sharing.
	Shared *model.Origin
}

// Args are the arguments of a declaration (x-…). Open: more may be added at run time.
type Args struct {
	Values map[string]Value
	Open   bool
	At     *model.Origin
}

// QueueDecl is a call that declares a queue.
type QueueDecl struct {
	Site
	Channel    int
	Name       Name
	Passive    model.Known[bool]
	Durable    model.Known[bool]
	Exclusive  model.Known[bool]
	AutoDelete model.Known[bool]
	Args       Args
}

// ExchangeDecl is a call that declares an exchange.
type ExchangeDecl struct {
	Site
	Channel    int
	Name       Name
	Type       model.Known[string]
	Passive    model.Known[bool]
	Durable    model.Known[bool]
	AutoDelete model.Known[bool]
	Internal   model.Known[bool]
	Args       Args
}

// BindingDecl binds a queue or exchange to an exchange.
type BindingDecl struct {
	Site
	Exchange, Queue, Key Name
	ToExchange           bool
}

// Name is the name of a channel, exchange or routing key as the source gives it.
type Name struct {
	model.Known[string]       // resolved text; "" is the default exchange or a server-named queue
	Value               Value // as the source gives it: environment and fallback, template with holes
}

// NameOf makes a Name of a value.
func NameOf(v Value) Name { return Name{v.Str(), v} }

// Publish is a call that publishes a message.
type Publish struct {
	Site
	Channel       int
	Exchange, Key Name
	Persistent    model.Known[bool]
	Mandatory     model.Known[bool]
	Confirmed     model.Known[bool] // its channel is in confirm mode
	// ConfirmAwaited is false when confirms are on and nothing reads them.
	ConfirmAwaited model.Known[bool]
	ReturnHandled  model.Known[bool]
	Awaited        model.Known[bool] // its promise or coroutine is awaited or handed on
	Expiration     Value             // as given; the unit is the library's
	Priority       Value
	MessageID      model.Known[bool]
	ReplyTo        Value
	ContentType    Value
	Headers        Value
	Body           Value
	Pickled        *model.Origin // its body is pickled or marshalled into code
	// ResultUsed (amqplib): somebody looks at the boolean that says to wait for 'drain'.
	ResultUsed model.Known[bool]
	InHandler  bool // inside a consumer's handler
	Reply      bool // answers to reply_to
}

// Get is a call that polls a queue for one message.
type Get struct {
	Site
	Queue   Name
	AutoAck model.Known[bool]
}

// Qos is a call that limits unacknowledged messages.
type Qos struct {
	Site
	Channel int
	Count   model.Known[int64]
	Size    model.Known[int64]
	Global  model.Known[bool]
	// SizeSlot: the number stands in the place of the size (pika's basic_qos(10)).
	SizeSlot bool
}

// Purge is a call that purges or deletes a queue.
type Purge struct {
	Site
	Queue  Name
	Delete bool
}

// Commit is a call that commits a transaction on a channel.
type Commit struct {
	Site
	Channel int
}

// Pickle is a place that runs what a message says: unpickling, yaml.load, an accept list
// with pickle in it.
type Pickle struct {
	Site
	What string // "pickle.loads of a message", "accepts pickle"
	// Remote: the data comes from a message. False: from elsewhere, as far as seen.
	Remote bool
}

// Signal is a handler of SIGTERM or SIGINT.
type Signal struct {
	Site
	Signal string // "SIGTERM"
	// Stops: the handler cancels consumers, stops consuming or closes the connection.
	Stops bool
	// Exits: it ends the process.
	Exits bool
}

// Consume is a call that starts a consumer.
type Consume struct {
	Site
	Channel    int
	Queue      Name
	AutoAck    model.Known[bool]
	Prefetch   model.Known[int64] // effective on its channel; 0 is unlimited
	Exclusive  model.Known[bool]
	OnCancel   model.Known[bool] // the handler or a callback sees that the broker cancelled it
	Timeout    model.Span        // x-consumer-timeout argument
	Handler    *Handler          // nil: not found
	HandlerWhy string            // why not
	// Temporary: the queue is server-named, exclusive or auto-delete as declared beside it.
	Temporary model.Known[bool]
	// PrefetchAfter is a limit that is set only after this consumer was started: it does
	// not bind it.
	PrefetchAfter *model.Origin
	// Accepts (kombu) is the list of content types that are decoded.
	Accepts model.Known[[]string]
	// RPC: the queue is a reply queue, or the handler answers to reply_to.
	RPC bool
	// Resumes: somebody starts the consumer again after a failure (a loop that catches
	// around it, the library).
	Resumes model.Known[bool]
}

// NameUse is a literal name, URL or credential in code or files.
type NameUse struct {
	Site
	What  string // "url", "password", "queue", "exchange", "vhost"
	Value Value  // masked where secret
	Env   string // the variable whose fallback it is, if any
	Host  string
	User  string
	// DefaultLogin: guest/guest.
	DefaultLogin bool
	HasPassword  bool
	TLS          bool
	VHost        string
}
