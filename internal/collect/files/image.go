package files

import (
	"path"
	"slices"
	"strings"

	"qaudit/internal/collect/files/commandline"
	"qaudit/internal/collect/files/dockerfile"
	"qaudit/internal/collect/files/interpolation"
	"qaudit/internal/collect/files/place"
	"qaudit/internal/collect/files/procfile"
	"qaudit/internal/collect/files/secret"
	"qaudit/internal/model"
	"qaudit/internal/model/config"
)

// dockerfile reads a Dockerfile: a workload for the image that it builds, and one for each
// named stage with a command of its own.
func (c *Collector) dockerfile(s *sheet, src []byte) {
	f, problems := dockerfile.Parse(s.text.Path, src)
	c.problems(problems)
	img := &image{f, s}
	var workloads []workload
	var env []config.EnvVar
	for i, stage := range f.Stages {
		last := i == len(f.Stages)-1
		env = append(env, img.vars(stage, "")...)
		if !last && (stage.Name == "" || !stage.Cmd.Set && !stage.Entrypoint.Set) {
			continue
		}
		target := stage.Name
		if last {
			target = ""
		}
		final, ok := f.Final(target)
		if !ok {
			continue
		}
		workloads = append(workloads, workload{Workload: c.image(img, final, target), file: s.text.Path, stage: target})
	}
	c.add(s.file(nil), env, workloads...)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dockerfiles[s.text.Path] = img
}

// vars are the variables that a stage sets: ENV, and ARG with a default, which stays in the
// history of the image.
func (img *image) vars(stage dockerfile.Stage, service string) []config.EnvVar {
	var out []config.EnvVar
	for _, v := range slices.Concat(stage.Args, stage.Env) {
		if v.HasValue {
			out = append(out, img.sheet.envVar(v.Name, v.Value, v.Raw, v.Span, service))
		}
	}
	return out
}

func (c *Collector) image(img *image, stage dockerfile.Stage, target string) config.Workload {
	s := img.sheet
	name := s.text.Path
	if target != "" {
		name += " (" + target + ")"
	}
	at := s.at(stage.Span)
	const unsaid = "a Dockerfile does not say: what runs the image does"
	w := config.Workload{Name: name, Format: config.Dockerfile, Role: s.role, At: at,
		Image: img.base(stage), Env: img.vars(stage, ""), Health: stage.Health,
		Hostname:  model.Unknown[string](unsaid, at),
		Restart:   model.Unknown[string](unsaid, at),
		Replicas:  model.Unknown[int64](unsaid, at),
		Memory:    model.Unknown[int64](unsaid, at),
		StopGrace: model.Span{Hi: model.Forever, What: "the time between stop and kill of " + name},
		StopWith:  img.stopWith(stage, at),
	}
	for _, v := range stage.Volumes {
		w.Volumes = append(w.Volumes, config.Volume{Target: v.Value, At: s.at(v.Span)})
	}
	w.Commands = c.imageCommands(img, stage)
	return w
}

// base is the image at the root of a stage; the default of an ARG before FROM stands for
// its variable.
func (img *image) base(stage dockerfile.Stage) config.Setting {
	out := imageSetting(img.sheet, stage.Image, stage.Span)
	if out.Literal {
		return out
	}
	v := interpolation.Parse(stage.Image)
	var b strings.Builder
	last := 0
	for _, hole := range v.Vars {
		b.WriteString(v.Text[last:hole.Start])
		last = hole.End
		text := v.Text[hole.Start:hole.End]
		for _, arg := range img.Args {
			if arg.Name == hole.Name && arg.HasValue {
				text = arg.Value
			}
		}
		b.WriteString(text)
	}
	b.WriteString(v.Text[last:])
	out.Value = b.String()
	return out
}

func (img *image) stopWith(stage dockerfile.Stage, at *model.Origin) model.Known[string] {
	if !stage.StopSignal.Set {
		return model.Absent[string](at)
	}
	text, at, ok := img.sheet.resolved(stage.StopSignal.Value, stage.StopSignal.Span)
	if !ok {
		return model.Unknown[string]("it comes from outside: "+text, at)
	}
	return model.Present(text, at)
}

// shell is what runs the shell form in a stage.
func (img *image) shell(stage dockerfile.Stage) commandline.Sh {
	if len(stage.Shell) > 0 {
		switch path.Base(stage.Shell[0]) {
		case "bash":
			return commandline.Bash
		case "ash":
			return commandline.Ash
		case "sh":
		default:
			return commandline.Stays
		}
	}
	return shOf(img.base(stage).Value)
}

// shOf is the sh of an image, by its name: busybox in Alpine, bash in the family of Red
// Hat, else dash as in Debian and Ubuntu, on which most images stand.
func shOf(image string) commandline.Sh {
	image = strings.ToLower(image)
	for _, name := range []string{"alpine", "busybox"} {
		if strings.Contains(image, name) {
			return commandline.Ash
		}
	}
	for _, name := range []string{"fedora", "centos", "rockylinux", "almalinux", "amazonlinux", "/ubi", "opensuse", "archlinux", "lambda/"} {
		if strings.Contains(image, name) {
			return commandline.Bash
		}
	}
	return commandline.Stays
}

// imageCommands are the commands of a stage: an ENTRYPOINT in shell form alone, else the
// ENTRYPOINT with CMD behind it.
func (c *Collector) imageCommands(img *image, stage dockerfile.Stage) []config.Command {
	entry, cmd, sh := stage.Entrypoint, stage.Cmd, img.shell(stage)
	switch {
	case entry.Set && !entry.List:
		return c.script(img.sheet, entry.Script, entry.Start, entry.Span, sh)
	case !entry.Set && cmd.Set && !cmd.List:
		return c.script(img.sheet, cmd.Script, cmd.Start, cmd.Span, sh)
	case !entry.Set && !cmd.Set:
		return nil
	}
	words, span := slices.Clone(entry.Words), entry.Span
	if cmd.Set {
		span = cmd.Span
		if cmd.List {
			words = append(words, cmd.Words...)
		} else {
			words = append(words, "sh", "-c", cmd.Script)
		}
	}
	return c.list(img.sheet, words, span, sh)
}

// script reads a command that a shell runs; start is its offset in the file.
func (c *Collector) script(s *sheet, src string, start int, span place.Span, sh commandline.Sh) []config.Command {
	commands, err := commandline.Script(src, sh)
	return c.commands(s, commands, err, span, func(x commandline.Command) place.Span {
		return s.text.Span(start+x.Start, start+x.End)
	})
}

// list reads a command in list form.
func (c *Collector) list(s *sheet, words []string, span place.Span, sh commandline.Sh) []config.Command {
	commands, err := commandline.List(words, sh)
	return c.commands(s, commands, err, span, func(commandline.Command) place.Span { return span })
}

func (c *Collector) commands(s *sheet, in []commandline.Command, err error, span place.Span, where func(commandline.Command) place.Span) []config.Command {
	if err != nil {
		c.problems([]place.Problem{{Path: s.text.Path, Line: span.Line, Column: span.Column, Key: s.symbol, Why: err.Error()}})
	}
	var out []config.Command
	for _, x := range in {
		out = append(out, config.Command{Words: secret.Words(x.Words), Shell: x.Shell, Exec: x.Exec, Last: x.Last, At: s.at(where(x))})
	}
	return out
}

// procfile reads a Procfile. Its processes are run by a shell, but the platforms that read
// it (Heroku, foreman, honcho) send the stop signal to all processes of a process type.
func (c *Collector) procfile(s *sheet, src []byte) {
	processes, problems := procfile.Parse(s.text.Path, src)
	c.problems(problems)
	var workloads []workload
	const unsaid = "a Procfile does not say: the platform does"
	for _, p := range processes {
		x := s.within(p.Name)
		at := x.at(p.Span)
		w := config.Workload{Name: p.Name, Format: config.Procfile, Role: s.role, At: at,
			Commands:  c.script(x, p.Command, p.Start, p.Span, commandline.Stays),
			Hostname:  model.Unknown[string](unsaid, at),
			Restart:   model.Unknown[string](unsaid, at),
			StopWith:  model.Unknown[string](unsaid, at),
			Replicas:  model.Unknown[int64](unsaid, at),
			Memory:    model.Unknown[int64](unsaid, at),
			StopGrace: model.Span{Hi: model.Forever, What: "the time between stop and kill of " + p.Name},
			EnvOpen:   "a Procfile holds no environment",
		}
		for i := range w.Commands {
			w.Commands[i].Exec = true
		}
		workloads = append(workloads, workload{Workload: w, file: s.text.Path})
	}
	c.add(s.file(nil), nil, workloads...)
}
