package celery

import (
	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// group is the tasks that one place decides an option for: the app for all that leave it
// to the settings, a task that sets it itself for itself.
type group struct {
	subject rule.Subject
	app     *celery.App
	setting string
	tasks   []*celery.Task
}

// groupByOwner groups the tasks for which holds by who sets the option.
func groupByOwner(a *celery.App, option string, holds func(*celery.Task) bool) []group {
	setting := "task_" + option
	ofApp := group{subject: a, app: a, setting: setting}
	var out []group
	for _, t := range a.Tasks {
		if !holds(t) {
			continue
		}
		if t.Own(option) {
			out = append(out, group{subject: t, app: a, setting: setting, tasks: []*celery.Task{t}})
		} else {
			ofApp.tasks = append(ofApp.tasks, t)
		}
	}
	if len(ofApp.tasks) > 0 {
		out = append([]group{ofApp}, out...)
	}
	return out
}

// where is the place that decides for the group.
func (g group) where() (rule.At, string) {
	if g.subject == rule.Subject(g.app) {
		return unset(g.app.Option(g.setting), g.app, g.setting)
	}
	return seen(g.tasks[0].At), ""
}

// decide answers for a group: fail where the question is +1 for one of its tasks, unknown
// where it is 0 for one, else pass. The message has one %s, the name of the subject.
func (g group) decide(p *rule.Pass, ask func(*celery.Task) (string, *model.Origin, int), advice, message string) {
	var bad []*celery.Task
	var why []string
	var at []*model.Origin
	unknown := ""
	for _, t := range g.tasks {
		words, o, answer := ask(t)
		switch answer {
		case 1:
			bad, why, at = append(bad, t), append(why, words), append(at, o)
		case 0:
			unknown = words
		}
	}
	switch {
	case len(bad) > 0:
		name := g.subject.Ref().Name
		if g.subject == rule.Subject(g.app) {
			name = some(names(bad))
		}
		v := p.Fail(g.subject, message, name)
		v.See(g.where())
		for i, t := range bad {
			if i == shown {
				break
			}
			if g.subject == rule.Subject(g.app) {
				v.See(seen(t.At), t.Name)
			}
			v.See(seen(at[i]), why[i])
		}
		if advice != "" {
			v.Do("%s", advice)
		}
	case unknown != "":
		p.Unknown(g.subject, "%s", unknown)
	default:
		p.Pass(g.subject)
	}
}
