package celery

import (
	"strconv"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/config"
	"qaudit/internal/model/rabbitmq"
)

// HardLimit is how long the task runs at most: its own time limit, else that of the
// settings or of the worker's command line; without any it has no end.
func (t *Task) HardLimit() model.Span {
	return t.limit("time_limit", "--time-limit", "the time limit of ")
}

// SoftLimit is after what time the task is told to end; it can go on.
func (t *Task) SoftLimit() model.Span {
	return t.limit("soft_time_limit", "--soft-time-limit", "the soft time limit of ")
}

func (t *Task) limit(option, flag, what string) model.Span {
	what += t.Name
	k := t.Number(option)
	f, ok := k.Get()
	switch {
	case ok && f > 0:
		return model.Exactly(Seconds(f), what, k.Origin())
	case k.Unknown():
		return model.Span{Hi: model.Forever, What: what}
	}
	switch c := t.App.Flag(flag); {
	case c.Present():
		return model.Exactly(Seconds(c.Or(0)), what, c.Origin())
	case c.Unknown():
		return model.Span{Hi: model.Forever, What: what}
	}
	return model.Unlimited(what, k.Origin())
}

// Flag is a number that every worker command of the app is given: absent when none is,
// unknown when some are.
func (a *App) Flag(name string) model.Known[float64] {
	workers := a.Consumers()
	var found model.Known[float64]
	given := 0
	for _, w := range workers {
		text, ok := w.Options[name]
		if !ok {
			continue
		}
		given++
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return model.Unknown[float64](name+" of worker "+w.Workload+" is no number", w.At)
		}
		if !found.Present() || f > found.Or(0) {
			found = model.Present(f, w.At)
		}
	}
	switch {
	case given == 0:
		return model.Absent[float64](a.At)
	case given < len(workers):
		return model.Unknown[float64]("only some workers are given "+name, found.Origin())
	}
	return found
}

// Runs is how long one run of the task takes: at least its longest sleep, at most its
// time limit.
func (t *Task) Runs() model.Span {
	s := model.Span{Hi: model.Forever, What: "a run of " + t.Name}
	if hard := t.HardLimit(); hard.Lo != model.Forever && hard.HiFrom != nil {
		s.Hi, s.HiFrom = hard.Hi, hard.HiFrom
	}
	if t.Body == nil {
		return s
	}
	for _, x := range t.Body.Sleeps {
		if d, ok := x.D.Get(); ok && d > s.Lo && d <= s.Hi {
			s.Lo, s.LoFrom = d, x.At
		}
	}
	return s
}

// Allowed is the time that the task is given to run: its limit, as a duration that is
// taken for real because the author allows it.
func (t *Task) Allowed() (model.Span, bool) {
	hard := t.HardLimit()
	if hard.LoFrom == nil || hard.Lo == model.Forever {
		hard = t.SoftLimit()
	}
	if hard.LoFrom == nil || hard.Lo == model.Forever {
		return model.Span{}, false
	}
	hard.Possible = "the task is allowed to run that long; how long its runs take was not seen"
	return hard, true
}

// The default consumer timeouts of RabbitMQ: rabbitmq-server's rabbit.schema and release
// notes of 3.8.15 and 3.8.17; measured on 3.10.8, 4.0.5 and 4.3.6.
const (
	timeoutDefault = 30 * time.Minute
	timeoutFirst   = 15 * time.Minute
)

var (
	noTimeoutBefore = model.Version{3, 8, 15}
	longerFrom      = model.Version{3, 8, 17}
	perQueueFrom    = model.Version{3, 12, 0}
	quorumOnlyFrom  = model.Version{4, 3, 0}
)

// ConsumerTimeout is how long RabbitMQ lets a consumer of the queue hold a message before
// it takes it back: what live consumers have, else argument or policy of the queue, else
// the broker's configuration, else the default of its version.
func (a *App) ConsumerTimeout(queue string, e *model.Estate) model.Span {
	what := "the consumer timeout of " + queue
	q := a.Queue(queue)
	version := a.BrokerVersion()
	v, known := version.Get()
	if known {
		switch {
		case v.Less(noTimeoutBefore):
			return model.Unlimited(what, version.Origin())
		case !v.Less(quorumOnlyFrom):
			quorum := model.Absent[string](nil)
			if q != nil {
				quorum = q.Type()
			}
			if t, ok := quorum.Get(); ok && t != "quorum" {
				return model.Unlimited(what, version.Origin())
			} else if !ok {
				return model.Span{Hi: model.Forever, What: what}
			}
		}
	}
	if s, ok := liveTimeout(q, what); ok {
		return s
	}
	if q != nil && (!known || !v.Less(perQueueFrom)) {
		if ms := q.Int("consumer-timeout"); ms.Present() {
			return model.Exactly(time.Duration(ms.Or(0))*time.Millisecond, what, ms.Origin())
		}
	}
	if ms := configured(e); ms.Present() {
		return model.Exactly(time.Duration(ms.Or(0))*time.Millisecond, what, ms.Origin())
	} else if ms.Unknown() {
		return model.Span{Hi: model.Forever, What: what}
	}
	switch {
	case !known:
		o := assumed(a.At, "the version of RabbitMQ is not known: the default of 3.8.17 to 4.2 is assumed")
		return model.Exactly(timeoutDefault, what, o)
	case v.Less(longerFrom):
		return model.Exactly(timeoutFirst, what, version.Origin())
	}
	o := version.Origin()
	if o == nil {
		o = a.At
	}
	return model.Exactly(timeoutDefault, what, o)
}

// liveTimeout is the shortest timeout of the live consumers of the queue.
func liveTimeout(q *rabbitmq.QueueView, what string) (s model.Span, ok bool) {
	if q == nil {
		return s, false
	}
	for _, c := range q.LiveConsumers().Or(nil) {
		d, known := c.Timeout.Get()
		if known && (!ok || d < s.Hi) {
			s, ok = model.Exactly(d, what, c.Timeout.Origin()), true
		}
	}
	return s, ok
}

// configured is consumer_timeout of the one rabbitmq.conf of the estate, in ms; absent
// when none sets it.
func configured(e *model.Estate) model.Known[int64] {
	out := model.Absent[int64](nil)
	for _, f := range model.All[*config.Files](e) {
		for i := range f.Files {
			file := &f.Files[i]
			if file.Format != config.RabbitMQConf || file.Role != code.Application {
				continue
			}
			s, ok := file.Last("consumer_timeout")
			if !ok {
				continue
			}
			n, err := strconv.ParseInt(s.Value, 10, 64)
			if err != nil || out.Present() && out.Or(0) != n {
				return model.Unknown[int64]("consumer_timeout of the files is not one number", s.At)
			}
			out = model.Present(n, s.At)
		}
	}
	return out
}
