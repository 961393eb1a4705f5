// Package rabbitmq holds what can be known of a RabbitMQ cluster, in RabbitMQ's own
// words: its topology as declared or as live, what a look at its statistics saw, and the
// overlay of all sources.
package rabbitmq

import (
	"strconv"

	"qaudit/internal/model"
)

// System is the name of the system in references and reports.
const System = "rabbitmq"

// Name is a name within a vhost.
type Name struct{ VHost, Name string }

// Arg is the value of an argument or policy key: a whole number, text or truth value.
// Anything else (lists, tables) is kept as its JSON text in Other.
type Arg struct {
	Kind ArgKind
	Int  int64
	Text string // text; for Other the JSON
	Bool bool
}

// ArgKind is the kind of an Arg.
type ArgKind uint8

// The kinds of arguments.
const (
	ArgInt ArgKind = iota + 1
	ArgText
	ArgBool
	ArgOther
)

// IntArg, TextArg and BoolArg make arguments.
func IntArg(n int64) Arg   { return Arg{Kind: ArgInt, Int: n} }
func TextArg(s string) Arg { return Arg{Kind: ArgText, Text: s} }
func BoolArg(b bool) Arg   { return Arg{Kind: ArgBool, Bool: b} }

// String is the argument as a person would write it.
func (a Arg) String() string {
	switch a.Kind {
	case ArgInt:
		return strconv.FormatInt(a.Int, 10)
	case ArgBool:
		return strconv.FormatBool(a.Bool)
	case ArgText:
		return strconv.Quote(a.Text)
	}
	return a.Text
}

// Args are arguments or the definition of a policy.
type Args map[string]Arg

// Topology is exchanges, queues, bindings and policies, as one source declares them or as
// they are live. A target's topology may be read from several sources; Overlay lays them
// over one another.
type Topology struct {
	Input  string
	Target string // name of the target; "" for definitions found in a tree
	Source Source
	At     *model.Origin

	VHosts    []VHost
	Exchanges []Exchange
	Queues    []Queue
	Bindings  []Binding
	Policies  []Policy
	// Seen tells for each vhost what was read whole, so that a missing name is absent and
	// not only unseen. A vhost that is not in it was not seen.
	Seen map[string]Seen
}

// InputID is the input that the topology was read from.
func (t *Topology) InputID() string { return t.Input }

// Source is where a topology comes from.
type Source uint8

// Sources, the one that wins last.
const (
	FromCode Source = iota + 1
	FromDefinitions
	FromLive
)

// Seen says what of a vhost was read whole; "" is yes, else the reason why not.
type Seen struct {
	Queues, Exchanges, Bindings, Policies string
}

// VHost is a virtual host.
type VHost struct {
	Name             string
	DefaultQueueType model.Known[string]
	Tracing          model.Known[bool]
	// Stopped lists nodes on which the vhost is not running.
	Stopped []string
	Limits  Args
	At      *model.Origin
}

// Exchange is an exchange.
type Exchange struct {
	Name
	Type       model.Known[string]
	Durable    model.Known[bool]
	AutoDelete model.Known[bool]
	Internal   model.Known[bool]
	Args       model.Known[Args]
	Policy     model.Known[string] // name of the policy in force
	At         *model.Origin
}

// Queue is a queue, quorum queue or stream.
type Queue struct {
	Name
	Type           model.Known[string] // classic, quorum, stream
	Durable        model.Known[bool]
	AutoDelete     model.Known[bool]
	Exclusive      model.Known[bool]
	Args           model.Known[Args]
	Policy         model.Known[string] // names of the policies in force; absent: none
	OperatorPolicy model.Known[string]
	// EffectivePolicy is both policies joined by the broker, without arguments; unknown
	// until the statistics have it.
	EffectivePolicy model.Known[Args]
	// DeliveryLimit is the broker's own answer (4.0 and newer); -1 is unlimited.
	DeliveryLimit model.Known[int64]
	Node          model.Known[string] // home or leader node
	Members       model.Known[[]string]
	Mirrors       model.Known[[]string]
	SyncedMirrors model.Known[[]string]
	At            *model.Origin
	// Open: more arguments may be set at run time (code that does not resolve).
	Open bool
}

// Binding routes from an exchange to a queue or exchange.
type Binding struct {
	VHost       string
	Source      string // "" is the default exchange
	Destination string
	ToExchange  bool
	Key         string
	Args        Args
	At          *model.Origin
}

// Policy is a user or operator policy.
type Policy struct {
	Name
	Operator   bool
	Pattern    string
	ApplyTo    string // queues, exchanges, all, classic_queues, quorum_queues, streams
	Priority   int64
	Definition Args
	At         *model.Origin
}
