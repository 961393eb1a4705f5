package celery

import (
	"sort"

	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// ORMArguments finds calls that send live objects.
var ORMArguments = rule.Rule{
	ID:       "celery/orm-arguments",
	Title:    "A task is sent an object instead of its id",
	Severity: rule.High, Area: rule.Failures, Covers: rule.Items("C7", "P7", "S4"), Since: "0.1",
	Advice: "Pass the primary key and load the row in the task.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		const refused = "JSON cannot carry it"
		carries := refused
		serializer, set := a.Text("task_serializer").Get()
		if set && serializer != "json" {
			carries = "it is out of date when the task runs"
		}
		for _, s := range sentTasks(a) {
			var f *rule.Verdict
			for _, c := range s.calls {
				for _, arg := range c.Args {
					if arg.Object == "" {
						continue
					}
					if f == nil {
						f = p.Fail(s, "%s is sent a %s: %s", s.name, arg.Object, carries)
						if carries != refused { // 2. Another serializer carries a copy.
							f.At(rule.Medium)
						}
					}
					if len(f.Evidence) < shown {
						f.See(seen(arg.At), arg.Object)
					}
				}
			}
			if f == nil {
				p.Pass(s)
			}
		}
	}),
}

// sentTask is a task with the calls that send it, by its name or, where that is not known,
// by what the calls name it.
type sentTask struct {
	name  string
	calls []*code.CeleryCall
}

// Ref names the task.
func (s sentTask) Ref() model.Ref {
	return model.Ref{System: celery.System, Kind: "task", Name: s.name}
}

// sentTasks groups the calls of an app by the task that they send.
func sentTasks(a *celery.App) []sentTask {
	by := map[string]*sentTask{}
	var order []string
	for _, c := range a.Calls {
		name := c.Task
		if name == "" {
			name = c.As
		}
		if name == "" {
			continue
		}
		s := by[name]
		if s == nil {
			s = &sentTask{name: name}
			by[name] = s
			order = append(order, name)
		}
		s.calls = append(s.calls, c)
	}
	sort.Strings(order)
	out := make([]sentTask, 0, len(order))
	for _, n := range order {
		out = append(out, *by[n])
	}
	return out
}
