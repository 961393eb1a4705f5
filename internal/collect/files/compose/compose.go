// Package compose reads compose files. Files that override one another stay separate, and
// variables stay as written.
package compose

import (
	"qaudit/internal/collect/files/place"
)

// File is one compose file.
type File struct {
	Path     string
	Services []Service
}

// Service is a service as one file defines it, with what it extends in the same file.
type Service struct {
	Name string
	Span place.Span

	Image      Text
	Build      Text // the context, "." for a build that names none
	Dockerfile Text
	Target     Text // the stage that is built
	Entrypoint Args
	Command    Args
	Env        []Var
	EnvFiles   []Text
	Ports      []Port
	Volumes    []Volume

	Hostname      Text
	Restart       Text
	RestartPolicy Text // the condition of deploy.restart_policy, "any" when it names none
	Replicas      Text // deploy.replicas, or scale
	Memory        Text // deploy.resources.limits.memory, or mem_limit
	StopGrace     Text
	StopSignal    Text
	Health        bool // a healthcheck that is not disabled
	Profiles      []string

	// Partial says why other files hold more of the service: "" when this one has it all
	// as far as it can tell.
	Partial string

	extends string // service of the same file
}

// Text is a scalar. Set tells an empty one from one that is not there.
type Text struct {
	Value string
	Set   bool
	Span  place.Span // from its key, where it has one
}

// Args is a command or entrypoint: a string, which compose cuts into words itself, or a
// list of words. A null or empty one clears what the image has.
type Args struct {
	Set   bool
	List  bool
	Text  string   // string form
	Words []string // list form
	Span  place.Span
}

// Var is a variable of the environment; without a value it is passed through from outside.
type Var struct {
	Name, Value string
	HasValue    bool
	Span        place.Span
}

// Port is a published port. Published is "" when the engine picks one; both may be ranges.
type Port struct {
	Host, Published, Target, Protocol string
	Span                              place.Span
}

// Volume is a mount. Type is volume, bind, tmpfs … or "" when the short form leaves it to
// the source; Source is "" for an anonymous volume.
type Volume struct {
	Type, Source, Target string
	ReadOnly             bool
	Span                 place.Span
}
