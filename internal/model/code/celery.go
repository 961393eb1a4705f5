package code

import (
	"time"

	"qaudit/internal/model"
)

// Celery is what a tree says about Celery.
type Celery struct {
	Apps     []CeleryApp
	Tasks    []CeleryTask
	Calls    []CeleryCall
	Canvas   []CeleryCanvas
	Queues   []CeleryQueue
	Periodic []CeleryPeriodic
	Hooks    []CeleryHook
	Workers  []CeleryWorker
	// AtomicRequests is where Django is told to run each view in a transaction.
	AtomicRequests *model.Origin
}

// CeleryApp is one Celery(...) with the configuration that reaches it, whatever the place
// where it is set. Settings has the new lower-case names and what holds in production.
type CeleryApp struct {
	Site
	Name     string // as given, else the name of its module
	Module   string // dotted name of the module that makes it
	Settings map[string]CeleryOption
	// Elsewhere are settings that hold in tests or development only.
	Elsewhere []CeleryOption
	// Base are the options of the app's own Task class.
	Base map[string]Value
	// Open: configuration comes from a place that could not be read, so what is not in
	// Settings is unknown rather than default; OpenWhy says which.
	Open    bool
	OpenWhy string
	Broker  CeleryURL
	Backend CeleryURL
}

// Option returns a setting: present, absent (the default holds) or unknown.
func (a *CeleryApp) Option(name string) model.Known[Value] {
	if o, ok := a.Settings[name]; ok {
		if o.Value.Kind == Unresolved || o.Value.Kind == Choice {
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
	// Only says when it holds: "in tests", "in development"; "" for production.
	Only string
}

// CeleryURL is a broker or result backend by its URL, without the password.
type CeleryURL struct {
	// Transport is the scheme without its variants: amqp, redis, sqs, rpc, django-db …; ""
	// when it is not known, Why says why. None: none is set.
	Transport string
	None      bool
	Why       string
	Host      string
	Login     bool // it carries a password
	Default   bool // … which is the well-known one, guest/guest
	Literal   bool // the password stands in code or a file of the project
	Env       string
	TLS       bool
	// Unverified is where the URL switches the check of the certificate off.
	Unverified *model.Origin
	At         *model.Origin
}

// Known says that the transport is known.
func (u CeleryURL) Known() bool { return u.Transport != "" || u.None }

// CeleryTask is a function or class that is a task.
type CeleryTask struct {
	Site
	Name    string // registered name
	Func    string // qualified function name
	Module  string
	Bound   bool
	App     int              // index into Apps + 1; 0: any (shared_task)
	Options map[string]Value // of the decorator or class
	Open    bool             // options that could not be read
	Body    *TaskBody
	// OnFailure is the task's own on_failure.
	OnFailure *model.Origin
}

// TaskBody is what a task does.
type TaskBody struct {
	At      *model.Origin
	Work    []Work
	Retries []CeleryRetry
	Waits   []TaskWait // result.get(), join() inside the task
	Sleeps  []Sleep
	// Checks: a condition looks at how often it was retried. Redelivered: it looks at
	// whether its message was delivered before.
	Checks, Redelivered bool
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
	// Swallowed is the broad handler around it that catches Retry too and does not raise
	// it again; Again: that handler itself retries, so that two messages are sent.
	Swallowed *model.Origin
	Again     bool
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
	As        string // the callee as written: tasks.pay
	Method    string
	Queue     Name
	HasQueue  bool
	Countdown model.Known[time.Duration] // also an ETA that can be worked out
	HasETA    bool
	Options   map[string]Value
	Args      []CallArg
	// InTransaction is the transaction that the call stands in; SaveHook: it is only the
	// one that whoever saves has open, a handler of post_save.
	InTransaction *model.Origin
	SaveHook      bool
	InView        bool // in a view of Django
	OnCommit      bool
	InTask        bool
	Signature     bool // s, si, signature: sent by whoever runs the canvas
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
	Kind     string   // chain, group, chord
	Tasks    []string // header tasks, as far as they resolve
	OnError  bool
	Waits    *model.Origin // its result is waited for
	Upgraded bool          // a group chained with a task: Celery makes a chord of it
}

// CeleryQueue is a queue that an app sends to or reads, as its settings define it.
type CeleryQueue struct {
	Site
	App          int // index into Apps + 1
	Name         Name
	Exchange     Name
	ExchangeType model.Known[string]
	Key          Name
	Args         Args
	// Default: it is not listed anywhere; Celery makes it of the app's defaults.
	Default bool
}

// CeleryPeriodic is an entry of a beat schedule.
type CeleryPeriodic struct {
	Site
	App      int // index into Apps + 1; 0: not known
	Task     string
	Interval model.Known[time.Duration]
	Options  map[string]Value
}

// CeleryHook is a handler that Celery calls when a task fails.
type CeleryHook struct {
	Site
	Signal string // task_failure
	// Stores: it writes the failure somewhere.
	Stores bool
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
