package model

import "strings"

// Scope is the part of an estate in which a name is unique: a target and, where the
// system has them, a vhost, database or region.
type Scope struct {
	Target string // TargetID; "" when it is not known which
	VHost  string // "" when the system has none or it is not known
}

// Ref names what a rule answers about.
type Ref struct {
	System string // rabbitmq, celery …; "" for a file or the estate as a whole
	Kind   string // queue, exchange, consumer, task, app, file, node …
	Scope  Scope
	Name   string
}

// String is the subject as shown where nothing is ambiguous.
func (r Ref) String() string { return r.Name }

// Key is a stable identity of r within one estate.
func (r Ref) Key() string {
	return strings.Join([]string{r.System, r.Kind, r.Scope.Target, r.Scope.VHost, r.Name}, "\x00")
}

// File is the Ref of a file or one of its parts.
func File(path string) Ref { return Ref{Kind: "file", Name: path} }
