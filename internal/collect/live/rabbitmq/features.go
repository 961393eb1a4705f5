package rabbitmq

import (
	"context"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

// Versions from which the API tells something (measured, and release notes).
var (
	sinceHealthChecks = model.Version{3, 8, 10}
	sinceDeprecated   = model.Version{3, 13, 0}
)

// before says that the broker is known to be older than v.
func (s *Session) before(v model.Version) bool {
	broker, ok := s.version.Get()
	return ok && broker.Less(v)
}

// tooOld is the problem of what an old version does not tell.
func (s *Session) tooOld(what string, since string) problem {
	return problem{what: what, kind: model.GapVersion, why: s.broker() + " does not tell (" + since + " and newer do)"}
}

type featureFlagAnswer struct {
	Name      field[string] `json:"name"`
	State     field[string] `json:"state"`
	Stability field[string] `json:"stability"`
}

// readFeatureFlags asks for what any user may see from 4.0 on; before, it takes an
// administrator.
func (l *look) readFeatureFlags(ctx context.Context) (err error) {
	a := ask{resource: "feature-flags", query: "columns=" + columnsOf[featureFlagAnswer]()}
	l.s.snapshot.FeatureFlags, err = all(ctx, l, a, func(_ *seen, f *featureFlagAnswer) (rabbitmq.FeatureFlag, bool) {
		return rabbitmq.FeatureFlag{Name: f.Name.v, State: f.State.v, Stability: f.Stability.v}, f.Name.state == given
	})
	if r, ok := asRefusal(err); ok && r.hidden() && !l.s.mayAdminister() {
		p := l.s.needsAdministrator("feature flags")
		l.add(p)
		l.s.snapshot.FeatureFlags = model.Unknown[[]rabbitmq.FeatureFlag](p.why, nil)
		return nil
	}
	return err
}

type deprecatedAnswer struct {
	Name  field[string] `json:"name"`
	State field[string] `json:"state"`
	Phase field[string] `json:"deprecation_phase"`
}

func (l *look) readDeprecated(ctx context.Context) (err error) {
	snap := &l.s.snapshot
	if l.s.before(sinceDeprecated) {
		p := l.s.tooOld("deprecated features", "3.13")
		l.add(p)
		snap.DeprecatedFeatures = model.Unknown[[]rabbitmq.DeprecatedFeature](p.why, nil)
		snap.DeprecatedInUse = model.Unknown[[]string](p.why, nil)
		return nil
	}
	snap.DeprecatedFeatures, err = all(ctx, l, ask{resource: "deprecated-features"},
		func(_ *seen, d *deprecatedAnswer) (rabbitmq.DeprecatedFeature, bool) {
			return rabbitmq.DeprecatedFeature{Name: d.Name.v, State: d.State.v, Phase: d.Phase.v}, d.Name.state == given
		})
	if err != nil {
		snap.DeprecatedInUse = model.Unknown[[]string](snap.DeprecatedFeatures.Why(), nil)
		return err
	}
	snap.DeprecatedInUse, err = all(ctx, l, ask{resource: "deprecated-features/used"},
		func(_ *seen, d *deprecatedAnswer) (string, bool) { return d.Name.v, d.Name.state == given })
	return err
}
