package celery

import (
	"path"
	"slices"
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// exports are the names by which other files use apps, tasks and wrappers.
func (r *reader) exports() []library.Export {
	seen := map[library.Export]bool{}
	var out []library.Export
	add := func(name string, f *library.File) {
		x := library.Export{Name: name, Module: moduleWord(f)}
		if name != "" && !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	for _, t := range r.tasks {
		add(t.def.Name, t.f)
		if m := r.module(t.f); strings.Contains(m, ".") { // names of tasks can be too short to look for
			add(m, t.f)
		}
	}
	for d, w := range r.wrappers {
		add(d.Name, w.f)
	}
	for _, a := range r.apps {
		add(a.variable, a.f)
	}
	slices.SortFunc(out, func(a, b library.Export) int {
		return strings.Compare(a.Name+"\x00"+a.Module, b.Name+"\x00"+b.Module)
	})
	return out
}

// moduleWord is the word by which an import names the module of a file.
func moduleWord(f *library.File) string {
	if name := stem(f.Path); name != "__init__" {
		return name
	}
	return path.Base(path.Dir(f.Path))
}

// facts adds all that was read.
func (r *reader) facts() {
	c := &r.t.Facts.Celery
	for _, a := range r.apps {
		c.Apps = append(c.Apps, a.fact)
	}
	for _, t := range r.tasks {
		c.Tasks = append(c.Tasks, t.fact)
	}
	c.Calls = append(c.Calls, r.calls...)
	c.Canvas = append(c.Canvas, r.canvas...)
	c.Queues = append(c.Queues, r.queues...)
	c.Periodic = append(c.Periodic, r.periodic...)
	c.Hooks = append(c.Hooks, r.hooks...)
	if c.AtomicRequests == nil {
		c.AtomicRequests = r.atomicRequests()
	}
	r.onRabbitMQ()
	r.libraries()
}

// onRabbitMQ adds the queues of apps whose broker is RabbitMQ to the topology that code
// declares: Celery makes them durable.
func (r *reader) onRabbitMQ() {
	for _, q := range r.queues {
		a := r.apps[q.App-1]
		if !r.amqp(a) {
			continue
		}
		yes, no := model.Present(true, q.At), model.Present(false, q.At)
		r.t.Facts.Queues = append(r.t.Facts.Queues, code.QueueDecl{Site: q.Site, Name: q.Name, Passive: no,
			Durable: yes, Exclusive: no, AutoDelete: no, Args: q.Args})
		exchange, key := q.Exchange, q.Key
		if exchange.Why() == "not looked at" {
			exchange, key = r.defaultExchange(a, q), r.defaultExchange(a, q)
			if q.Key.Present() {
				key = q.Key
			}
		}
		if name, ok := exchange.Get(); !ok || name == "" {
			continue
		}
		r.t.Facts.Exchanges = append(r.t.Facts.Exchanges, code.ExchangeDecl{Site: q.Site, Name: exchange,
			Type: q.ExchangeType, Passive: no, Durable: yes, AutoDelete: no, Internal: no,
			Args: code.Args{Values: map[string]code.Value{}, At: q.At}})
		r.t.Facts.Bindings = append(r.t.Facts.Bindings, code.BindingDecl{Site: q.Site, Exchange: exchange, Queue: q.Name, Key: key})
	}
}

// defaultExchange is the exchange and routing key of a queue that names none: called as
// the app's default queue.
func (r *reader) defaultExchange(a *app, q code.CeleryQueue) code.Name {
	v := code.Value{Kind: code.String, Text: "celery", Origin: q.At}
	for _, name := range []string{"task_default_exchange", "task_default_queue"} {
		if s, ok := a.settings[name]; ok {
			v = s.Value
			break
		}
	}
	return code.NameOf(v)
}

// amqp says that the app's broker is RabbitMQ, by its URL or by what files give to the
// variable of it.
func (r *reader) amqp(a *app) bool {
	b := a.fact.Broker
	if r.t.Config != nil {
		for _, name := range []string{"CELERY_BROKER_URL", b.Env} {
			for _, v := range r.t.Config.Env {
				if name != "" && v.Name == name && v.URL != nil {
					return transport(v.URL.Scheme) == "amqp"
				}
			}
		}
	}
	return b.Transport == "amqp" || b.None && a.open == ""
}

// libraries notes that the tree uses Celery.
func (r *reader) libraries() {
	for _, l := range r.t.Facts.Libraries {
		if l.Name == Library {
			return
		}
	}
	var site code.Site
	switch {
	case len(r.apps) > 0:
		site = r.apps[0].fact.Site
	case len(r.tasks) > 0:
		site = r.tasks[0].fact.Site
	default:
		return
	}
	r.t.Facts.Libraries = append(r.t.Facts.Libraries, code.Library{Name: Library, Version: site.Version, Dir: path.Dir(site.At.Place.File)})
}
