// Package celery joins what code, files and brokers say about Celery apps: a pure
// function of facts, settings and RabbitMQ snapshots, so that recordings work too.
package celery

import (
	"slices"
	"sort"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/config"
	"qaudit/internal/model/rabbitmq"
)

// System is the name of the system in references and reports.
const System = "celery"

// App is one Celery app with its tasks, calls and workers.
type App struct {
	*code.CeleryApp
	Facts    *code.Facts
	Tasks    []*Task
	Calls    []*code.CeleryCall
	Canvas   []*code.CeleryCanvas
	Periodic []*code.CeleryPeriodic
	Hooks    []*code.CeleryHook
	Queues   []*code.CeleryQueue
	Workers  []*Worker

	name    string
	env     variables
	overlay *rabbitmq.Overlay
	images  []image
}

// Task is a task of an app.
type Task struct {
	*code.CeleryTask
	App *App
}

// Worker is a worker or beat command. App is nil when the app that it runs was not found.
type Worker struct {
	*code.CeleryWorker
	App *App
}

// Ref names the app.
func (a *App) Ref() model.Ref { return model.Ref{System: System, Kind: "app", Name: a.name} }

// Ref names the task.
func (t *Task) Ref() model.Ref { return model.Ref{System: System, Kind: "task", Name: t.Name} }

// Ref names the worker.
func (w *Worker) Ref() model.Ref { return model.Ref{System: System, Kind: "worker", Name: w.Workload} }

// view is the type of the joined view.
type view struct {
	apps    []*App
	workers []*Worker
}

// Apps are the apps of the estate with what belongs to each. Tests, examples and
// vendored code are left out.
func Apps(e *model.Estate) []*App { return viewOf(e).apps }

// Workers are all worker and beat commands of the estate.
func Workers(e *model.Estate) []*Worker { return viewOf(e).workers }

func viewOf(e *model.Estate) *view {
	rabbit := rabbitmq.View(e)
	return model.View(e, func(e *model.Estate) *view { return join(e, rabbit) })
}

func join(e *model.Estate, overlay *rabbitmq.Overlay) *view {
	v := &view{}
	env, images := variablesOf(e), imagesOf(e)
	for _, f := range model.All[*code.Facts](e) {
		apps, workers := joinFacts(f)
		v.workers = append(v.workers, workers...)
		for _, a := range apps {
			a.env, a.overlay, a.images = env, overlay, images
		}
		v.apps = append(v.apps, apps...)
	}
	sort.SliceStable(v.apps, func(i, j int) bool { return v.apps[i].name < v.apps[j].name })
	sort.SliceStable(v.workers, func(i, j int) bool { return v.workers[i].Workload < v.workers[j].Workload })
	return v
}

// joinFacts gives each app of a tree what belongs to it.
func joinFacts(f *code.Facts) ([]*App, []*Worker) {
	c := &f.Celery
	j := joiner{facts: f}
	for i := range c.Apps {
		if c.Apps[i].Role == code.Application {
			j.apps = append(j.apps, &App{CeleryApp: &c.Apps[i], Facts: f})
			j.index = append(j.index, i+1)
		}
	}
	workers := j.workers(c)
	if len(j.apps) == 0 {
		return nil, workers
	}
	j.nameApps()
	j.tasks(c)
	for i := range c.Calls {
		if c.Calls[i].Role == code.Application {
			for _, a := range j.callers(&c.Calls[i]) {
				a.Calls = append(a.Calls, &c.Calls[i])
			}
		}
	}
	for i := range c.Canvas {
		if c.Canvas[i].Role == code.Application {
			a := j.nearest(c.Canvas[i].At)
			a.Canvas = append(a.Canvas, &c.Canvas[i])
		}
	}
	for i := range c.Periodic {
		a := j.byIndex(c.Periodic[i].App, c.Periodic[i].At)
		a.Periodic = append(a.Periodic, &c.Periodic[i])
	}
	for i := range c.Hooks {
		if c.Hooks[i].Role == code.Application {
			a := j.nearest(c.Hooks[i].At)
			a.Hooks = append(a.Hooks, &c.Hooks[i])
		}
	}
	for i := range c.Queues {
		a := j.byIndex(c.Queues[i].App, c.Queues[i].At)
		a.Queues = append(a.Queues, &c.Queues[i])
	}
	j.shared()
	return j.apps, workers
}

// shared moves the tasks of apps that no worker runs to the one app of the same project
// that workers run: an app's tasks are registered with all apps of the process.
func (j *joiner) shared() {
	var run *App
	for _, a := range j.apps {
		if len(a.Workers) > 0 {
			if run != nil {
				return
			}
			run = a
		}
	}
	if run == nil {
		return
	}
	for _, a := range j.apps {
		if a == run || !sameProject(a, run) {
			continue
		}
		for _, t := range a.Tasks {
			t.App = run
		}
		run.Tasks, a.Tasks = append(run.Tasks, a.Tasks...), nil
		run.Calls, a.Calls = append(run.Calls, a.Calls...), nil
		run.Canvas, a.Canvas = append(run.Canvas, a.Canvas...), nil
		run.Hooks, a.Hooks = append(run.Hooks, a.Hooks...), nil
		run.Periodic, a.Periodic = append(run.Periodic, a.Periodic...), nil
	}
}

// sameProject says that one manifest decides the version of Celery for both apps.
func sameProject(a, b *App) bool {
	x, y := a.Version.Origin(), b.Version.Origin()
	return x != nil && y != nil && x.Place.File == y.Place.File
}

type joiner struct {
	facts *code.Facts
	apps  []*App
	index []int // of each app in the facts, from 1
}

// nameApps gives the apps names that tell them apart: what they are called, with the
// module where two are called the same.
func (j *joiner) nameApps() {
	count := map[string]int{}
	for _, a := range j.apps {
		count[a.Name]++
	}
	for _, a := range j.apps {
		a.name = a.Name
		if (count[a.Name] > 1 || a.name == "") && a.Module != "" {
			a.name = a.Module
		}
	}
}

func (j *joiner) byIndex(i int, at *model.Origin) *App {
	if k := slices.Index(j.index, i); i > 0 && k >= 0 {
		return j.apps[k]
	}
	return j.nearest(at)
}

// nearest is the app whose file shares most folders with the place; of equals the first.
func (j *joiner) nearest(at *model.Origin) *App {
	best, most := j.apps[0], -1
	if at == nil {
		return best
	}
	for _, a := range j.apps {
		if n := shared(a.At.Place.File, at.Place.File); n > most {
			best, most = a, n
		}
	}
	return best
}

// shared counts the folders that two paths have in common from the root.
func shared(a, b string) int {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(x)-1 && n < len(y)-1 && x[n] == y[n] {
		n++
	}
	return n
}

func (j *joiner) tasks(c *code.Celery) {
	for i := range c.Tasks {
		t := &c.Tasks[i]
		if t.Role != code.Application {
			continue
		}
		a := j.byIndex(t.App, t.At)
		a.Tasks = append(a.Tasks, &Task{t, a})
	}
}

// callers are the apps that a call belongs to: the one that has its task, else the
// nearest.
func (j *joiner) callers(call *code.CeleryCall) []*App {
	for _, a := range j.apps {
		if a.Task(call.Task) != nil {
			return []*App{a}
		}
	}
	return []*App{j.nearest(call.At)}
}

func (j *joiner) workers(c *code.Celery) []*Worker {
	var out []*Worker
	for i := range c.Workers {
		if c.Workers[i].Role != code.Application {
			continue
		}
		w := &Worker{CeleryWorker: &c.Workers[i]}
		if w.App = j.appOf(w.CeleryWorker); w.App != nil {
			w.App.Workers = append(w.App.Workers, w)
		}
		out = append(out, w)
	}
	return out
}

// appOf is the app that a worker's -A names; with one app in the tree it is that.
func (j *joiner) appOf(w *code.CeleryWorker) *App {
	if len(j.apps) == 1 {
		return j.apps[0]
	}
	module, _, _ := strings.Cut(w.App, ":")
	var found []*App
	for _, a := range j.apps {
		if module != "" && within(a.Module, module) {
			found = append(found, a)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return nil
}

// within says that the parts of a dotted name stand in another one side by side.
func within(whole, part string) bool {
	if strings.Contains("."+whole+".", "."+part+".") {
		return true
	}
	front, _, ok := cutLast(part) // shop.celery.app: module and variable
	return ok && strings.HasSuffix("."+whole, "."+front)
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// Task is the task of this name, nil when there is none.
func (a *App) Task(name string) *Task {
	if name == "" {
		return nil
	}
	for _, t := range a.Tasks {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Consumers are the worker commands that run tasks, without those that only run beat.
func (a *App) Consumers() []*Worker {
	var out []*Worker
	for _, w := range a.Workers {
		if !w.Beat {
			out = append(out, w)
		}
	}
	return out
}

// image is a broker's image in a file: rabbitmq:3.13-management.
type image struct {
	version model.Version
	at      *model.Origin
}

// imagesOf finds the versions of RabbitMQ that the files of the estate deploy.
func imagesOf(e *model.Estate) []image {
	var out []image
	for _, f := range model.All[*config.Files](e) {
		for _, w := range f.Workloads {
			if w.Role != code.Application {
				continue
			}
			name, tag, _ := strings.Cut(w.Image.Value[strings.LastIndexByte(w.Image.Value, '/')+1:], ":")
			if name != "rabbitmq" {
				continue
			}
			if v, ok := model.ParseVersion(tag); ok && strings.Contains(tag, ".") {
				out = append(out, image{v, w.Image.At})
			}
		}
	}
	return out
}
