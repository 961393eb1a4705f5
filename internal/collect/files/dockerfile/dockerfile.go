// Package dockerfile reads Dockerfiles: their stages, variables and commands.
package dockerfile

import (
	"strings"

	"qaudit/internal/collect/files/place"
)

// File is a Dockerfile.
type File struct {
	Path   string
	Args   []Var // ARG before the first FROM
	Stages []Stage
}

// Stage is what one FROM starts.
type Stage struct {
	Name  string // AS name, or ""
	Image string // as written: an image, or the name of an earlier stage
	Span  place.Span

	Env        []Var
	Args       []Var
	Cmd        Command
	Entrypoint Command
	StopSignal Text
	Shell      []string // of SHELL, nil when it is the default
	User       Text
	Volumes    []Text
	Health     bool
}

// Text is the operand of an instruction. Set tells whether there is one.
type Text struct {
	Value string
	Set   bool
	Span  place.Span
}

// Var is a variable of ENV or ARG; an ARG may have no value.
type Var struct {
	Name, Value string
	HasValue    bool
	Raw         bool // in single quotes, where a "$" starts no variable
	Span        place.Span
}

// Command is a CMD or ENTRYPOINT.
type Command struct {
	Set   bool
	List  bool     // exec form
	Words []string // exec form
	// Script is the shell form. It is as long as its source: offsets in it are offsets
	// from Start in the file.
	Script string
	Start  int
	Span   place.Span
}

// Final returns the stage that an image is built from, with what it inherits from earlier
// stages: the one named target, else the last. Image is then the image at the root.
func (f *File) Final(target string) (Stage, bool) {
	at := len(f.Stages) - 1
	if target != "" {
		at = f.named(target, len(f.Stages))
	}
	if at < 0 {
		return Stage{}, false
	}
	s := f.Stages[at]
	for {
		// A stage is built on an earlier one only, so this ends.
		base := f.named(s.Image, at)
		if base < 0 {
			return s, true
		}
		s.over(f.Stages[base])
		at = base
	}
}

// named is the index of the last stage before end with this name, or -1.
func (f *File) named(name string, end int) int {
	for i := end - 1; i >= 0; i-- {
		if f.Stages[i].Name != "" && strings.EqualFold(f.Stages[i].Name, name) {
			return i
		}
	}
	return -1
}

// over fills what the stage leaves open from the one that it is built on. An ENTRYPOINT of
// its own clears a CMD that it would inherit.
func (s *Stage) over(base Stage) {
	s.Image = base.Image
	if !s.Cmd.Set && !s.Entrypoint.Set {
		s.Cmd = base.Cmd
	}
	if !s.Entrypoint.Set {
		s.Entrypoint = base.Entrypoint
	}
	if !s.StopSignal.Set {
		s.StopSignal = base.StopSignal
	}
	if !s.User.Set {
		s.User = base.User
	}
	if s.Shell == nil {
		s.Shell = base.Shell
	}
	s.Env = append(append([]Var{}, base.Env...), s.Env...)
	s.Volumes = append(append([]Text{}, base.Volumes...), s.Volumes...)
	s.Health = s.Health || base.Health
}
