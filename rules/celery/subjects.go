// Package celery holds the risks of Celery, one file a risk. An option left at its default
// in one place is one finding on the app, with the tasks that it touches as evidence.
package celery

import (
	"fmt"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// shown is how many tasks or calls a finding cites as evidence and names in its message.
const shown = 5

// each makes a check that looks at one app at a time.
func each(f func(*rule.Pass, *celery.App)) rule.Check {
	return func(p *rule.Pass, e *model.Estate) {
		for _, a := range celery.Apps(e) {
			f(p, a)
		}
	}
}

// eachTask makes a check that looks at one task at a time.
func eachTask(f func(*rule.Pass, *celery.Task)) rule.Check {
	return each(func(p *rule.Pass, a *celery.App) {
		for _, t := range a.Tasks {
			f(p, t)
		}
	})
}

// seen cites an origin.
func seen(o *model.Origin) rule.At { return rule.At{Where: o} }

// some lists at most three names and counts the rest.
func some(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
}

// names are the names of tasks.
func names(tasks []*celery.Task) []string {
	out := make([]string, len(tasks))
	for i, t := range tasks {
		out[i] = t.Name
	}
	return out
}

// tasks writes a number of tasks with its verb.
func tasks(n int, one, many string) string {
	if n == 1 {
		return "1 task " + one
	}
	return plural(n, "task") + " " + many
}

// plural writes a number of things.
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// cite cites the first tasks.
func cite(v *rule.Verdict, list []*celery.Task, word func(*celery.Task) string) {
	for i, t := range list {
		if i == shown {
			return
		}
		v.See(seen(t.At), word(t))
	}
}

// unset says how a setting stands: its words where it is set, else that it is not.
func unset(k rule.Seen, a *celery.App, setting string) (rule.At, string) {
	if o, ok := a.Settings[setting]; ok {
		return seen(k.Origin()), strings.TrimSpace(o.As + " " + text(o.Value))
	}
	return seen(k.Origin()), setting + " is not set"
}

// text writes a value.
func text(v code.Value) string {
	switch v.Kind {
	case code.Bool:
		if v.Bool {
			return "True"
		}
		return "False"
	case code.Nil:
		return "None"
	case code.Int:
		return fmt.Sprint(v.Int)
	case code.Float:
		return fmt.Sprint(v.Float)
	case code.Env:
		return "from " + v.Text
	case code.List:
		var items []string
		for _, i := range v.Items {
			items = append(items, text(i))
		}
		return strings.Join(items, ", ")
	case code.String, code.Symbol:
		return v.Text
	}
	return "" // the excerpt shows it
}

// brokerOf says that the app's broker is RabbitMQ; where it is not, or is not known, it
// answers for the subject.
func brokerOf(p *rule.Pass, s rule.Subject, a *celery.App) bool {
	k := a.BrokerTransport()
	t, ok := k.Get()
	switch {
	case !ok:
		p.Unknown(s, "the broker is not known: %s", k.Why())
	case t != "amqp":
		p.NotApplicable(s, "the broker is not RabbitMQ but %s", t)
	default:
		return true
	}
	return false
}
