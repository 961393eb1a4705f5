package rabbitmq

import (
	"cmp"
	"net/http"
	"time"

	"qaudit/internal/model"
)

// seen makes values of one answer. They share an origin, and the reasons why some of them
// are unknown.
type seen struct {
	*model.From
	noKey, isNull, isOdd, noCounter model.Known[struct{}]
}

// newSeen is a maker for what a request answered. counters says why counters that are not
// there are unknown; "" when not being there means that nothing happened. thin says why the
// answer has less in it than usual; "" when it has all.
func newSeen(input, path string, at time.Time, counters, thin string) *seen {
	o := &model.Origin{Kind: model.FromLive, Input: input, Via: http.MethodGet + " /api/" + path, At: at}
	s := &seen{From: model.NewFrom(o)}
	s.noKey = model.Unknown[struct{}](cmp.Or(thin, "the broker's answer leaves it out"), o)
	s.isNull = model.Unknown[struct{}]("the broker answers null", o)
	s.isOdd = model.Unknown[struct{}]("the broker's answer cannot be read", o)
	s.noCounter = model.None[struct{}](s.From)
	if counters != "" {
		s.noCounter = model.Unknown[struct{}](counters, o)
	}
	return s
}

// as gives an unknown or absent value another type; nothing is allocated.
func as[T any](k model.Known[struct{}]) model.Known[T] {
	return model.Map(k, func(struct{}) (zero T) { return zero })
}

// know reads a key whose null means nothing.
func know[T any](s *seen, f field[T]) model.Known[T] {
	switch f.state {
	case given:
		return model.Here(s.From, f.v)
	case null:
		return as[T](s.isNull)
	case wrong:
		return as[T](s.isOdd)
	}
	return as[T](s.noKey)
}

// orNone reads a key that is null when there is no such thing.
func orNone[T any](s *seen, f field[T]) model.Known[T] {
	if f.state == null {
		return model.None[T](s.From)
	}
	return know(s, f)
}

// leftOut reads a key that is left out when there is no such thing.
func leftOut[T any](s *seen, f field[T]) model.Known[T] {
	if f.state == missing {
		return model.None[T](s.From)
	}
	return orNone(s, f)
}

// told reads a gauge in which the broker writes a number below floor where it does not
// know.
func told(s *seen, f field[int64], floor int64) model.Known[int64] {
	if n, ok := f.get(); ok && n < floor {
		return model.Unknown[int64]("the node does not tell", s.Origin())
	}
	return know(s, f)
}

// span reads a duration in units.
func span(s *seen, f field[int64], unit time.Duration) model.Known[time.Duration] {
	k := know(s, f)
	if n, ok := k.Get(); ok && (n < 0 || n > int64(model.Forever/unit)) {
		return as[time.Duration](s.isOdd)
	}
	return model.Map(k, func(n int64) time.Duration { return time.Duration(n) * unit })
}

// Forms of a time in answers: since 3.8, and before.
var timeForms = []string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02 15:4:5"}

// moment reads a time written as text.
func moment(s *seen, f field[string]) model.Known[time.Time] {
	k := know(s, f)
	text, ok := k.Get()
	if !ok {
		return model.Map(k, func(string) time.Time { return time.Time{} })
	}
	for _, form := range timeForms {
		if t, err := time.Parse(form, text); err == nil {
			return model.Here(s.From, t.UTC())
		}
	}
	return as[time.Time](s.isOdd)
}

// version reads a version.
func version(s *seen, f field[string]) model.Known[model.Version] {
	k := know(s, f)
	text, ok := k.Get()
	if !ok {
		return model.Map(k, func(string) model.Version { return model.Version{} })
	}
	if v, ok := model.ParseVersion(text); ok {
		return model.Here(s.From, v)
	}
	return as[model.Version](s.isOdd)
}
