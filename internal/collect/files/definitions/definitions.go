// Package definitions reads a definitions file: what `rabbitmqctl export_definitions` and
// the management API write, and what RabbitMQ loads at boot.
package definitions

import (
	"qaudit/internal/collect/files/jsontree"
	"qaudit/internal/collect/files/place"
)

// File is a definitions file. No password and no password hash is kept.
type File struct {
	Path    string
	Version string // of the RabbitMQ that wrote it, "" when it does not say
	// VHost is the vhost of a file that describes one only, whose objects name none; ""
	// when the file is of a whole cluster or does not say.
	VHost string
	// Sections are the keys of the file that were read to their end.
	Sections map[string]bool

	Users            []User
	VHosts           []VHost
	Permissions      []Permission
	Policies         []Policy // operator policies too
	Queues           []Queue
	Exchanges        []Exchange
	Bindings         []Binding
	Parameters       []Parameter
	GlobalParameters []Parameter
}

// Object is where an object stands.
type Object struct {
	Span    place.Span
	Excerpt string // secrets masked
}

// Where returns the object's place.
func (o Object) Where() Object { return o }

// Arg is an argument, or a key of a policy's definition or a parameter's value. Secrets in
// a parameter's value are masked.
type Arg struct {
	Key   string
	Value jsontree.Value
	Span  place.Span
}

// User is a user.
type User struct {
	Object
	Name    string
	Tags    []string
	Hashing string // hashing_algorithm, "" when it is not said
	// Plain: a readable password stands in the file.
	Plain bool
	// Hashed: a password hash stands in the file. Neither: the user cannot log in with a
	// password.
	Hashed bool
	// Default: the password, readable or hashed, is "guest".
	Default bool
}

// VHost is a virtual host.
type VHost struct {
	Object
	Name             string
	DefaultQueueType string // "" when none is set
}

// Permission is what a user may do in a vhost; Topic is the exchange of a topic permission.
type Permission struct {
	Object
	User, VHost, Topic     string
	IsTopic                bool
	Configure, Write, Read string
}

// Policy is a user or operator policy.
type Policy struct {
	Object
	VHost, Name, Pattern, ApplyTo string
	Operator                      bool
	Priority                      int64
	Definition                    []Arg
}

// Flag is a truth value that may not be there.
type Flag struct{ Set, Value bool }

// Queue is a queue.
type Queue struct {
	Object
	VHost, Name, Type   string // Type "" when the file does not say
	Durable, AutoDelete Flag
	Args                []Arg
}

// Exchange is an exchange.
type Exchange struct {
	Object
	VHost, Name, Type             string
	Durable, AutoDelete, Internal Flag
	Args                          []Arg
}

// Binding is a binding.
type Binding struct {
	Object
	VHost, Source, Destination, Key string
	ToExchange                      bool
	Args                            []Arg
}

// Parameter is a runtime parameter: a shovel, a federation upstream, limits of a vhost.
// VHost and Component are "" for global ones.
type Parameter struct {
	Object
	VHost, Component, Name string
	Value                  []Arg // of a value that is an object
}

// Recognised reports whether the file is one of definitions at all: others use the name.
func (f *File) Recognised() bool {
	if f.Version != "" {
		return true
	}
	for _, s := range []string{"queues", "exchanges", "bindings", "vhosts", "policies", "permissions"} {
		if f.Sections[s] {
			return true
		}
	}
	return false
}
