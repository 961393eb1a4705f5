package rabbitmq

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/target"
)

// problem is why a part was not read. Parts that failed for the same reason become one
// gap; the reason is also the Why of the values that it leaves unknown.
type problem struct {
	what       string
	kind       model.GapKind
	why, needs string
	incomplete bool
}

// explain tells why a part of the API was not read. The request that failed is one that
// the published read-only user may make.
func (s *Session) explain(what string, err error) problem {
	p := problem{what: what, kind: model.GapUnreadable, incomplete: true}
	r, refused := asRefusal(err)
	switch {
	case refused && r.statsOff():
		p.kind, p.why, p.incomplete = model.GapUnsupported, statsOff, false
	case refused && r.hidden():
		p.kind, p.why = model.GapPermission, fmt.Sprintf("hidden from %q: %s", s.target.Login.User, r.Error())
		p.needs = "a read-only user that may see it: qaudit explain rabbitmq"
	case refused && r.absent():
		p.kind, p.why, p.incomplete = model.GapVersion, s.broker()+" does not tell", false
	case refused:
		p.why = r.Error()
	case errors.Is(err, errNotJSON), errors.Is(err, errNotList), errors.Is(err, errHTML), errors.Is(err, errItemTooLong):
		p.why = err.Error()
	default:
		s.explainTransport(&p, err)
	}
	return p
}

func (s *Session) explainTransport(p *problem, err error) {
	e := target.Explain(err)
	p.why, p.needs = e.Words, e.Hint
	switch e.Reason {
	case target.Late:
		p.kind, p.why, p.needs = model.GapTimeout, s.late(), "more time: --timeout"
	case target.Stopped:
		p.kind = model.GapTimeout
	case target.Refused, target.NoHost, target.Elsewhere, target.Untrusted, target.NotHTTP:
		p.kind = model.GapUnreachable
	}
}

// statsOff is why counters are unknown where the broker keeps no statistics.
const statsOff = "statistics are switched off on the broker"

// broker is "RabbitMQ 3.10.8", as far as it is known.
func (s *Session) broker() string {
	if v, ok := s.version.Get(); ok {
		return "RabbitMQ " + v.String()
	}
	return "this RabbitMQ"
}

// gaps joins problems with one reason and gives them the form of a report: first what
// makes a run incomplete.
func gaps(input string, all []problem) []model.Gap {
	slices.SortStableFunc(all, func(a, b problem) int { return strings.Compare(a.what, b.what) })
	var out []model.Gap
	at := map[problem]int{}
	for _, p := range all {
		key := p
		key.what = ""
		i, ok := at[key]
		if !ok {
			at[key] = len(out)
			out = append(out, model.Gap{Input: input, Kind: p.kind, What: p.what, Why: p.why, Needs: p.needs, Incomplete: p.incomplete})
			continue
		}
		if !strings.Contains(", "+out[i].What+", ", ", "+p.what+", ") {
			out[i].What += ", " + p.what
		}
	}
	slices.SortStableFunc(out, func(a, b model.Gap) int {
		switch {
		case a.Incomplete && !b.Incomplete:
			return -1
		case b.Incomplete && !a.Incomplete:
			return 1
		}
		return 0
	})
	return out
}
