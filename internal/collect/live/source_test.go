package live

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"qaudit/internal/collect"
	"qaudit/internal/model"
	"qaudit/internal/target"
)

// scripted is a driver whose looks fail as told.
type scripted struct {
	open   error
	looks  []error
	took   []Depth
	isOpen bool
}

func (s *scripted) Open(context.Context, *target.Target, Options) (Session, error) {
	if s.open != nil {
		return nil, s.open
	}
	s.isOpen = true
	return s, nil
}

func (s *scripted) Look(_ context.Context, d Depth) error {
	s.took = append(s.took, d)
	return s.looks[len(s.took)-1]
}

func (s *scripted) Brief() string { return "9 queues" }

func (s *scripted) Result() collect.Result {
	return collect.Result{Input: model.Input{ID: "in", System: "RabbitMQ", Summary: fmt.Sprint(len(s.took), " looks")}}
}

func (s *scripted) Close() { s.isOpen = false }

func TestSourceCollect(t *testing.T) {
	failure := &Failure{Attempt: "cannot reach x", Came: "connection refused", Advice: "start it", Kind: model.GapUnreachable}
	gap := func(input string) []model.Gap {
		return []model.Gap{{Input: input, Kind: model.GapUnreachable, What: "RabbitMQ", Why: "cannot reach x: connection refused", Needs: "start it", Incomplete: true}}
	}
	for _, c := range []struct {
		name   string
		driver scripted
		sample time.Duration
		waits  bool
		took   []Depth
		gaps   []model.Gap
		said   []string
	}{
		{"two looks", scripted{looks: []error{nil, nil}}, 90 * time.Second, true, []Depth{Full, Volatile}, nil, []string{"http://h: 9 queues; second look in 1m30s"}},
		{"one look", scripted{looks: []error{nil}}, 0, true, []Depth{Full}, nil, nil},
		{"wait ended by the person", scripted{looks: []error{nil}}, 15 * time.Second, false, []Depth{Full}, nil, []string{"http://h: 9 queues; second look in 15s"}},
		{"cannot open", scripted{open: failure}, time.Hour, true, nil, gap("http://h"), nil},
		{"first look fails", scripted{looks: []error{failure}}, time.Hour, true, []Depth{Full}, gap("in"), nil},
		{"second look fails", scripted{looks: []error{nil, failure}}, time.Hour, true, []Depth{Full, Volatile}, gap("in"), []string{"http://h: 9 queues; second look in 1h"}},
		{"another error", scripted{open: errors.New("odd")}, 0, true, nil, []model.Gap{{Input: "http://h", Kind: model.GapUnreadable, What: "RabbitMQ",
			Why: "cannot read http://h: odd", Incomplete: true}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := target.Parse("http://h")
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			r := Source{Driver: &c.driver, Target: x, Sample: c.sample, Options: Options{Say: func(s string) { said = append(said, s) }},
				Wait: func(context.Context, time.Duration) bool { return c.waits }}.Collect(t.Context())
			if diff := cmp.Diff(c.took, c.driver.took); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.gaps, r.Gaps); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.said, said); diff != "" {
				t.Error(diff)
			}
			if c.driver.isOpen {
				t.Error("the session is still open")
			}
			if r.Input.System != "RabbitMQ" {
				t.Errorf("input %+v", r.Input)
			}
		})
	}
}

func TestFailureHasThreeParts(t *testing.T) {
	f := &Failure{Attempt: "cannot reach x", Came: "connection refused", Advice: "start it", Err: context.Canceled}
	if f.Error() != "cannot reach x: connection refused\n  start it" || !errors.Is(f, context.Canceled) {
		t.Errorf("%q", f)
	}
}
