package celery

import (
	"regexp"
	"slices"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// Outside is the first thing that the task does outside its process; nil when nothing of
// the kind was seen.
func (t *Task) Outside() *code.Work { return t.work(func(string) bool { return true }) }

// reads are the last names of calls that fetch and change nothing.
var reads = []string{"get", "first", "last", "all", "filter", "exclude", "exists", "count", "values", "values_list", "list",
	"listdir", "walk", "stat", "head", "options", "fetchone", "fetchall", "find", "find_one", "scalar", "search", "urlopen",
	"get_many", "keys", "exists", "download_file", "read", "query", "open"}

// Changes is the first thing that the task changes outside its process: what is lost when
// it does not run. nil when it was not seen to change anything.
func (t *Task) Changes() *code.Work {
	return t.work(func(last string) bool { return !slices.Contains(reads, last) })
}

func (t *Task) work(is func(last string) bool) *code.Work {
	if t.Body == nil {
		return nil
	}
	for i, w := range t.Body.Work {
		if w.Known && is(w.What[strings.LastIndexByte(w.What, '.')+1:]) {
			return &t.Body.Work[i]
		}
	}
	return nil
}

// lossy are names of tasks whose loss is made good by the next one of the kind.
var lossy = regexp.MustCompile(`(?i)(^|[._])(metrics?|stats|statistics|telemetry|analytics|heartbeats?|ping|track(ing)?|health_?check)([._]|$)`)

// Lossy says why a lost run of the task is made good by a later one; "" when it is not.
func (t *Task) Lossy() string {
	switch {
	case lossy.MatchString(t.Name):
		return "its name says that it measures"
	case t.periodic() && !t.called():
		return "the schedule starts it again"
	}
	return ""
}

func (t *Task) periodic() bool {
	return slices.ContainsFunc(t.App.Periodic, func(p *code.CeleryPeriodic) bool { return p.Task == t.Name })
}

func (t *Task) called() bool {
	return slices.ContainsFunc(t.App.Calls, func(c *code.CeleryCall) bool { return c.Task == t.Name })
}

// CallsOf are the calls that send the task.
func (t *Task) CallsOf() []*code.CeleryCall {
	var out []*code.CeleryCall
	for _, c := range t.App.Calls {
		if c.Task == t.Name {
			out = append(out, c)
		}
	}
	return out
}

// Retries says that the task is retried: it calls retry, or is retried for some errors.
func (t *Task) Retries() bool {
	if t.Body != nil && len(t.Body.Retries) > 0 {
		return true
	}
	return len(t.RetriedFor()) > 0
}

// RetriedFor are the error types of autoretry_for.
func (t *Task) RetriedFor() []code.Value {
	k, _ := t.Option("autoretry_for")
	v, ok := k.Get()
	switch {
	case !ok:
		return nil
	case v.Kind == code.List:
		return v.Items
	case v.Kind == code.Symbol:
		return []code.Value{v}
	}
	return nil
}

// threadless are the pools that run tasks in the worker's own process.
var threadless = []string{"solo", "threads", "gevent", "eventlet"}

// Childless says that all workers of the app run a pool without child processes, and
// which; "" when one has them, or no worker was seen.
func (a *App) Childless() string {
	pool := ""
	workers := a.Consumers()
	for _, w := range workers {
		if !slices.Contains(threadless, w.Pool) {
			return ""
		}
		pool = w.Pool
	}
	if len(workers) == 0 {
		if p, ok := a.Text("worker_pool").Get(); ok && slices.Contains(threadless, p) {
			return p
		}
	}
	return pool
}

// SchedulerLocks says why beat may run more than once: its scheduler takes a lock.
func (w *Worker) SchedulerLocks() string {
	names := []string{w.Options["--scheduler"]}
	if w.App != nil {
		if s, ok := w.App.Text("beat_scheduler").Get(); ok {
			names = append(names, s)
		}
	}
	for _, n := range names {
		if strings.Contains(strings.ToLower(n), "redbeat") {
			return "the scheduler " + n + " takes a lock"
		}
	}
	return ""
}

// Reads are the queues that the worker consumes; unknown when they cannot be told.
func (w *Worker) Reads() model.Known[[]string] {
	if len(w.Queues) > 0 {
		return model.Present(w.Queues, w.At)
	}
	if w.Options["--queues"] != "" {
		return model.Unknown[[]string]("its -Q could not be read", w.At)
	}
	if w.Options["--exclude-queues"] != "" {
		return model.Unknown[[]string]("it leaves queues out", w.At)
	}
	if w.App == nil {
		return model.Unknown[[]string]("its app was not found", w.At)
	}
	return w.App.Declares()
}

// Declares are the queues that a worker without -Q reads: those of task_queues, else the
// default queue.
func (a *App) Declares() model.Known[[]string] {
	k := a.Setting("task_queues")
	var out []string
	for _, q := range a.Queues {
		name, ok := q.Name.Get()
		if !ok {
			return model.Unknown[[]string]("the name of a queue of task_queues could not be read", q.At)
		}
		if q.Default {
			continue
		}
		out = append(out, name)
	}
	v, set := k.Get()
	switch {
	case k.Unknown():
		return model.Unknown[[]string](k.Why(), k.Origin())
	case set && v.Kind != code.Nil && (v.Open || len(out) == 0):
		return model.Unknown[[]string]("task_queues could not be read", k.Origin())
	case set && v.Kind != code.Nil:
		return model.Present(out, k.Origin())
	}
	return model.Map(a.DefaultQueue(), func(s string) []string { return []string{s} })
}

// DeclaredQuorum is a queue that the app itself declares as a quorum queue, which is what
// its workers look at; "" when it declares none.
func (a *App) DeclaredQuorum() (queue string, at *model.Origin) {
	if k := a.Text("task_default_queue_type"); model.Is(k, "quorum") {
		if n, ok := a.DefaultQueue().Get(); ok {
			return n, k.Origin()
		}
	}
	for _, q := range a.Queues {
		name, ok := q.Name.Get()
		if v := q.Args.Values["x-queue-type"]; ok && v.Kind == code.String && v.Text == "quorum" {
			return name, q.At
		}
	}
	return "", nil
}

// Quorum is a quorum queue that the app uses, whoever made it one: the app, or a default
// of the broker; "" when none was seen.
func (a *App) Quorum() (queue string, at *model.Origin) {
	if name, at := a.DeclaredQuorum(); name != "" {
		return name, at
	}
	for _, q := range a.Queues {
		name, ok := q.Name.Get()
		if !ok {
			continue
		}
		if view := a.Queue(name); view != nil && model.Is(view.Type(), "quorum") {
			return name, view.Type().Origin()
		}
	}
	return "", nil
}

// NativeDelay says that messages with an ETA wait in the broker and not in a worker: from
// Celery 5.5 on, with a quorum queue and an exchange that is not direct (celery/app/base.py
// of 5.5 to 5.7).
func (a *App) NativeDelay(queue string) model.Known[bool] {
	old := a.Before(5, 5)
	if old.Or(false) {
		return model.Present(false, old.Origin())
	}
	if name, _ := a.DeclaredQuorum(); name == "" {
		return model.Present(false, a.At)
	}
	for _, q := range a.Queues {
		if name, ok := q.Name.Get(); ok && name == queue {
			return model.Map(q.ExchangeType, func(t string) bool { return t != "direct" })
		}
	}
	k := a.Text("task_default_exchange_type")
	if k.Absent() {
		return model.Present(false, k.Origin())
	}
	return model.Map(k, func(t string) bool { return t != "direct" })
}

// ColdStop says that the stop signal makes the workers end at once (REMAP_SIGTERM).
func (a *App) ColdStop() bool {
	for _, v := range a.env["REMAP_SIGTERM"] {
		if model.Is(v.Value, "SIGQUIT") {
			return true
		}
	}
	return false
}
