package compose

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"qaudit/internal/collect/files/place"
)

const full = `x-env: &env
  BROKER_URL: ${BROKER_URL:-amqp://guest:guest@rabbit//}
  PASSED:
services:
  rabbit:
    image: "rabbitmq:3.9-management"
    hostname: rabbit
    ports:
      - "5672:5672"
      - 127.0.0.1:15672:15672/tcp
      - "${BIND:-127.0.0.1}:${PORT}:5671"
      - target: 1883
        published: "1884"
        host_ip: 10.0.0.1
      - "[::1]:8080:80"
    volumes:
      - rabbit:/var/lib/rabbitmq
      - ./rabbitmq.conf:/etc/rabbitmq/rabbitmq.conf:ro
      - /anonymous
      - type: bind
        source: ./x
        target: /y
        read_only: true
      - ${DATA:-./data}:/z
      - C:\data:/w:ro
    restart: no
    mem_limit: 512m
    healthcheck:
      test: ["CMD", "rabbitmq-diagnostics", "ping"]
    profiles: [broker]
  worker: &worker
    build: ./worker
    command: celery -A app worker
    entrypoint: ["tini", "--"]
    environment:
      <<: *env
      NUMBER: 3
    env_file: [.env, {path: extra.env, required: false}]
    stop_grace_period: 1m30s
    stop_signal: SIGQUIT
    deploy:
      replicas: 3
      restart_policy: {condition: on-failure}
      resources: {limits: {memory: 1G}}
  beat:
    <<: *worker
    command: ["celery", "beat"]
    healthcheck: {disable: true}
  list:
    extends: worker
    build: {dockerfile: Dockerfile.list}
    environment:
      - A=b=c
      - PASSED
    deploy: {restart_policy: {}}
  other:
    extends: {file: common.yml, service: base}
  part:
    environment: {A: b}
`

func parse(t *testing.T) map[string]Service {
	t.Helper()
	f, problems := Parse("compose.yaml", []byte(full))
	if len(problems) != 0 {
		t.Fatal(problems)
	}
	out := map[string]Service{}
	for _, s := range f.Services {
		out[s.Name] = s
	}
	return out
}

func TestBroker(t *testing.T) {
	s := parse(t)["rabbit"]
	quiet := cmpopts.IgnoreTypes(place.Span{})
	if d := cmp.Diff([]Port{{Published: "5672", Target: "5672"}, {Host: "127.0.0.1", Published: "15672", Target: "15672", Protocol: "tcp"},
		{Host: "${BIND:-127.0.0.1}", Published: "${PORT}", Target: "5671"}, {Host: "10.0.0.1", Published: "1884", Target: "1883"},
		{Host: "::1", Published: "8080", Target: "80"}}, s.Ports, quiet); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]Volume{{Source: "rabbit", Target: "/var/lib/rabbitmq"},
		{Source: "./rabbitmq.conf", Target: "/etc/rabbitmq/rabbitmq.conf", ReadOnly: true}, {Target: "/anonymous"},
		{Type: "bind", Source: "./x", Target: "/y", ReadOnly: true}, {Source: "${DATA:-./data}", Target: "/z"},
		{Source: `C:\data`, Target: "/w", ReadOnly: true}}, s.Volumes, quiet); d != "" {
		t.Error(d)
	}
	if p := s.Ports[1].Span; p.Line != 10 || p.Column != 9 || p.EndColumn != 34 {
		t.Errorf("%+v", p)
	}
	if s.Image.Value != "rabbitmq:3.9-management" || s.Image.Span.Line != 6 || s.Image.Span.Column != 5 ||
		s.Restart.Value != "no" || s.Hostname.Value != "rabbit" || !s.Health || s.Memory.Value != "512m" ||
		strings.Join(s.Profiles, ",") != "broker" || s.Partial != "" || s.Span.Line != 5 || s.Span.Column != 3 {
		t.Errorf("%+v", s)
	}
}

func TestWorkers(t *testing.T) {
	all := parse(t)
	s := all["worker"]
	if s.Build.Value != "./worker" || s.Command.Text != "celery -A app worker" || s.Command.List || !s.Entrypoint.List ||
		s.StopGrace.Value != "1m30s" || s.StopSignal.Value != "SIGQUIT" || s.Replicas.Value != "3" ||
		s.RestartPolicy.Value != "on-failure" || s.Memory.Value != "1G" || len(s.EnvFiles) != 2 || s.EnvFiles[1].Value != "extra.env" {
		t.Errorf("%+v", s)
	}
	var env []string
	for _, v := range s.Env {
		env = append(env, fmt.Sprintf("%d:%d %s=%s %v", v.Span.Line, v.Span.Column, v.Name, v.Value, v.HasValue))
	}
	if got, want := strings.Join(env, "; "), "37:7 NUMBER=3 true; 2:3 BROKER_URL=${BROKER_URL:-amqp://guest:guest@rabbit//} true; 3:3 PASSED= false"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if b := all["beat"]; b.StopGrace.Value != "1m30s" || strings.Join(b.Command.Words, " ") != "celery beat" || b.Health {
		t.Errorf("%+v", b)
	}
	l := all["list"]
	if l.Build.Value != "." || l.Dockerfile.Value != "Dockerfile.list" || l.StopSignal.Value != "SIGQUIT" ||
		l.RestartPolicy.Value != "any" || len(l.Env) != 5 || l.Env[3].Value != "b=c" || l.Env[4].HasValue || l.Partial != "" {
		t.Errorf("%+v", l)
	}
	if all["other"].Partial != "it extends a service of common.yml" || all["part"].Partial == "" {
		t.Errorf("%q %q", all["other"].Partial, all["part"].Partial)
	}
}

func TestOddFiles(t *testing.T) {
	for _, c := range []struct{ name, src, services, problem string }{
		{"first version", "web:\n  image: x\nx-y: {image: z}\n", "web", ""},
		{"kubernetes", "apiVersion: v1\nkind: Service\nservices: {a: {image: x}}\n", "", ""},
		{"no services", "version: '3'\n", "", ""},
		{"null services", "services:\n", "", ""},
		{"services is a list", "services:\n  - a\n", "", "f:1:1: services: it is not a mapping"},
		{"a service is a string", "services:\n  a: b\n  c: {image: x}\n", "c", "f:2:3: services.a: it is not a mapping"},
		{"bad parts", "services:\n  a:\n    image: [x]\n    ports: 5672\n", "a", "f:3:5: services.a.image: it is not a single value"},
		{"bad port", "services:\n  a:\n    image: x\n    ports: [\"1:\"]\n", "a", "f:4:13: services.a.ports: it is not a port mapping"},
		{"circle", "services:\n  a: {extends: b}\n  b: {extends: c}\n  c: {extends: b}\n", "a b c", ""},
		{"half written", "services:\n  a:\n    image: x\n  b:\n    ima", "a", "f:4:3: services.b: it is not a mapping"},
		{"CRLF", "services:\r\n  a:\r\n    image: x\r\n", "a", ""},
		{"reset", "services:\n  a:\n    image: x\n    command: !reset null\n", "a", ""},
	} {
		f, problems := Parse("f", []byte(c.src))
		var names []string
		for _, s := range f.Services {
			names = append(names, s.Name)
			if s.Command.Set || s.Image.Value == "x\r" {
				t.Errorf("%s: %+v", c.name, s)
			}
		}
		problem := ""
		if len(problems) > 0 {
			problem = problems[0].Error()
		}
		if strings.Join(names, " ") != c.services || problem != c.problem {
			t.Errorf("%s: %v %q", c.name, names, problem)
		}
	}
}

func TestUnits(t *testing.T) {
	for in, want := range map[string]int64{"512m": 512 << 20, "1.5gb": 3 << 29, "1024": 1024, "64K": 64 << 10, "2GiB": 2 << 30, "10b": 10} {
		if got, err := Bytes(in); err != nil || got != want {
			t.Errorf("%s: %d, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "m", "x", "-1m", "1e400", "NaN"} {
		if n, err := Bytes(in); err == nil {
			t.Errorf("%s: %d", in, n)
		}
	}
	for in, want := range map[string]time.Duration{"1m30s": 90 * time.Second, "10s": 10 * time.Second, "1d": 24 * time.Hour, "1d2h": 26 * time.Hour} {
		if got, err := Duration(in); err != nil || got != want {
			t.Errorf("%s: %s, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "10", "x", "-1s"} {
		if d, err := Duration(in); err == nil {
			t.Errorf("%s: %s", in, d)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("services:\n  a: &a\n    extends: b\n  b: {<<: *a, extends: {service: a}, ports: [{target: 1}, '1:2', 3], volumes: ['a:b:ro,c', 'C:/x:/y']}\n"))
	laughs := "x: &a [x]\n"
	for c := 'b'; c < 'k'; c++ {
		laughs += fmt.Sprintf("x%c: &%c [*%c, *%c, *%c]\n", c, c, c-1, c-1, c-1)
	}
	f.Add([]byte(laughs + "services:\n  a: {image: x, command: *j, environment: *j}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		file, _ := Parse("f", src)
		for _, s := range file.Services {
			Bytes(s.Memory.Value)
			Duration(s.StopGrace.Value)
		}
	})
}
