package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"qaudit/internal/audit"
	"qaudit/internal/cli/settings"
	"qaudit/internal/target"
)

// System is a system that can be read live.
type System struct {
	Name  target.System
	Guide string // what explain prints
	// Live returns the source that reads a target.
	Live func(t *target.Target, l Looks) audit.Source
}

// Looks say how a target is read.
type Looks struct {
	Sample  time.Duration // between two looks; 0: one look
	Timeout time.Duration // per look
	Now     func() time.Time
	Trace   func(target.Exchange) // nil: nobody looks
	Say     func(string)          // progress for a person; never nil
	// Wait waits between the looks; false when the person asked not to.
	Wait func(ctx context.Context, d time.Duration) bool
}

// access are the flags by which targets are reached.
type access struct {
	vhosts        []string
	passwordFiles []string
	tls           target.TLS
	timeout       time.Duration
	verbose       bool
}

func (o *access) register(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&o.vhosts, "vhost", nil, "read only this vhost (repeatable)")
	f.StringArrayVar(&o.passwordFiles, "password-file", nil, "[NAME=]FILE that holds the password; - is stdin (repeatable)")
	f.StringVar(&o.tls.CAFile, "ca-file", "", "PEM file of the certificate authorities to trust")
	f.StringVar(&o.tls.CertFile, "cert-file", "", "PEM file of the client's certificate")
	f.StringVar(&o.tls.KeyFile, "key-file", "", "PEM file of its key")
	f.BoolVar(&o.tls.Insecure, "insecure", false, "do not verify the broker's certificate")
	f.DurationVar(&o.timeout, "timeout", 60*time.Second, "limit for each look at a target")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "print every request with status, bytes and time to stderr")
}

// live makes the sources of the targets, with their logins decided: nothing is contacted
// yet.
func (a *App) live(ctx context.Context, targets []*target.Target, o *access, sample time.Duration) ([]audit.Source, error) {
	c := target.Credentials{Files: o.passwordFiles, Env: a.Env, Stdin: a.Stdin}
	if _, ok := a.Terminal(a.Stdin); ok {
		c.Prompt = a.prompt
	}
	if err := c.Resolve(ctx, targets); err != nil {
		return nil, usage("%w", err)
	}
	var out []audit.Source
	for _, t := range targets {
		t.Narrow(o.vhosts...)
		if o.tls != (target.TLS{}) {
			t.TLS = o.tls
		}
		for _, s := range a.Systems {
			if s.Name == t.System {
				out = append(out, s.Live(t, a.looks(o, sample)))
			}
		}
	}
	return out, nil
}

func (a *App) looks(o *access, sample time.Duration) Looks {
	l := Looks{Sample: sample, Timeout: o.timeout, Now: a.Now, Say: func(string) {}, Wait: a.wait}
	if _, ok := a.Terminal(a.Stderr); ok {
		l.Say = func(s string) { fmt.Fprintln(a.Stderr, s) }
	}
	if o.verbose {
		var mu sync.Mutex
		l.Trace = func(x target.Exchange) {
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintln(a.Stderr, x)
		}
	}
	return l
}

// prompt asks for a password without showing it.
func (a *App) prompt(_ context.Context, question string) (string, error) {
	f, ok := a.Stdin.(*os.File)
	if !ok {
		return "", errors.New("stdin is no terminal")
	}
	fmt.Fprint(a.Stderr, question)
	b, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(a.Stderr)
	return string(b), err
}

// targetsOf makes targets of the entries of qaudit.yaml that were asked for.
func targetsOf(s *settings.Settings, names []string, all bool) ([]*target.Target, error) {
	want := map[string]bool{}
	for _, n := range names {
		want[n] = true
	}
	var out []*target.Target
	for _, e := range s.Targets {
		if !all && !want[e.Name] {
			continue
		}
		delete(want, e.Name)
		t, err := target.Parse(e.Name + "=" + e.URL)
		var notRead *target.NotRead
		switch {
		case errors.As(err, &notRead):
			return nil, usage("%s: target %s: %w", e.At, e.Name, err)
		case err != nil:
			return nil, usage("%s: target %s: url: %w", e.At, e.Name, err)
		}
		t.Config = target.Login{User: e.User, Password: target.NewSecret(e.Password)}
		if err := options(t, e); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	for n := range want {
		return nil, usage("--target %s: %s names no such target", n, orNone(s.Path))
	}
	return out, nil
}

func orNone(path string) string {
	if path == "" {
		return "there is no " + settings.Name + ", which"
	}
	return path
}

func options(t *target.Target, e settings.Target) error {
	for key, v := range e.Options {
		switch key {
		case "ca-file":
			t.TLS.CAFile = v
		case "cert-file":
			t.TLS.CertFile = v
		case "key-file":
			t.TLS.KeyFile = v
		case "insecure":
			t.TLS.Insecure = v == "true"
		case "vhost":
			t.Narrow(strings.Split(v, ",")...)
		case "management":
			if err := t.SetManagement(v); err != nil {
				return usage("%s: target %s: management: %w", e.At, e.Name, err)
			}
		}
	}
	return nil
}

// wait waits between two looks; an interrupt ends the wait and nothing else.
func (a *App) wait(ctx context.Context, d time.Duration) bool {
	end := a.interrupts.waiting()
	defer a.interrupts.done()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-end:
		return false
	case <-ctx.Done():
		return false
	}
}

// interrupts sends Ctrl-C where it belongs: to the wait between two looks while there is
// one, else to the whole run.
type interrupts struct {
	mu     sync.Mutex
	count  int
	end    chan struct{}
	cancel context.CancelFunc
}

func (i *interrupts) waiting() <-chan struct{} {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.count == 0 {
		i.end = make(chan struct{})
	}
	i.count++
	return i.end
}

func (i *interrupts) done() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.count--
}

func (i *interrupts) signal() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.count > 0 {
		select {
		case <-i.end:
			i.cancel() // asked twice
		default:
			close(i.end)
		}
		return
	}
	i.cancel()
}
