// Package celeryworker recognises the commands that start Celery workers and beat.
package celeryworker

import (
	"strconv"
	"strings"

	"qaudit/internal/collect/files/interpolation"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/config"
)

// Of returns the workers and beats that a workload starts. Options have their long names
// ("--concurrency"), whatever the command calls them; an option without a value has "true".
// Queues is empty when the command does not say which. It is empty too when the command
// does and it cannot be told (a variable, queues by node): then Options has "--queues".
func Of(w config.Workload) []code.CeleryWorker {
	var out []code.CeleryWorker
	for _, cmd := range w.Commands {
		c, ok := parse(cmd.Words)
		if !ok {
			continue
		}
		out = append(out, worker(w, cmd, c))
	}
	return out
}

func worker(w config.Workload, cmd config.Command, c command) code.CeleryWorker {
	v := values{w.Env, cmd.At}
	out := code.CeleryWorker{Site: code.Site{At: cmd.At, Library: "celery", Role: w.Role},
		Workload: w.Name, Beat: c.name == "beat", Options: map[string]string{},
		Grace: w.StopGrace, Shell: cmd.Shell && !cmd.Exec, Replicas: w.Replicas}
	for name, text := range c.options {
		out.Options[name], _, _ = v.text(text)
	}
	out.App = out.Options["--app"]
	if out.App == "" {
		out.App, _, _ = v.variable("APP")
	}
	out.Pool = out.Options["--pool"]
	out.EmbedsBeat = !out.Beat && out.Options["--beat"] != ""
	if c.perNode {
		out.Options["--queues"] = "by node"
	} else if text, known, _ := v.text(c.options["--queues"]); known {
		for _, q := range strings.Split(text, ",") {
			if q = strings.TrimSpace(q); q != "" {
				out.Queues = append(out.Queues, q)
			}
		}
	}
	out.Concurrency = concurrency(c, v, cmd.At)
	if c.nodes > 0 {
		out.Replicas = nodes(c, w.Replicas, cmd.At)
	}
	return out
}

// concurrency is what -c says: absent, and 0, leave it to the number of CPUs.
func concurrency(c command, v values, at *model.Origin) model.Known[int64] {
	if scale, ok := c.options["--autoscale"]; ok {
		return model.Unknown[int64]("it scales itself: --autoscale "+scale, at)
	}
	text, given := c.options["--concurrency"]
	if !given {
		return model.Absent[int64](at)
	}
	text, known, assumed := v.text(text)
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	switch {
	case !known:
		return model.Unknown[int64]("it comes from outside: "+text, at)
	case err != nil:
		return model.Unknown[int64]("it is no number: "+text, at)
	case n == 0:
		return model.Absent[int64](at)
	}
	return model.Present(n, assume(at, assumed))
}

// nodes is how many workers `celery multi` starts, times the replicas of the workload.
func nodes(c command, replicas model.Known[int64], at *model.Origin) model.Known[int64] {
	switch {
	case replicas.Absent():
		return model.Present(c.nodes, at)
	case replicas.Unknown():
		return replicas
	}
	return model.Map(replicas, func(n int64) int64 { return n * c.nodes })
}

func assume(at *model.Origin, what string) *model.Origin {
	if what == "" || at == nil {
		return at
	}
	o := *at
	o.Assumed = what
	return &o
}

// values resolves variables in options by the environment of the workload.
type values struct {
	env []config.EnvVar
	at  *model.Origin
}

// text is an option with its variables resolved. known is false when one is not; assumed
// says which fallback it holds by.
func (v values) text(s string) (text string, known bool, assumed string) {
	x := interpolation.Parse(s)
	known = true
	var b strings.Builder
	last := 0
	for _, hole := range x.Vars {
		b.WriteString(x.Text[last:hole.Start])
		last = hole.End
		value, ok, from := v.variable(hole.Name)
		switch {
		case ok:
			b.WriteString(value)
			if from != "" {
				assumed = from
			}
		case hole.HasFallback:
			b.WriteString(x.Text[hole.Start:hole.End])
			assumed = "the variable " + hole.Name + " is not set"
		default:
			b.WriteString(x.Text[hole.Start:hole.End])
			known = false
		}
	}
	b.WriteString(x.Text[last:])
	// What a command prints is known only when it runs.
	return b.String(), known && !strings.Contains(s, "$(") && !strings.Contains(s, "`"), assumed
}

// variable is the last value that the workload's environment gives a name.
func (v values) variable(name string) (value string, ok bool, assumed string) {
	for i := len(v.env) - 1; i >= 0; i-- {
		e := v.env[i]
		if e.Name != name || e.Secret {
			continue
		}
		if value, ok := e.Value.Get(); ok {
			return value, true, ""
		}
		if value, ok := e.Fallback.Get(); ok {
			return value, true, "a variable of its environment is not set: " + name
		}
		return "", false, ""
	}
	return "", false, ""
}
