package celery

import (
	"path"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/rabbitmq"
)

// transports are the names by which Celery and kombu know a broker.
var transports = map[string]string{"amqp": "amqp", "amqps": "amqp", "pyamqp": "amqp", "librabbitmq": "amqp",
	"redis": "redis", "rediss": "redis", "redis+socket": "redis", "sentinel": "redis", "sqs": "sqs",
	"memory": "memory", "filesystem": "filesystem", "rpc": "rpc"}

// Transport is the transport of a URL's scheme; "" when it is none that is known.
func Transport(scheme string) string {
	front, _, _ := strings.Cut(strings.ToLower(scheme), "+")
	if t := transports[strings.ToLower(scheme)]; t != "" {
		return t
	}
	return transports[front]
}

// BrokerTransport is the transport of the app's broker: amqp, redis, sqs …
func (a *App) BrokerTransport() model.Known[string] {
	if k := a.fromFiles("CELERY_BROKER_URL", a.CeleryApp.Broker); !k.Absent() {
		return k
	}
	switch b := a.CeleryApp.Broker; {
	case b.Transport != "":
		return model.Present(b.Transport, b.At)
	case b.None && a.Open:
		return model.Unknown[string](a.OpenWhy, a.At)
	case b.None:
		return model.Present("amqp", assumed(a.At, "no broker is set: Celery then takes RabbitMQ on localhost"))
	default:
		return model.Unknown[string](b.Why, b.At)
	}
}

// fromFiles is the transport that files give to the variable of a URL; override is the
// variable that Celery itself takes before any setting.
func (a *App) fromFiles(override string, u code.CeleryURL) model.Known[string] {
	for _, name := range []string{override, u.Env} {
		if name == "" {
			continue
		}
		var found model.Known[string]
		for _, e := range a.env[name] {
			if e.URL == nil {
				continue
			}
			t := Transport(e.URL.Scheme)
			if have, ok := found.Get(); ok && have != t {
				return model.Unknown[string]("files give URLs of different systems to "+name, e.At)
			}
			if t != "" {
				found = model.Present(t, e.At)
			}
		}
		if found.Present() {
			return found
		}
	}
	return model.Absent[string](a.At)
}

// OnRabbitMQ says whether the app's broker is RabbitMQ.
func (a *App) OnRabbitMQ() model.Known[bool] {
	return model.Map(a.BrokerTransport(), func(t string) bool { return t == "amqp" })
}

// ResultTransport is the result backend: redis, rpc, db, django-db, cache …; absent when
// there is none.
func (a *App) ResultTransport() model.Known[string] {
	if k := a.fromFiles("CELERY_RESULT_BACKEND", a.CeleryApp.Backend); !k.Absent() {
		return k
	}
	switch b := a.CeleryApp.Backend; {
	case b.Transport == "disabled":
		return model.Absent[string](b.At)
	case b.Transport != "":
		return model.Present(b.Transport, b.At)
	case len(a.env["CELERY_RESULT_BACKEND"]) > 0:
		return model.Present("other", a.env["CELERY_RESULT_BACKEND"][0].At)
	case b.None && a.Open:
		return model.Unknown[string](a.OpenWhy, a.At)
	case b.None:
		return model.Absent[string](a.At)
	default:
		return model.Unknown[string](b.Why, b.At)
	}
}

// BrokerVersion is the version of the RabbitMQ that the app uses: of the broker that was
// read, else of the one image that the files deploy.
func (a *App) BrokerVersion() model.Known[model.Version] {
	if len(a.overlay.Snapshots) == 1 {
		return a.overlay.Snapshots[0].Version
	}
	if len(a.overlay.Snapshots) == 0 && len(a.images) > 0 {
		first := a.images[0]
		for _, i := range a.images[1:] {
			if i.version != first.version {
				return model.Unknown[model.Version]("files deploy different versions of RabbitMQ", i.at)
			}
		}
		return model.Present(first.version, first.at)
	}
	return model.Unknown[model.Version]("the version of RabbitMQ is not known", nil)
}

// Queue is the queue of this name as all sources know it; nil when it is not known or
// exists in several places.
func (a *App) Queue(name string) *rabbitmq.QueueView {
	var found *rabbitmq.QueueView
	for _, q := range a.overlay.Queues {
		if q.Name.Name != name {
			continue
		}
		if found != nil {
			return nil
		}
		found = q
	}
	return found
}

// DefaultQueue is the queue of tasks that no route sends elsewhere.
func (a *App) DefaultQueue() model.Known[string] {
	k := a.Text("task_default_queue")
	if k.Absent() {
		return model.Present("celery", k.Origin())
	}
	return k
}

// QueueOf is the queue that the task goes to where the call names none: the task's own
// option, then the routes, then the default queue.
func (t *Task) QueueOf() model.Known[string] {
	if v, ok := t.Options["queue"]; ok && v.Kind != code.Nil {
		return v.Str()
	}
	if k := t.App.Route(t.Name); !k.Absent() {
		return k
	}
	return t.App.DefaultQueue()
}

// Route is the queue that the app's routes give to a task; absent when none matches.
func (a *App) Route(task string) model.Known[string] {
	k := a.Setting("task_routes")
	v, ok := k.Get()
	switch {
	case k.Absent(), ok && v.Kind == code.Nil:
		return model.Absent[string](k.Origin())
	case !ok:
		return model.Unknown[string](k.Why(), k.Origin())
	}
	if v.Origin == nil {
		v.Origin = k.Origin()
	}
	return routeIn(v, task)
}

// routeIn looks a task up in a route table: a map, or a list of tables and pairs.
func routeIn(v code.Value, task string) model.Known[string] {
	switch v.Kind {
	case code.List:
		if len(v.Items) == 2 && v.Items[0].Kind == code.String { // a pair of pattern and route
			if matchTask(v.Items[0].Text, task) {
				return routeQueue(v.Items[1], v.Origin)
			}
			return model.Absent[string](v.Origin)
		}
		for _, item := range v.Items {
			if item.Origin == nil {
				item.Origin = v.Origin
			}
			if k := routeIn(item, task); !k.Absent() {
				return k
			}
		}
	case code.Map:
		return routeInMap(v, task)
	default:
		return model.Unknown[string]("a router decides at run time", v.Origin)
	}
	if v.Open {
		return model.Unknown[string]("routes are added at run time", v.Origin)
	}
	return model.Absent[string](v.Origin)
}

func routeInMap(v code.Value, task string) model.Known[string] {
	if x, ok := v.Get(task); ok {
		return routeQueue(x, v.Origin)
	}
	for _, f := range v.Fields {
		if strings.Contains(f.Key, "*") && matchTask(f.Key, task) {
			return routeQueue(f.Value, v.Origin)
		}
	}
	if v.Open {
		return model.Unknown[string]("routes are added at run time", v.Origin)
	}
	return model.Absent[string](v.Origin)
}

func matchTask(pattern, task string) bool {
	ok, err := path.Match(pattern, task) // task names have no slash: as fnmatch
	return err == nil && ok
}

// routeQueue is the queue of a route: text, or a map with a queue or a routing key.
func routeQueue(v code.Value, at *model.Origin) model.Known[string] {
	if v.Origin == nil {
		v.Origin = at
	}
	if v.Kind != code.Map {
		return v.Str()
	}
	if q, ok := v.Get("queue"); ok {
		if q.Origin == nil {
			q.Origin = v.Origin
		}
		return q.Str()
	}
	if _, ok := v.Get("routing_key"); ok || v.Open {
		return model.Unknown[string]("it is routed by a routing key", v.Origin)
	}
	return model.Absent[string](v.Origin)
}
