package celery

import (
	"testing"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/config"
	"qaudit/internal/model/rabbitmq"
)

var at = &model.Origin{Kind: model.FromCode, Place: model.Place{File: "shop/app.py", Line: 1}}

func text(s string) code.Value { return code.Value{Kind: code.String, Text: s, Origin: at} }

func route(fields ...any) code.Value {
	v := code.Value{Kind: code.Map}
	for i := 0; i < len(fields); i += 2 {
		v.Fields = append(v.Fields, code.Field{Key: fields[i].(string), Value: fields[i+1].(code.Value)})
	}
	return v
}

func TestRoutes(t *testing.T) {
	open := route("a.*", text("x"))
	open.Open = true
	for _, c := range []struct {
		name   string
		routes code.Value
		want   string
	}{
		{"exact before pattern", route("a.*", text("x"), "a.b", text("y")), "y"},
		{"pattern", route("a.*", route("queue", text("x"))), "x"},
		{"no match", route("z.*", text("x")), "absent"},
		{"list of tables", code.Value{Kind: code.List, Items: []code.Value{route("q", text("p")), route("a.b", text("x"))}}, "x"},
		{"pair", code.Value{Kind: code.List, Items: []code.Value{text("a.*"), text("x")}}, "x"},
		{"a function routes", code.Value{Kind: code.Symbol, Text: "shop.route"}, "unknown"},
		{"more may be added", open, "x"},
		{"routing key", route("a.b", route("routing_key", text("k"))), "unknown"},
	} {
		got := routeIn(c.routes, "a.b")
		out := got.Or("absent")
		if got.Unknown() {
			out = "unknown"
		}
		if out != c.want {
			t.Errorf("%s: %s, want %s", c.name, out, c.want)
		}
	}
	if k := routeIn(open, "z"); !k.Unknown() {
		t.Error("a table that is added to does not say that there is no route")
	}
}

func TestWorkersFindTheirApp(t *testing.T) {
	for _, c := range []struct {
		module, name string
		want         bool
	}{
		{"shop.celery", "shop", true}, {"backend.shop.celery", "shop.celery", true}, {"shop.celery", "shop.celery.app", true},
		{"shopping.celery", "shop", false}, {"shop.celery", "blog", false}, {"shop.worker", "worker", true},
	} {
		if got := within(c.module, c.name); got != c.want {
			t.Errorf("%s for -A %s: %v", c.module, c.name, got)
		}
	}
}

// estate is an app with one task, a broker of the version and a queue.
func estate(version string, queueType string, parts ...model.Part) *model.Estate {
	facts := &code.Facts{Input: "in"}
	facts.Celery.Apps = []code.CeleryApp{{Site: code.Site{At: at}, Name: "shop", Module: "shop.app",
		Settings: map[string]code.CeleryOption{}, Broker: code.CeleryURL{Transport: "amqp", At: at}}}
	facts.Celery.Tasks = []code.CeleryTask{{Site: code.Site{At: at}, Name: "shop.pay", App: 1}}
	all := []model.Part{facts}
	if version != "" {
		live := &model.Origin{Kind: model.FromLive}
		v, _ := model.ParseVersion(version)
		s := &rabbitmq.Snapshot{Input: "live", Target: "rabbit", Version: model.Present(v, live), Topology: &rabbitmq.Topology{
			Source: rabbitmq.FromLive, VHosts: []rabbitmq.VHost{{Name: "/"}},
			Queues: []rabbitmq.Queue{{Name: rabbitmq.Name{VHost: "/", Name: "celery"}, Type: model.Present(queueType, live),
				Args: model.Present(rabbitmq.Args{}, live), EffectivePolicy: model.Present(rabbitmq.Args{}, live), At: live}}}}
		all = append(all, s)
	}
	return model.NewEstate(time.Now(), nil, nil, false, append(all, parts...)...)
}

func TestConsumerTimeout(t *testing.T) {
	conf := &config.Files{Files: []config.File{{Path: "rabbitmq.conf", Format: config.RabbitMQConf,
		Settings: []config.Setting{{Key: "consumer_timeout", Value: "3600000", At: at}}}}}
	for _, c := range []struct {
		version, queue string
		parts          []model.Part
		want           time.Duration
	}{
		{"3.8.9", "classic", nil, model.Forever}, {"3.8.15", "classic", nil, 15 * time.Minute},
		{"3.8.17", "classic", nil, 30 * time.Minute}, {"4.2.0", "quorum", nil, 30 * time.Minute},
		{"4.3.0", "classic", nil, model.Forever}, {"4.3.0", "quorum", nil, 30 * time.Minute},
		{"4.0.0", "classic", []model.Part{conf}, time.Hour}, {"", "", nil, 30 * time.Minute},
	} {
		e := estate(c.version, c.queue, c.parts...)
		s := Apps(e)[0].ConsumerTimeout("celery", e)
		if s.Lo != c.want || s.Hi != c.want {
			t.Errorf("%s %s: %v to %v, want %v", c.version, c.queue, s.Lo, s.Hi, c.want)
		}
		if c.version == "" && s.HiFrom.Assumed == "" {
			t.Error("a version that is not known is not said to be assumed")
		}
	}
}

// Each place that sets an option hides those behind it.
func TestOptions(t *testing.T) {
	yes := code.Value{Kind: code.Bool, Bool: true, Origin: at}
	none := code.Value{Kind: code.Nil, Origin: at}
	e := estate("", "")
	a := Apps(e)[0]
	task := a.Tasks[0]
	late := func() string {
		k := task.Bool("acks_late", false)
		switch {
		case k.Unknown():
			return "unknown"
		case k.Or(false):
			return "late"
		}
		return "early"
	}
	check := func(what, want string) {
		t.Helper()
		if got := late(); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	check("nothing set", "early")
	a.Settings["task_acks_late"] = code.CeleryOption{Name: "task_acks_late", Value: yes}
	check("setting", "late")
	task.Options = map[string]code.Value{"acks_late": {Kind: code.Bool, Origin: at}}
	check("the task says no", "early")
	task.Options["acks_late"] = none
	check("None takes the setting", "late")
	delete(a.Settings, "task_acks_late")
	a.Open, a.OpenWhy = true, "somewhere else"
	check("the rest is not known", "unknown")
	a.Open = false
	a.Base = map[string]code.Value{"acks_late": yes}
	check("the app's Task class", "late")
	a.Settings["task_annotations"] = code.CeleryOption{Value: route("*", route("acks_late", code.Value{Kind: code.Bool, Origin: at}))}
	check("annotations", "early")
}

func TestVariables(t *testing.T) {
	set := func(values ...string) *config.Files {
		f := &config.Files{}
		for _, v := range values {
			f.Env = append(f.Env, config.EnvVar{Name: "EAGER", Value: model.Present(v, at), At: at})
		}
		return f
	}
	fallback := code.Value{Kind: code.Bool, Bool: true}
	for _, c := range []struct {
		files *config.Files
		want  string
	}{{set(), "assumed true"}, {set("0"), "false"}, {set("yes", "yes"), "true"}, {set("yes", "no"), "unknown"}} {
		e := estate("", "", c.files)
		a := Apps(e)[0]
		a.Settings["task_always_eager"] = code.CeleryOption{Value: code.Value{Kind: code.Env, Text: "EAGER", Default: &fallback, Origin: at}}
		k := a.Bool("task_always_eager", false)
		got := "false"
		switch {
		case k.Unknown():
			got = "unknown"
		case k.Or(false) && k.Origin().Assumed != "":
			got = "assumed true"
		case k.Or(false):
			got = "true"
		}
		if got != c.want {
			t.Errorf("%d values: %s, want %s", len(c.files.Env), got, c.want)
		}
	}
}
