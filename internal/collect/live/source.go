package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"qaudit/internal/collect"
	"qaudit/internal/model"
	"qaudit/internal/target"
)

// Source reads one target as an audit does: one look, and after a while another.
type Source struct {
	Driver  Driver
	Target  *target.Target
	Options Options
	Sample  time.Duration // between the two looks; 0: one look
	// Wait waits between the looks; false when the person asked not to. nil waits.
	Wait func(ctx context.Context, d time.Duration) bool
}

// Collect reads the target. It never fails as a whole: a target that cannot be read is a
// result with a gap.
func (s Source) Collect(ctx context.Context) collect.Result {
	o := s.Options.WithDefaults()
	session, err := s.Driver.Open(ctx, s.Target, o)
	if err != nil {
		return s.failed(collect.Result{}, err)
	}
	defer session.Close()
	if err := session.Look(ctx, Full); err != nil {
		return s.failed(session.Result(), err)
	}
	if s.Sample <= 0 {
		return session.Result()
	}
	o.Say(fmt.Sprintf("%s: %s; second look in %s", s.Target.ID(), session.Brief(), short(s.Sample)))
	if !s.wait(ctx) {
		return session.Result()
	}
	if err := session.Look(ctx, Volatile); err != nil {
		return s.failed(session.Result(), err)
	}
	return session.Result()
}

// short is a duration without its zero units: 15s, 1m30s, 5m.
func short(d time.Duration) string {
	text := d.Round(time.Second).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if n := len(text) - len(zero); n > 0 && text[n:] == zero {
			text = text[:n+1]
		}
	}
	return text
}

func (s Source) wait(ctx context.Context) bool {
	if s.Wait != nil {
		return s.Wait(ctx, s.Sample)
	}
	timer := time.NewTimer(s.Sample)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// failed adds the failure to what was read before it.
func (s Source) failed(r collect.Result, err error) collect.Result {
	f := (*Failure)(nil)
	if !errors.As(err, &f) {
		f = &Failure{Attempt: "cannot read " + s.Target.Shown, Came: err.Error(), Kind: model.GapUnreadable}
	}
	if r.Input.ID == "" {
		id := s.Target.ID()
		r.Input = model.Input{ID: id, Kind: model.InputLive, Name: id, System: s.Target.System.Title()}
		r.Notes = slices.Clone(s.Target.Notes)
	}
	r.Gaps = append(r.Gaps, f.Gap(r.Input.ID, r.Input.System))
	return r
}
