package files

import (
	"path"
	"slices"
	"strings"

	"qaudit/internal/collect/files/celeryworker"
	"qaudit/internal/collect/files/commandline"
	"qaudit/internal/collect/files/packages"
	"qaudit/internal/collect/files/place"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/config"
)

// join gives compose services what other files hold of them: the variables of their
// env_file, and of the Dockerfile that they build its variables, stop signal and command.
func (c *Collector) join() {
	for i := range c.workloads {
		w := &c.workloads[i]
		if w.service == nil {
			continue
		}
		img, target := c.built(w)
		own := w.Env
		w.Env = nil
		if img != nil {
			stage, ok := img.Final(target)
			if ok {
				w.Env = img.vars(stage, w.Name)
				if w.StopWith.Absent() {
					w.StopWith = img.stopWith(stage, w.At)
				}
				w.Health = w.Health || stage.Health
			}
		}
		w.Env = append(append(w.Env, c.envFiles(w)...), own...)
		w.Commands = c.serviceCommands(w, img, target)
	}
}

// envFiles are the variables of the files that a service names, later ones last.
func (c *Collector) envFiles(w *workload) []config.EnvVar {
	var out []config.EnvVar
	for _, f := range w.service.EnvFiles {
		p := path.Join(path.Dir(w.file), f.Value)
		vars, ok := c.dotenvs[p]
		if !ok {
			w.EnvOpen = "its env_file " + f.Value + " is not in the tree"
			continue
		}
		for _, v := range vars {
			v.Service = w.Name
			out = append(out, v)
		}
	}
	return out
}

// built is the Dockerfile that a service builds, nil when it builds none or it is not in
// the tree.
func (c *Collector) built(w *workload) (*image, string) {
	x := w.service
	if !x.Build.Set || strings.Contains(x.Build.Value, "://") || strings.HasPrefix(x.Build.Value, "/") {
		return nil, ""
	}
	name := x.Dockerfile.Value
	if name == "" {
		name = "Dockerfile"
	}
	return c.dockerfiles[path.Join(path.Dir(w.file), x.Build.Value, name)], x.Target.Value
}

// serviceCommands are what a service runs: its own entrypoint and command; without an
// entrypoint of its own the image's, and without either the image's command too. An
// entrypoint of its own clears the image's command.
func (c *Collector) serviceCommands(w *workload, img *image, target string) []config.Command {
	x := w.service
	sh := shOf(w.Image.Value)
	var entry []string
	if img != nil {
		if stage, ok := img.Final(target); ok {
			sh = shOf(img.base(stage).Value)
			if !x.Command.Set && !x.Entrypoint.Set {
				c.launch(img.sheet.text.Path, target)
				return c.imageCommands(img, stage)
			}
			if !x.Entrypoint.Set && stage.Entrypoint.Set {
				if !stage.Entrypoint.List { // it takes no arguments
					return c.imageCommands(img, stage)
				}
				entry = stage.Entrypoint.Words
			}
		}
	}
	span := x.Command.Span
	if !x.Command.Set {
		span = x.Entrypoint.Span
	}
	if x.Entrypoint.Set {
		entry = c.words(w, x.Entrypoint.List, x.Entrypoint.Words, x.Entrypoint.Text, x.Entrypoint.Span)
	}
	words := slices.Concat(entry, c.words(w, x.Command.List, x.Command.Words, x.Command.Text, x.Command.Span))
	if len(words) == 0 {
		return nil
	}
	return c.list(x.sheet, words, span, sh)
}

// launch marks the workload of a Dockerfile as one that a service starts.
func (c *Collector) launch(file, stage string) {
	for i := range c.workloads {
		if w := &c.workloads[i]; w.service == nil && w.file == file && w.stage == stage {
			w.launched = true
		}
	}
}

// words are the words of a command or entrypoint. Compose cuts a string into words itself
// and starts no shell; "$$" is its dollar sign.
func (c *Collector) words(w *workload, list bool, words []string, text string, span place.Span) []string {
	if !list {
		var rest string
		var err error
		words, rest, err = commandline.Split(strings.ReplaceAll(text, "$$", "$"))
		why := ""
		switch {
		case err != nil:
			why = err.Error()
		case rest != "":
			why = "compose starts no shell: it cuts the command at the first operator, and what follows never runs"
		}
		if why != "" {
			c.problems([]place.Problem{{Path: w.file, Line: span.Line, Column: span.Column,
				Key: w.service.sheet.symbol, Why: why}})
		}
		return words
	}
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = strings.ReplaceAll(word, "$$", "$")
	}
	return out
}

// workers are the Celery workers that the workloads start, with the version of Celery in
// the folder that each is built from. A Dockerfile's own counts only where no service
// starts it.
func (c *Collector) workers() []code.CeleryWorker {
	versions := map[string]model.Known[model.Version]{}
	in := func(dir string) model.Known[model.Version] {
		v, ok := versions[dir]
		if !ok {
			v = packages.For(c.packages, packages.Python, dir, "celery")
			versions[dir] = v
		}
		return v
	}
	var out []code.CeleryWorker
	for _, w := range c.workloads {
		if w.launched {
			continue
		}
		for _, x := range celeryworker.Of(w.Workload) {
			x.Version = c.versionOf(w, in)
			out = append(out, x)
		}
	}
	return out
}

// versionOf is the version of Celery for a workload: in the folder that it is built from,
// else in that of its Dockerfile, since the context may be the root of the tree.
func (c *Collector) versionOf(w workload, in func(dir string) model.Known[model.Version]) model.Known[model.Version] {
	dir := path.Dir(w.file)
	if w.Build != "" && !strings.Contains(w.Build, "://") {
		dir = path.Join(dir, w.Build)
	}
	v := in(dir)
	if w.service != nil && v.Unknown() {
		if img, _ := c.built(&w); img != nil {
			return in(path.Dir(img.sheet.text.Path))
		}
	}
	return v
}
