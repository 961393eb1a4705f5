package model

import (
	"reflect"
	"sync"
	"time"
)

// Input is one thing that was read: a source tree, a running system, a recording.
type Input struct {
	ID        string // stable within a report: the name given, or the path or URL shown
	Kind      InputKind
	Name      string // as shown to people
	System    string
	Version   string
	Summary   string // "1 node, 9 queues"
	Prefix    string // of a source tree: what shown paths start with
	Files     int    // files seen
	FilesRead int    // files about queues
	Bytes     int64  // bytes read from disk or network
	Requests  int
	Recorded  time.Time // for snapshots: when the last look was taken
	Languages []string
}

// InputKind is the kind of an Input.
type InputKind string

// The kinds of inputs.
const (
	InputSource   InputKind = "source"
	InputLive     InputKind = "live"
	InputSnapshot InputKind = "snapshot"
)

// Part is a piece of an estate: a system's snapshot, the facts of a source tree, the
// settings of its files, a declared topology.
type Part interface {
	// InputID is the id of the input that the part was read from.
	InputID() string
}

// Estate is everything that was seen, joined by name. It is immutable.
type Estate struct {
	Inputs   []Input
	Gaps     []Gap
	Now      time.Time // time of the run; a snapshot's own time is in its looks
	Complete bool      // the paths named hold all code that uses the targets

	parts []Part
	mu    sync.Mutex
	views map[reflect.Type]any
}

// NewEstate joins parts to an estate.
func NewEstate(now time.Time, inputs []Input, gaps []Gap, complete bool, parts ...Part) *Estate {
	return &Estate{Inputs: inputs, Gaps: gaps, Now: now, Complete: complete, parts: parts,
		views: map[reflect.Type]any{}}
}

// All returns the parts of type P, in the order of the inputs.
func All[P Part](e *Estate) []P {
	var out []P
	for _, p := range e.parts {
		if t, ok := p.(P); ok {
			out = append(out, t)
		}
	}
	return out
}

// View returns a value derived from the whole estate, computed once: the overlay of a
// system's topologies, say. V identifies it, so give each view a type of its own. make
// must not ask for the same view again; it may ask for others.
func View[V any](e *Estate, make func(*Estate) V) V {
	key := reflect.TypeFor[V]()
	e.mu.Lock()
	if v, ok := e.views[key]; ok {
		e.mu.Unlock()
		return v.(V)
	}
	e.mu.Unlock()
	v := make(e)
	e.mu.Lock()
	defer e.mu.Unlock()
	if old, ok := e.views[key]; ok {
		return old.(V)
	}
	e.views[key] = v
	return v
}

// Input returns the input with this id, or nil.
func (e *Estate) Input(id string) *Input {
	for i := range e.Inputs {
		if e.Inputs[i].ID == id {
			return &e.Inputs[i]
		}
	}
	return nil
}
