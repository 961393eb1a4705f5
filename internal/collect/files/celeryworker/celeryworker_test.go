package celeryworker

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/config"
)

func show(w code.CeleryWorker) string {
	kind := "worker"
	if w.Beat {
		kind = "beat"
	}
	if w.EmbedsBeat {
		kind += "+beat"
	}
	c := "-"
	if n, ok := w.Concurrency.Get(); ok {
		c = fmt.Sprint(n)
		if a := w.Concurrency.Origin().Assumed; a != "" {
			c += " (" + a + ")"
		}
	} else if w.Concurrency.Unknown() {
		c = "? " + w.Concurrency.Why()
	}
	var opts []string
	for k, v := range w.Options {
		switch k {
		case "--app", "--queues", "--concurrency", "--pool", "--beat":
			continue
		}
		opts = append(opts, k+"="+v)
	}
	sort.Strings(opts)
	return strings.TrimSpace(fmt.Sprintf("%s app=%s q=%s c=%s pool=%s %s", kind, w.App, strings.Join(w.Queues, ","), c, w.Pool, strings.Join(opts, " ")))
}

func TestOf(t *testing.T) {
	at := &model.Origin{Kind: model.FromConfig}
	env := []config.EnvVar{
		{Name: "Q", Value: model.Present("mail,slow", at)},
		{Name: "N", Value: model.Unknown[string]("outside", at), Fallback: model.Present("3", at)},
		{Name: "OUT", Value: model.Unknown[string]("outside", at)},
	}
	for line, want := range map[string]string{
		"celery -A app worker -c 4 -Q a,b -P gevent -B -O fair --max-tasks-per-child 100":                  "worker+beat app=app q=a,b c=4 pool=gevent --max-tasks-per-child=100 --optimization=fair",
		"celery -A app.celery:app worker -c4 -Ofair -lINFO -Qa --pool=solo":                                "worker app=app.celery:app q=a c=4 pool=solo --loglevel=INFO --optimization=fair",
		"celery worker -A app --autoscale=10,3":                                                            "worker app=app q= c=? it scales itself: --autoscale 10,3 pool= --autoscale=10,3",
		"celery worker --app=app --concurrency=8 --without-gossip -n w1@%h -E":                             "worker app=app q= c=8 pool= --hostname=w1@%h --task-events=true --without-gossip=true",
		"celery -A app -b amqp://***@h// worker":                                                           "worker app=app q= c=- pool= --broker=amqp://***@h//",
		"celery --app app beat -S redbeat.RedBeatScheduler":                                                "beat app=app q= c=- pool= --scheduler=redbeat.RedBeatScheduler",
		"celery -A app worker -S /var/state.db --scheduler x":                                              "worker app=app q= c=- pool= --scheduler=x --statedb=/var/state.db",
		"python -m celery -A app worker":                                                                   "worker app=app q= c=- pool=",
		"poetry run celery -A app worker":                                                                  "worker app=app q= c=- pool=",
		"pipenv run celery -A app beat":                                                                    "beat app=app q= c=- pool=",
		"newrelic-admin run-program celery -A app worker":                                                  "worker app=app q= c=- pool=",
		"watchmedo auto-restart --directory=./ --pattern=*.py --recursive -- celery -A app worker -l info": "worker app=app q= c=- pool= --loglevel=info",
		"/usr/local/bin/celery -A app worker":                                                              "worker app=app q= c=- pool=",
		"./entrypoint.sh celery -A app worker":                                                             "worker app=app q= c=- pool=",
		"wait-for-it.sh rabbit:5672 -- celery -A app worker":                                               "worker app=app q= c=- pool=",
		"python manage.py celery worker -c 2":                                                              "worker app= q= c=2 pool=",
		"python manage.py celeryd -c 2":                                                                    "worker app= q= c=2 pool=",
		"celery multi start 3 -A app -l INFO -Q a":                                                         "worker app=app q=a c=- pool= --loglevel=INFO",
		"celery multi start w1 w2 -A app -Q:1 a -Q b":                                                      "worker app=app q= c=- pool= --queues:1=a",
		"celery -A app worker -Q $Q -c ${N}":                                                               "worker app=app q=mail,slow c=3 (a variable of its environment is not set: N) pool=",
		"celery -A app worker -Q ${OUT} -c ${OUT}":                                                         "worker app=app q= c=? it comes from outside: ${OUT} pool=",
		"celery -A app worker -c ${X:-5} -Q ${X:-a}":                                                       "worker app=app q=a c=5 (the variable X is not set) pool=",
		"celery -A app worker -c $(nproc)":                                                                 "worker app=app q= c=? it comes from outside: $(nproc) pool=",
		"celery -A app worker -c 0":                                                                        "worker app=app q= c=- pool=",
		"celery -A app worker -c many":                                                                     "worker app=app q= c=? it is no number: many pool=",
		"celery -A app worker --time-limit 600 --soft-time-limit=-1":                                       "worker app=app q= c=- pool= --soft-time-limit=-1 --time-limit=600",
		"celery -A app worker -Q":                                                                          "worker app=app q=true c=- pool=",
	} {
		w := config.Workload{Name: "w", Env: env, Commands: []config.Command{{Words: strings.Fields(line), At: at}}}
		got := Of(w)
		if len(got) != 1 || show(got[0]) != want {
			t.Errorf("%s\n got %s\nwant %s", line, func() string {
				if len(got) == 0 {
					return "nothing"
				}
				return show(got[0])
			}(), want)
		}
	}
	for _, line := range []string{"pip install celery worker", "celery", "celery -A app flower", "celery -A app inspect ping",
		"pkill -f celery worker", "celery multi stop w1", "python worker.py", "celery -A app", "gunicorn celery.worker", ""} {
		if got := Of(config.Workload{Commands: []config.Command{{Words: strings.Fields(line)}}}); len(got) != 0 {
			t.Errorf("%s: %s", line, show(got[0]))
		}
	}
}

func TestOneWord(t *testing.T) {
	got := Of(config.Workload{Commands: []config.Command{{Words: []string{"watchfiles", "--filter", "python", "celery -A app worker"}}}})
	if len(got) != 1 || got[0].App != "app" {
		t.Errorf("%+v", got)
	}
}

func TestWorkload(t *testing.T) {
	at := &model.Origin{Kind: model.FromConfig}
	w := config.Workload{Name: "jobs", Role: code.Example, Replicas: model.Present(int64(2), at),
		StopGrace: model.Exactly(10*time.Second, "x", at),
		Commands: []config.Command{
			{Words: []string{"migrate"}, Shell: true, At: at},
			{Words: strings.Fields("celery -A a worker"), Shell: true, Last: true, At: at},
			{Words: strings.Fields("celery -A a beat"), Shell: true, Exec: true, At: at},
			{Words: strings.Fields("celery multi start 3 -A a"), At: at},
		}}
	got := Of(w)
	if len(got) != 3 || !got[0].Shell || got[1].Shell || !got[1].Beat || got[0].Workload != "jobs" || got[0].Role != code.Example ||
		got[0].Grace.Hi != 10*time.Second || !model.Is(got[0].Replicas, 2) || !model.Is(got[2].Replicas, 6) || got[0].At != at {
		t.Errorf("%+v", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"celery -A app worker -c 4", "celery multi start 3 -Q:1 a", "python -m celery beat -S x", "celery - -- worker"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words := strings.Split(s, " ")
		before := slices.Clone(words)
		Of(config.Workload{Commands: []config.Command{{Words: words}}})
		if !slices.Equal(before, words) {
			t.Error("the words were changed")
		}
	})
}
