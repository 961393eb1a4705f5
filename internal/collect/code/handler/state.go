package handler

import (
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// maxSettled is how many settlements of one path are told apart; two are already wrong.
const maxSettled = 3

// state is what matters of a path so far. It is comparable: equal states are one.
type state struct {
	settled                          [maxSettled]int16 // indexes of settlements
	n                                uint8
	caught                           code.CaughtKind
	worked, finally, guarded, stored bool
	tainted, implicit, escapes, null bool
	early, republished, caughtAt     *model.Origin
	raised                           string // last part of the type raised, "" when unknown
}

// exitKey makes two ways out one.
type exitKey struct {
	kind code.ExitKind
	st   state
}

// set is distinct states in the order in which they were met, each with the place where
// it left (a return, a raise, a failing call).
type set struct {
	order []state
	at    map[state]*model.Origin
}

func newSet(states ...state) *set {
	s := &set{at: map[state]*model.Origin{}}
	for _, st := range states {
		s.put(st, nil)
	}
	return s
}

func (s *set) put(st state, at *model.Origin) bool {
	if _, ok := s.at[st]; ok {
		return false
	}
	s.at[st] = at
	s.order = append(s.order, st)
	return true
}

// add puts all states of the others; it reports whether any was new.
func (s *set) add(others ...*set) bool {
	grown := false
	for _, o := range others {
		if o == nil {
			continue
		}
		for _, st := range o.order {
			if s.put(st, o.at[st]) {
				grown = true
			}
		}
	}
	return grown
}

// with is a new set of all states.
func (s *set) with(others ...*set) *set {
	out := newSet()
	out.add(s)
	out.add(others...)
	return out
}

func (s *set) empty() bool { return len(s.order) == 0 }

// each is a new set with f applied to every state; the places stay unless at is given.
func (s *set) each(at *model.Origin, f func(state) state) *set {
	out := newSet()
	for _, st := range s.order {
		a := s.at[st]
		if at != nil {
			a = at
		}
		out.put(f(st), a)
	}
	return out
}
