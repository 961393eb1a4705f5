package clients

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"qaudit/testbed/child"
)

// Client is a running client.
type Client struct {
	name    string
	process *child.Process
	out     *announcer
	err     child.Tail
}

// Start starts the kit's script on a broker's vhost: url is amqp://…/vhost,
// args a sub-command with its options as `client.py --help` and client.js
// list them, with the common options (--for SECONDS, --heartbeat …) first.
// The client ends after --for (300 s by default), with Stop, or with this
// process.
func (k *Kit) Start(url string, args ...string) (*Client, error) {
	name := k.script + " " + strings.Join(args, " ")
	return k.start(name, nil, append([]string{k.script, "--url", url}, args...)...)
}

// Worker starts a Celery worker of the tasks in celery_app.py. settings are
// Celery's own (task_acks_late …), args further arguments of `celery worker`
// (--pool solo is set unless --pool or --concurrency is among them). Python
// kits only.
func (k *Kit) Worker(url string, settings map[string]any, args ...string) (*Client, error) {
	command := []string{"-m", "celery", "-A", "celery_app", "worker", "--loglevel", "WARNING"}
	if joined := strings.Join(args, " "); !strings.Contains(joined, "--pool") && !strings.Contains(joined, "--concurrency") {
		command = append(command, "--pool", "solo")
	}
	return k.celery("celery worker", url, settings, append(command, args...)...)
}

// Send starts a sender of count tasks by name (add, slow, fail, flaky), rate
// a second (0: as fast as it goes), with the task's arguments.
func (k *Kit) Send(url string, settings map[string]any, task string, count int, rate float64, arguments ...float64) (*Client, error) {
	args := []string{"celery_app.py", task, fmt.Sprint(count), fmt.Sprint(rate)}
	for _, argument := range arguments {
		args = append(args, fmt.Sprint(argument))
	}
	return k.celery("celery send "+task, url, settings, args...)
}

func (k *Kit) celery(name, url string, settings map[string]any, args ...string) (*Client, error) {
	text, err := json.Marshal(settings)
	if err != nil {
		return nil, fmt.Errorf("start %s: encode its settings: %w", name, err)
	}
	if settings == nil {
		text = nil
	}
	return k.start(name, []string{"TESTBED_BROKER=" + url, "TESTBED_CELERY=" + string(text)}, args...)
}

// longest is the life of a client that nobody stops.
const longest = time.Hour

func (k *Kit) start(name string, env []string, args ...string) (*Client, error) {
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	cmd := exec.CommandContext(ctx, k.program, args...)
	cmd.Dir = k.scripts
	cmd.Env = append(append(os.Environ(), k.env...), env...)
	c := &Client{name: name, out: &announcer{said: make(chan struct{})}}
	cmd.Stdout, cmd.Stderr = c.out, &c.err
	process, err := child.Start(cmd)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		<-process.Done()
		cancel()
	}()
	c.process = process
	return c, nil
}

// Ready waits until the client does what it is there for: it has published
// its first message, consumes, or is done.
func (c *Client) Ready(ctx context.Context) error {
	select {
	case <-c.out.said:
		return nil
	case <-c.process.Done():
		select {
		case <-c.out.said: // and done already
			return nil
		default:
			return fmt.Errorf("%s ended before it was ready (%v): %s", c.name, c.process.Err(), c.err.Last(5))
		}
	case <-ctx.Done():
		return fmt.Errorf("wait for %s: %w: %s", c.name, ctx.Err(), c.err.Last(5))
	}
}

// Wait waits until the client has ended by itself and returns its counts.
func (c *Client) Wait(ctx context.Context) (map[string]int, error) {
	select {
	case <-c.process.Done():
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the end of %s: %w: %s", c.name, ctx.Err(), c.err.Last(5))
	}
	if err := c.process.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", c.name, err, c.err.Last(5))
	}
	last := c.out.Last(1)
	var counts map[string]int
	if err := json.Unmarshal([]byte(last), &counts); err != nil {
		return nil, fmt.Errorf("%s: read its counts %q: %w", c.name, last, err)
	}
	return counts, nil
}

// stopGrace is how long a client may take to close its connection in order.
const stopGrace = 3 * time.Second

// Stop ends the client: in order if it can, else by force.
func (c *Client) Stop() {
	c.process.Terminate()
	select {
	case <-c.process.Done():
	case <-time.After(stopGrace):
		c.process.Kill()
	}
}

// Kill ends the client as a crash would.
func (c *Client) Kill() { c.process.Kill() }

// announcer keeps the output and tells when the line "ready" came.
type announcer struct {
	child.Tail
	once sync.Once
	said chan struct{}
}

func (a *announcer) Write(b []byte) (int, error) {
	n, err := a.Tail.Write(b)
	if bytes.Contains([]byte("\n"+a.String()), []byte("\nready\n")) {
		a.once.Do(func() { close(a.said) })
	}
	return n, err
}
