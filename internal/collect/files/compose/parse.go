package compose

import (
	"strings"

	"qaudit/internal/collect/files/place"
	"qaudit/internal/collect/files/yamltree"
)

// Parse reads a file. Of one that breaks off, or with parts that cannot be read, it returns
// the rest. A file that is no compose file, whatever its name, has no services.
func Parse(path string, src []byte) (*File, []place.Problem) {
	t := place.New(path, src)
	docs, problems := yamltree.Parse(t)
	r := &reader{text: t, file: &File{Path: path}, problems: problems}
	for _, d := range docs {
		r.document(d)
	}
	r.resolve()
	return r.file, r.problems
}

type reader struct {
	text     *place.Text
	file     *File
	problems []place.Problem
}

func (r *reader) problem(s place.Span, key, why string) {
	r.problems = append(r.problems, r.text.Problem(s.Start, key, why))
}

func (r *reader) document(d *yamltree.Node) {
	if !d.Is(yamltree.Mapping) || d.Value("apiVersion") != nil && d.Value("kind") != nil {
		return
	}
	services, ok := d.Get("services")
	if !ok {
		r.first(d)
		return
	}
	if services.Value.Is(yamltree.Null) {
		return
	}
	if !services.Value.Is(yamltree.Mapping) {
		r.problem(services.Span, "services", "it is not a mapping")
		return
	}
	for _, f := range services.Value.Fields {
		r.service(f)
	}
}

// first reads the first version of the format, which had the services at the top.
func (r *reader) first(d *yamltree.Node) {
	for _, f := range d.Fields {
		if f.Value.Is(yamltree.Mapping) && !strings.HasPrefix(f.Key, "x-") &&
			(f.Value.Value("image").Is(yamltree.Scalar) || f.Value.Value("build").Is(yamltree.Scalar)) {
			r.service(f)
		}
	}
}

func (r *reader) service(f yamltree.Field) {
	if strings.HasPrefix(f.Key, "x-") {
		return
	}
	at := "services." + f.Key
	if !f.Value.Is(yamltree.Mapping) {
		if !f.Value.Is(yamltree.Null) {
			r.problem(f.Span, at, "it is not a mapping")
		}
		return
	}
	n := &node{r, f.Value, at}
	s := Service{Name: f.Key, Span: f.Span,
		Image: n.text("image"), Entrypoint: n.args("entrypoint"), Command: n.args("command"),
		Env: n.env(), EnvFiles: n.envFiles(), Ports: n.ports(), Volumes: n.volumes(),
		Hostname: n.text("hostname"), Restart: n.text("restart"), Replicas: n.text("scale"),
		Memory: n.text("mem_limit"), StopGrace: n.text("stop_grace_period"),
		StopSignal: n.text("stop_signal"), Health: n.health(), Profiles: n.strings("profiles")}
	n.build(&s)
	n.deploy(&s)
	n.extend(&s)
	r.file.Services = append(r.file.Services, s)
}

// longestChain bounds services that extend one another; a longer chain goes in a circle.
const longestChain = 20

// resolve lays each service over the one of the same file that it extends, and says of
// which the file holds only a part.
func (r *reader) resolve() {
	byName := map[string]*Service{}
	for i := range r.file.Services {
		byName[r.file.Services[i].Name] = &r.file.Services[i]
	}
	for i := range r.file.Services {
		s := &r.file.Services[i]
		for n := 0; s.extends != "" && n < longestChain; n++ {
			base, ok := byName[s.extends]
			if !ok || base == s {
				s.Partial = "it extends the service " + s.extends + ", which is not in this file"
				break
			}
			s.over(base)
		}
		if s.extends != "" && s.Partial == "" {
			s.Partial = "the services that it extends go in a circle"
		}
		if s.Partial == "" && !s.Image.Set && !s.Build.Set {
			s.Partial = "this file gives it neither an image nor a build: another one defines it"
		}
	}
}

// over fills what the service leaves open from the one that it extends.
func (s *Service) over(base *Service) {
	for _, p := range []struct{ own, base *Text }{
		{&s.Image, &base.Image}, {&s.Build, &base.Build}, {&s.Dockerfile, &base.Dockerfile}, {&s.Target, &base.Target},
		{&s.Hostname, &base.Hostname}, {&s.Restart, &base.Restart}, {&s.RestartPolicy, &base.RestartPolicy},
		{&s.Replicas, &base.Replicas}, {&s.Memory, &base.Memory}, {&s.StopGrace, &base.StopGrace},
		{&s.StopSignal, &base.StopSignal}} {
		if !p.own.Set {
			*p.own = *p.base
		}
	}
	for _, p := range []struct{ own, base *Args }{{&s.Entrypoint, &base.Entrypoint}, {&s.Command, &base.Command}} {
		if !p.own.Set {
			*p.own = *p.base
		}
	}
	s.Env = append(append([]Var{}, base.Env...), s.Env...)
	s.EnvFiles = append(append([]Text{}, base.EnvFiles...), s.EnvFiles...)
	s.Ports = append(append([]Port{}, base.Ports...), s.Ports...)
	s.Volumes = append(append([]Volume{}, base.Volumes...), s.Volumes...)
	s.Health = s.Health || base.Health
	if s.Partial == "" && base.extends == "" {
		s.Partial = base.Partial
	}
	s.extends = base.extends
}
