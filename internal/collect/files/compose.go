package files

import (
	"strconv"
	"strings"
	"time"

	"qaudit/internal/collect/files/compose"
	"qaudit/internal/collect/files/interpolation"
	"qaudit/internal/collect/files/place"
	"qaudit/internal/collect/files/secret"
	"qaudit/internal/model"
	"qaudit/internal/model/config"
)

// service is a compose service with the sheet of its section.
type service struct {
	compose.Service
	sheet *sheet
	at    *model.Origin
}

// composeGrace is how long compose waits between the stop signal and the kill, by the
// Compose specification, stop_grace_period.
const composeGrace = 10 * time.Second

func (c *Collector) compose(s *sheet, src []byte) {
	f, problems := compose.Parse(s.text.Path, src)
	c.problems(problems)
	if len(f.Services) == 0 && len(problems) == 0 {
		return // another format of the same name, or nothing in it
	}
	var env []config.EnvVar
	var workloads []workload
	for _, svc := range f.Services {
		x := &service{svc, s.within("services." + svc.Name), s.at(svc.Span)}
		w := workload{Workload: c.service(x), file: s.text.Path, service: x}
		env = append(env, w.Env...)
		workloads = append(workloads, w)
	}
	c.add(s.file(nil), env, workloads...)
}

// service is a service without its commands and what it has from other files: join adds
// these.
func (c *Collector) service(x *service) config.Workload {
	w := config.Workload{Name: x.Name, Format: config.Compose, Role: x.sheet.role, At: x.at,
		Profiles: x.Profiles, Health: x.Health, Partial: x.Partial,
		Hostname: x.known(x.Hostname), Restart: x.restart(), StopWith: x.known(x.StopSignal)}
	if x.Image.Set && !x.Build.Set {
		w.Image = imageSetting(x.sheet, x.Image.Value, x.Image.Span)
	}
	w.Build = x.Build.Value
	for _, v := range x.Env {
		if v.HasValue {
			w.Env = append(w.Env, x.sheet.envVar(v.Name, v.Value, false, v.Span, x.Name))
			continue
		}
		at := x.sheet.at(v.Span)
		w.Env = append(w.Env, config.EnvVar{Name: v.Name, Service: x.Name, File: x.sheet.text.Path, At: at,
			Value: model.Unknown[string]("it is passed through from outside", at)})
	}
	for _, p := range x.Ports {
		w.Ports = append(w.Ports, c.port(x, p)...)
	}
	for _, v := range x.Volumes {
		if v.Type == "" || v.Type == "volume" || v.Type == "bind" {
			source, target := interpolation.Parse(v.Source), interpolation.Parse(v.Target)
			w.Volumes = append(w.Volumes, config.Volume{Source: source.Text, Target: target.Text,
				ReadOnly: v.ReadOnly, At: x.sheet.at(v.Span)})
		}
	}
	w.StopGrace = c.grace(x)
	w.Replicas = number(c, x, x.Replicas, "replicas", func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) })
	w.Memory = number(c, x, x.Memory, "memory", compose.Bytes)
	return w
}

// imageSetting is the image of a workload as a setting. A tag that comes from a variable is its
// fallback, and not literal.
func imageSetting(s *sheet, written string, span place.Span) config.Setting {
	v := interpolation.Parse(written)
	return config.Setting{Key: "image", Value: v.Text, Literal: v.Literal(), At: s.at(span)}
}

// missing is a value that the service does not set: absent, or unknown when other files
// hold more of it.
func missing[T any](x *service) model.Known[T] {
	if x.Partial != "" {
		return model.Unknown[T](x.Partial, x.at)
	}
	return model.Absent[T](x.at)
}

func (x *service) known(t compose.Text) model.Known[string] {
	if !t.Set {
		return missing[string](x)
	}
	text, at, ok := x.sheet.resolved(t.Value, t.Span)
	if !ok {
		return model.Unknown[string]("it comes from outside: "+text, at)
	}
	return model.Present(text, at)
}

// restart is the restart policy in the words of "restart:", whichever key sets it.
func (x *service) restart() model.Known[string] {
	if x.Restart.Set || !x.RestartPolicy.Set {
		return x.known(x.Restart)
	}
	return model.Map(x.known(x.RestartPolicy), func(condition string) string {
		switch condition {
		case "any":
			return "always"
		case "none":
			return "no"
		}
		return condition
	})
}

// number reads a whole number or size.
func number(c *Collector, x *service, t compose.Text, what string, parse func(string) (int64, error)) model.Known[int64] {
	k := x.known(t)
	text, ok := k.Get()
	if !ok {
		if k.Absent() {
			return model.Absent[int64](k.Origin())
		}
		return model.Unknown[int64](k.Why(), k.Origin())
	}
	n, err := parse(text)
	if err != nil {
		c.misread(x, t.Span, what, "it is no number: "+text)
		return model.Unknown[int64]("it cannot be read: "+text, k.Origin())
	}
	return model.Present(n, k.Origin())
}

func (c *Collector) misread(x *service, span place.Span, what, why string) {
	c.problems([]place.Problem{{Path: x.sheet.text.Path, Line: span.Line, Column: span.Column,
		Key: x.sheet.symbol + "." + what, Why: why}})
}

func (c *Collector) grace(x *service) model.Span {
	what := "stop_grace_period of " + x.Name
	open := model.Span{Hi: model.Forever, What: what}
	if !x.StopGrace.Set {
		if x.Partial != "" {
			return open
		}
		return model.Exactly(composeGrace, what+", which is 10 s unless set", x.at)
	}
	k := x.known(x.StopGrace)
	text, ok := k.Get()
	if !ok {
		return open
	}
	d, err := compose.Duration(text)
	if err != nil {
		c.misread(x, x.StopGrace.Span, "stop_grace_period", "it is no duration: "+text)
		return open
	}
	return model.Exactly(d, what, k.Origin())
}

// widestRange bounds the ports of a range that are told one by one.
const widestRange = 64

// port is a port, or each of a range. A published port that is not known is 0; a host that
// comes from a variable without a fallback stays as written, so that it is not taken for
// all addresses.
func (c *Collector) port(x *service, p compose.Port) []config.Port {
	if strings.EqualFold(p.Protocol, "udp") {
		return nil // no broker listens on UDP
	}
	host, published, target := interpolation.Parse(p.Host), interpolation.Parse(p.Published), interpolation.Parse(p.Target)
	low, high, ok := portRange(target.Text)
	if !ok {
		if target.Literal() {
			c.misread(x, p.Span, "ports", "it is no port: "+secret.URLs(target.Text))
		}
		return nil
	}
	first, last, ok := portRange(published.Text)
	if !ok && published.Text != "" && published.Literal() {
		c.misread(x, p.Span, "ports", "it is no port: "+secret.URLs(published.Text))
	}
	if last-first != high-low {
		first = 0 // one of a range, whichever is free
	}
	at := x.sheet.at(p.Span)
	var out []config.Port
	for i := 0; i <= min(high-low, widestRange); i++ {
		port := config.Port{Host: host.Text, Target: low + i, At: at}
		if first > 0 {
			port.Published = first + i
		}
		out = append(out, port)
	}
	return out
}

func portRange(s string) (low, high int, ok bool) {
	a, b, ranged := strings.Cut(s, "-")
	low, err := strconv.Atoi(a)
	high = low
	if err == nil && ranged {
		high, err = strconv.Atoi(b)
	}
	if err != nil || low < 1 || high > 65535 || high < low {
		return 0, 0, false
	}
	return low, high, true
}
