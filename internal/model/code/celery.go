package code

import (
	"time"

	"qaudit/internal/model"
)

// Celery is what a tree says about Celery.
type Celery struct {
	Apps    []CeleryApp
	Tasks   []CeleryTask
	Calls   []CeleryCall
	Canvas  []CeleryCanvas
	Workers []CeleryWorker
}

// CeleryApp is one Celery(...) with the configuration that reaches it, whatever the place
// where it is set. Settings has the new lower-case names.
type CeleryApp struct {
	Site
	Name     string
	Settings map[string]CeleryOption
	// Open: configuration comes from a place that could not be read, so what is not in
	// Settings is unknown rather than default; OpenWhy says which.
	Open    bool
	OpenWhy string
}

// Option returns a setting: present, absent (the default holds) or unknown.
func (a *CeleryApp) Option(name string) model.Known[Value] {
	if o, ok := a.Settings[name]; ok {
		if o.Value.Kind == Unresolved {
			return model.Unknown[Value](o.Value.why("known"), o.Value.Origin)
		}
		return model.Present(o.Value, o.Value.Origin)
	}
	if a.Open {
		return model.Unknown[Value](a.OpenWhy, a.At)
	}
	return model.Absent[Value](a.At)
}

// CeleryOption is one setting with the place where it is set.
type CeleryOption struct {
	Name  string // lower-case name: task_acks_late
	As    string // as written: CELERY_ACKS_LATE
	Value Value
}

// CeleryTask is a function or class that is a task.
type CeleryTask struct {
	Site
	Name    string // registered name
	Func    string // qualified function name
	Bound   bool
	App     int              // index into Apps + 1; 0: any (shared_task)
	Options map[string]Value // of the decorator or class
	Open    bool             // options that could not be read
	Body    *TaskBody
}

// TaskBody is what a task does.
type TaskBody struct {
	At      *model.Origin
	Work    []Work
	Retries []CeleryRetry
	Waits   []TaskWait // result.get(), join() inside the task
	Sleeps  []Sleep
	Checks  bool // looks at request.retries, redelivered or an id before it works
	// CatchesSoftLimit: handles SoftTimeLimitExceeded.
	CatchesSoftLimit bool
	Tainted          bool
}

// CeleryRetry is a call of self.retry().
type CeleryRetry struct {
	At         *model.Origin
	Raised     bool // raise self.retry(), or return/re-raise follows
	MaxRetries Value
	HasMax     bool
	Countdown  Value
	HasDelay   bool
	// Swallowed: stands in a try whose broad handler catches Retry too.
	Swallowed *model.Origin
}

// TaskWait is a wait for another task's result inside a task.
type TaskWait struct {
	At      *model.Origin
	Allowed bool // under allow_join_result or with disable_sync_subtasks=False
	Timeout bool
}

// CeleryCall is a call that sends a task: delay, apply_async, send_task.
type CeleryCall struct {
	Site
	Task      string // resolved task name, "" when unknown
	Method    string
	Queue     Name
	HasQueue  bool
	Countdown model.Known[time.Duration] // also an ETA that can be worked out
	HasETA    bool
	Options   map[string]Value
	Args      []CallArg
	// InTransaction: inside atomic() or before a commit; OnCommit: inside on_commit.
	InTransaction *model.Origin
	OnCommit      bool
	InTask        bool
}

// CallArg is an argument of a task call.
type CallArg struct {
	Value Value
	// Object says what kind of live object it is ("model instance, from Order.objects.create"),
	// "" when it is not known to be one.
	Object string
	At     *model.Origin
}

// CeleryCanvas is a chain, group or chord.
type CeleryCanvas struct {
	Site
	Kind    string   // chain, group, chord
	Tasks   []string // header tasks, as far as they resolve
	OnError bool
}

// CeleryWorker is a worker or beat command, in a compose file, Dockerfile, Procfile …
type CeleryWorker struct {
	Site
	Workload    string // service or process name
	App         string
	Beat        bool // celery beat
	EmbedsBeat  bool // worker -B
	Queues      []string
	Concurrency model.Known[int64]
	Pool        string
	Options     map[string]string
	Grace       model.Span // time between stop signal and kill
	Shell       bool       // run by a shell that does not pass the signal on
	Replicas    model.Known[int64]
}
