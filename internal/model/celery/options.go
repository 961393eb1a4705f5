package celery

import (
	"strconv"
	"strings"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/config"
)

// variables are the values that files give to environment variables.
type variables map[string][]config.EnvVar

func variablesOf(e *model.Estate) variables {
	out := variables{}
	for _, f := range model.All[*config.Files](e) {
		for _, v := range f.Env {
			out[v.Name] = append(out[v.Name], v)
		}
	}
	return out
}

// Setting is a setting of the app in force: what is set, what the files give to its
// variable, or that it is absent.
func (a *App) Setting(name string) model.Known[code.Value] {
	v, ok := a.Option(name).Get()
	if !ok || v.Kind != code.Env {
		return a.Option(name)
	}
	return a.env.resolve(v)
}

// resolve gives a variable the one value that files set it to; without any, its fallback.
func (vs variables) resolve(v code.Value) model.Known[code.Value] {
	var found *code.Value
	for _, e := range vs[v.Text] {
		text, ok := e.Value.Get()
		if !ok || e.Secret {
			return model.Unknown[code.Value]("the variable "+v.Text+" comes from outside", v.Origin)
		}
		if found != nil && found.Text != text {
			return model.Unknown[code.Value]("files give different values to the variable "+v.Text, v.Origin)
		}
		found = &code.Value{Kind: code.String, Text: text, Origin: e.At}
	}
	switch {
	case found != nil:
		return model.Present(*found, found.Origin)
	case v.Default == nil:
		return model.Unknown[code.Value]("it comes from the environment variable "+v.Text, v.Origin)
	}
	d := *v.Default
	d.Origin = assumed(v.Origin, "the fallback of "+v.Text+": the environment can set another value")
	return model.Present(d, d.Origin)
}

// assumed copies an origin with what was assumed.
func assumed(o *model.Origin, what string) *model.Origin {
	if o == nil {
		return nil
	}
	c := *o
	c.Assumed = what
	return &c
}

// Bool is a setting that is true or false; def is Celery's default.
func (a *App) Bool(name string, def bool) model.Known[bool] {
	return truth(a.Setting(name), def)
}

// truth reads a truth value; text counts as Celery's strtobool reads it.
func truth(k model.Known[code.Value], def bool) model.Known[bool] {
	v, ok := k.Get()
	switch {
	case k.Absent():
		return model.Present(def, k.Origin())
	case !ok:
		return model.Unknown[bool](k.Why(), k.Origin())
	case v.Kind == code.String:
		switch strings.ToLower(v.Text) {
		case "true", "yes", "1", "on", "t", "y":
			return model.Present(true, k.Origin())
		case "false", "no", "0", "off", "f", "n", "":
			return model.Present(false, k.Origin())
		}
	case v.Kind == code.Nil:
		return model.Present(def, k.Origin())
	}
	b := v.Boolean()
	if b.Unknown() {
		return model.Unknown[bool](b.Why(), k.Origin())
	}
	return model.Present(b.Or(false), k.Origin())
}

// number reads a number; None and absent are absent.
func number(k model.Known[code.Value]) model.Known[float64] {
	v, ok := k.Get()
	switch {
	case k.Absent():
		return model.Absent[float64](k.Origin())
	case !ok:
		return model.Unknown[float64](k.Why(), k.Origin())
	}
	switch v.Kind {
	case code.Nil:
		return model.Absent[float64](k.Origin())
	case code.Int:
		return model.Present(float64(v.Int), k.Origin())
	case code.Float:
		return model.Present(v.Float, k.Origin())
	case code.String:
		if f, err := strconv.ParseFloat(v.Text, 64); err == nil {
			return model.Present(f, k.Origin())
		}
	}
	return model.Unknown[float64](v.Integer().Why(), k.Origin())
}

// Number is a setting that is a number; absent where it is not set or None.
func (a *App) Number(name string) model.Known[float64] { return number(a.Setting(name)) }

// Text is a setting that is text.
func (a *App) Text(name string) model.Known[string] {
	k := a.Setting(name)
	v, ok := k.Get()
	switch {
	case k.Absent(), ok && v.Kind == code.Nil:
		return model.Absent[string](k.Origin())
	case !ok:
		return model.Unknown[string](k.Why(), k.Origin())
	}
	return v.Str()
}

// ofTask are the options of a task that take their default from a setting of the app.
var ofTask = map[string]string{
	"acks_late": "task_acks_late", "reject_on_worker_lost": "task_reject_on_worker_lost",
	"retry_on_worker_lost":       "task_retry_on_worker_lost",
	"acks_on_failure_or_timeout": "task_acks_on_failure_or_timeout",
	"acks_on_failure":            "task_acks_on_failure", "acks_on_timeout": "task_acks_on_timeout",
	"ignore_result": "task_ignore_result", "serializer": "task_serializer",
	"time_limit": "task_time_limit", "soft_time_limit": "task_soft_time_limit",
}

// Option is an option of the task in force, and own whether the task itself (or its
// class) sets it: annotations of the settings first, then the task, then the app's own
// Task class, then the setting. None means that the setting holds, where there is one.
func (t *Task) Option(name string) (k model.Known[code.Value], own bool) {
	if v, why := t.annotated(name); v != nil {
		return model.Present(*v, v.Origin), true
	} else if why != "" {
		return model.Unknown[code.Value](why, t.At), true
	}
	setting := ofTask[name]
	if v, ok := t.Options[name]; ok && (v.Kind != code.Nil || setting == "") {
		return known(v, t), true
	} else if !ok && t.Open {
		return model.Unknown[code.Value]("its options could not be read", t.At), true
	}
	if v, ok := t.App.Base[name]; ok && (v.Kind != code.Nil || setting == "") {
		return known(v, t), false
	}
	if setting == "" {
		return model.Absent[code.Value](t.At), false
	}
	return t.App.Setting(setting), false
}

// known reads an option.
func known(v code.Value, t *Task) model.Known[code.Value] {
	if v.Origin == nil {
		v.Origin = t.At
	}
	switch v.Kind {
	case code.Unresolved, code.Choice:
		return model.Unknown[code.Value](v.Str().Why(), v.Origin)
	case code.Env:
		return t.App.env.resolve(v)
	}
	return model.Present(v, v.Origin)
}

// annotated is what task_annotations sets for the task; why is not empty when the
// annotations could not be read.
func (t *Task) annotated(name string) (v *code.Value, why string) {
	k := t.App.Setting("task_annotations")
	all, ok := k.Get()
	switch {
	case k.Absent():
		return nil, ""
	case !ok && t.App.Open && t.App.Settings["task_annotations"].Name == "":
		return nil, "" // the rest of the configuration says so itself
	case !ok:
		return nil, "task_annotations could not be read"
	case all.Kind == code.Nil:
		return nil, ""
	case all.Kind != code.Map:
		return nil, "task_annotations could not be read"
	}
	for _, key := range []string{t.Name, "*"} {
		entry, ok := all.Get(key)
		if !ok {
			continue
		}
		if x, ok := entry.Get(name); ok {
			if x.Origin == nil {
				x.Origin = k.Origin()
			}
			return &x, ""
		}
	}
	return nil, ""
}

// Bool is an option that is true or false; def is Celery's default.
func (t *Task) Bool(name string, def bool) model.Known[bool] {
	k, _ := t.Option(name)
	return truth(k, def)
}

// Own says that the task itself, its class or an annotation sets the option.
func (t *Task) Own(name string) bool {
	_, own := t.Option(name)
	return own
}

// Number is an option that is a number; absent where it is not set or None.
func (t *Task) Number(name string) model.Known[float64] {
	k, _ := t.Option(name)
	return number(k)
}

// Seconds makes a duration of seconds.
func Seconds(f float64) time.Duration { return time.Duration(f * float64(time.Second)) }

// Before says whether the app's Celery is older than the version; where the version is
// not known, the newest is assumed and the answer says so.
func (a *App) Before(major, minor int) model.Known[bool] {
	v, ok := a.Version.Get()
	if !ok {
		return model.Present(false, assumed(a.At, "the version of Celery is not known: the newest is assumed"))
	}
	o := a.Version.Origin()
	if o == nil {
		o = a.At
	}
	return model.Present(v.Less(model.Version{major, minor}), o)
}
