package main

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"qaudit/testbed"
	"qaudit/testbed/child"
)

// place is what the services are told through their environment.
type place struct {
	broker  *testbed.Broker
	users   map[string]string // broker users, name to password
	vhost   string
	outside string // URL of the stand-in for everybody else's services
	api     string // address of the shop's API
	work    string // folder for databases and logs
}

// environment of a service that logs in at the broker as user.
func (p place) environment(user, python string) ([]string, error) {
	amqp := p.broker.AMQP(0, testbed.User{Name: user, Password: p.users[user]}, p.vhost)
	u, err := url.Parse(amqp)
	if err != nil {
		return nil, fmt.Errorf("read the broker's URL: %w", err)
	}
	host, port, _ := strings.Cut(p.api, ":")
	env := append(os.Environ(),
		"PATH="+filepath.Dir(python)+string(os.PathListSeparator)+os.Getenv("PATH"),
		"HOME="+p.work, "PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1",
		"RABBITMQ_URL="+amqp, "CELERY_BROKER_URL="+amqp,
		"RABBITMQ_HOST="+u.Hostname(), "RABBITMQ_PORT="+u.Port(),
		"HOST="+host, "PORT="+port, "GUNICORN_CMD_ARGS=--bind "+p.api,
		"ORDERS_DB="+filepath.Join(p.work, "orders.db"),
		"PAYMENTS_DB="+filepath.Join(p.work, "payments.db"),
		"DEADLETTERS_DB="+filepath.Join(p.work, "deadletters.db"),
	)
	for variable, service := range map[string]string{
		"GATEWAY_URL": "gateway", "MAILER_URL": "mailer", "INVOICE_URL": "invoices", "CARRIER_URL": "carrier",
		"WAREHOUSE_URL": "warehouse", "PUSH_URL": "push", "ALERT_URL": "alerts",
	} {
		env = append(env, variable+"="+p.outside+"/"+service)
	}
	return env, nil
}

// services are the shop's running processes. One that ends is started again,
// as "restart: always" does.
type services struct {
	stopping chan struct{}
	all      []*service
	running  sync.WaitGroup
}

type service struct {
	name    string
	command *exec.Cmd // a model: each start runs a copy
	log     *os.File
	starts  atomic.Int64

	mu      sync.Mutex
	process *child.Process
}

// restartAfter is the pause before a service that ended is started again.
const restartAfter = 2 * time.Second

// startServices starts every line of the shop's Procfile.
func startServices(s shop, code built, p place) (*services, error) {
	processes, err := s.processes()
	if err != nil {
		return nil, err
	}
	logs := filepath.Join(p.work, "log")
	if err := os.Mkdir(logs, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder of the logs: %w", err)
	}
	all := &services{stopping: make(chan struct{})}
	for _, line := range processes {
		env, err := p.environment(s.userOf(line.name), code.python)
		if err != nil {
			return nil, err
		}
		log, err := os.Create(filepath.Join(logs, line.name+".log"))
		if err != nil {
			return nil, fmt.Errorf("make the log of %s: %w", line.name, err)
		}
		command := exec.Command("sh", "-c", "exec "+line.command)
		command.Dir, command.Env = code.dir, env
		all.all = append(all.all, &service{name: line.name, command: command, log: log})
	}
	for _, one := range all.all {
		all.running.Go(func() { one.keep(all.stopping) })
	}
	return all, nil
}

// keep runs the service until stopping is closed.
func (s *service) keep(stopping <-chan struct{}) {
	for {
		process, err := s.start()
		if err != nil {
			say("%v", err)
			return
		}
		<-process.Done()
		select {
		case <-stopping:
			return
		case <-time.After(restartAfter):
		}
	}
}

func (s *service) start() (*child.Process, error) {
	cmd := exec.Command(s.command.Path, s.command.Args[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.command.Dir, s.command.Env, s.log, s.log
	s.mu.Lock()
	defer s.mu.Unlock()
	process, err := child.Start(cmd)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", s.name, err)
	}
	s.process = process
	s.starts.Add(1)
	return process, nil
}

// stop asks every service to end, as an orchestrator does: SIGTERM to its
// first process, and after grace SIGKILL to all of them.
func (all *services) stop(grace time.Duration) {
	close(all.stopping)
	late := time.After(grace)
	for _, s := range all.all {
		s.signal()
	}
	ended := make(chan struct{})
	go func() { all.running.Wait(); close(ended) }()
	select {
	case <-ended:
		say("all services ended within %s", grace)
	case <-late:
		for _, s := range all.all {
			if s.current().Running() {
				say("%s did not end within %s of SIGTERM", s.name, grace)
				s.current().Kill()
			}
		}
		<-ended
	}
	for _, s := range all.all {
		_ = s.log.Close()
	}
}

func (s *service) current() *child.Process {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process
}

func (s *service) signal() {
	if process := s.current(); process != nil && process.Running() {
		if first, err := os.FindProcess(process.Pid()); err == nil {
			_ = first.Signal(syscall.SIGTERM) // an error says that it has ended
		}
	}
}

// restarts tells which services did not keep running.
func (all *services) restarts() string {
	var parts []string
	for _, s := range all.all {
		if again := s.starts.Load() - 1; again > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", s.name, again))
		}
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, ", ")
}
