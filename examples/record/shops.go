package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"qaudit/testbed/child"
)

// shop is one of the examples: where it stands and how its broker is set up.
type shop struct {
	name  string
	vhost string
	// users gives the broker users of the services, name to password.
	users func() (map[string]string, error)
	// definitions are what the broker loads at its start.
	definitions func(ctx context.Context, users map[string]string) ([]byte, error)
	// userOf is the broker user of a line of the Procfile.
	userOf func(service string) string
	// grace is how long a service may take to end.
	grace time.Duration
}

// defaultVHost is there on every broker that loads no definitions.
const defaultVHost = "/"

// shops lists the examples by name.
func shops() map[string]shop {
	hurried := shop{name: "shop", vhost: defaultVHost, grace: 10 * time.Second}
	hurried.users = func() (map[string]string, error) { // as they stand in the definitions
		var d struct {
			Users []struct{ Name, Password string }
		}
		text, err := os.ReadFile(hurried.path("rabbitmq", "definitions.json"))
		if err != nil {
			return nil, fmt.Errorf("read the definitions of %s: %w", hurried.name, err)
		}
		if err := json.Unmarshal(text, &d); err != nil {
			return nil, fmt.Errorf("read the definitions of %s: %w", hurried.name, err)
		}
		users := map[string]string{}
		for _, u := range d.Users {
			users[u.Name] = u.Password
		}
		return users, nil
	}
	hurried.definitions = func(context.Context, map[string]string) ([]byte, error) {
		return os.ReadFile(hurried.path("rabbitmq", "definitions.json"))
	}
	hurried.userOf = func(string) string { return "shop" }

	right := shop{name: "shop-right", vhost: "shop", grace: 75 * time.Second}
	right.users = func() (map[string]string, error) {
		users := map[string]string{}
		for _, name := range rightUsers {
			users[name] = rand.Text()
		}
		return users, nil
	}
	right.definitions = func(ctx context.Context, users map[string]string) ([]byte, error) {
		made, err := makeUsers(ctx, right.path("rabbitmq", "users.py"), users)
		if err != nil {
			return nil, err
		}
		topology, err := os.ReadFile(right.path("rabbitmq", "definitions", "10-definitions.json"))
		if err != nil {
			return nil, fmt.Errorf("read the topology of %s: %w", right.name, err)
		}
		return merge(topology, made)
	}
	right.userOf = func(service string) string {
		if user, ok := rightUserOf[service]; ok {
			return user
		}
		return service
	}
	return map[string]shop{hurried.name: hurried, right.name: right}
}

// rightUsers are the broker users of shop-right, one a service.
var rightUsers = []string{"orders", "payments", "mail", "shipping", "stock", "notifications", "deadletters", "monitor"}

// rightUserOf names the user where it is not called as the service.
var rightUserOf = map[string]string{"relay": "orders", "refunds": "payments", "unrouted": "deadletters"}

func names() []string { return slices.Sorted(maps.Keys(shops())) }

func (s shop) path(parts ...string) string {
	return filepath.Join(append([]string{"examples", s.name}, parts...)...)
}

// recording is where the recording stands.
func (s shop) recording() string { return s.path(s.name + ".qaudit") }

// ours are the keys of rabbitmq.conf that the testbed sets itself: where to
// listen, what to load, where to log.
var ours = []string{"listeners.", "management.", "prometheus.", "load_definitions", "definitions.", "default_", "log."}

// config is the shop's rabbitmq.conf but for what the testbed sets itself.
func (s shop) config() ([]string, error) {
	text, err := os.ReadFile(s.path("rabbitmq", "rabbitmq.conf"))
	if err != nil {
		return nil, fmt.Errorf("read the configuration of %s: %w", s.name, err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		isOurs := func(prefix string) bool { return strings.HasPrefix(line, prefix) }
		if line == "" || strings.HasPrefix(line, "#") || slices.ContainsFunc(ours, isOurs) {
			continue
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// process is a line of a Procfile.
type process struct{ name, command string }

// processes reads the shop's Procfile.
func (s shop) processes() ([]process, error) {
	f, err := os.Open(s.path("Procfile"))
	if err != nil {
		return nil, fmt.Errorf("read the Procfile of %s: %w", s.name, err)
	}
	defer func() { _ = f.Close() }()
	var all []process
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		name, command, ok := strings.Cut(lines.Text(), ":")
		if !ok {
			return nil, fmt.Errorf("read the Procfile of %s: %q is no NAME: COMMAND", s.name, lines.Text())
		}
		all = append(all, process{name, strings.TrimSpace(command)})
	}
	return all, lines.Err()
}

// makeUsers runs the shop's own script, which turns passwords in the
// environment into definitions of users.
func makeUsers(ctx context.Context, script string, users map[string]string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "python3", script)
	cmd.Env = os.Environ()
	for name, password := range users {
		cmd.Env = append(cmd.Env, strings.ToUpper(name)+"_RABBITMQ_PASSWORD="+password)
	}
	var out strings.Builder
	var said child.Tail
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := child.Run(cmd); err != nil {
		return nil, fmt.Errorf("run %s: %w\n%s", script, err, said.Last(5))
	}
	return []byte(out.String()), nil
}

// merge joins two definitions as the broker does that loads a folder of them.
// The default vhost comes along for the testbed's administrator; startBroker
// deletes it again.
func merge(a, b []byte) ([]byte, error) {
	joined := map[string][]any{"vhosts": {map[string]string{"name": defaultVHost}}}
	for _, text := range [][]byte{a, b} {
		var part map[string]any
		if err := json.Unmarshal(text, &part); err != nil {
			return nil, fmt.Errorf("join definitions: %w", err)
		}
		for key, value := range part {
			if list, ok := value.([]any); ok {
				joined[key] = append(joined[key], list...)
			}
		}
	}
	return json.Marshal(joined)
}
