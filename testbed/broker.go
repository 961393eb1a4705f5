package testbed

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"qaudit/testbed/child"
	"qaudit/testbed/chroot"
)

// Broker is a running RabbitMQ, of one node or a cluster. Node indexes count
// from 0. Its methods may be called from several goroutines, those that start
// and stop nodes from one at a time.
type Broker struct {
	Generation Generation
	Version    string // as the broker says it, like 4.3.6
	Admin      User   // administrator with all permissions in the vhost "/"

	nodes []*node
	ports *ports
	jail  *chroot.Jail
	sbin  string // folder of the command-line tools inside the jail
}

// startLimit ends a start that hangs; a cluster of 3.10 takes 21 s on two
// idle cores.
const startLimit = 3 * time.Minute

// probeEvery is how often a starting broker is asked whether it is there.
const probeEvery = 150 * time.Millisecond

// Start installs the generation if needed, starts the broker and waits until
// every node answers. Where the testbed cannot run the error is an
// *Unavailable. Stop must be called.
func Start(ctx context.Context, spec Spec) (*Broker, error) {
	if err := spec.check(); err != nil {
		return nil, err
	}
	if spec.Log == nil {
		spec.Log = io.Discard
	}
	tree, err := spec.Generation.Install(ctx, spec.Log)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	b := &Broker{Generation: spec.Generation}
	if err := b.start(ctx, spec, tree); err != nil {
		return nil, errors.Join(fmt.Errorf("start RabbitMQ %s: %w", spec.Generation, err), b.Stop())
	}
	return b, nil
}

func (b *Broker) start(ctx context.Context, spec Spec, tree string) error {
	count := max(1, spec.Nodes)
	var err error
	if b.ports, err = reservePorts(1 + count*portsPerNode); err != nil {
		return err
	}
	if b.jail, err = chroot.Open(ctx, tree); err != nil {
		return err
	}
	if b.sbin, err = findTools(tree); err != nil {
		return err
	}
	free := b.ports.numbers
	for i := range count {
		n := &node{name: "rabbit@localhost", epmd: free[0]}
		if count > 1 {
			n.name = fmt.Sprintf("rabbit%d@localhost", i+1)
		}
		own := free[1+i*portsPerNode:]
		n.amqp, n.management, n.prometheus, n.dist = own[0], own[1], own[2], own[3]
		b.nodes = append(b.nodes, n)
	}
	if b.Admin = (User{adminName, rand.Text()}); spec.KeepGuest {
		b.Admin = User{"guest", "guest"}
	}
	if err := b.writeFiles(spec); err != nil {
		return err
	}
	for _, n := range b.nodes {
		if err := n.start(b.jail, b.sbin); err != nil {
			return err
		}
	}
	if spec.Definitions != nil { // loading definitions suppresses the default user
		if err := b.addAdmin(ctx); err != nil {
			return err
		}
	}
	for i := range b.nodes {
		if err := b.wait(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// findTools gives the folder of rabbitmqctl inside the tree. The wrappers in
// /usr/sbin change the user; these do not.
func findTools(tree string) (string, error) {
	found, err := filepath.Glob(tree + "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin")
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("find RabbitMQ's tools in %s: %d folders (%w)", tree, len(found), err)
	}
	return strings.TrimPrefix(found[0], tree), nil
}

func (b *Broker) writeFiles(spec Spec) error {
	// Erlang refuses a cookie that others may read.
	if err := os.WriteFile(b.jail.Host(dataDir+"/.erlang.cookie"), []byte(rand.Text()), 0o400); err != nil {
		return fmt.Errorf("write the cookie: %w", err)
	}
	if spec.Definitions != nil {
		if err := os.WriteFile(b.jail.Host(dataDir+"/definitions.json"), spec.Definitions, 0o644); err != nil {
			return fmt.Errorf("write the definitions: %w", err)
		}
	}
	for _, n := range b.nodes {
		files := map[string]string{
			"rabbitmq.conf":   spec.config(n, b.nodes, b.Admin),
			"enabled_plugins": spec.enabledPlugins(),
		}
		if spec.Advanced != "" {
			files["advanced.config"] = spec.Advanced
		}
		if err := n.write(b.jail, files); err != nil {
			return err
		}
	}
	return nil
}

// Nodes is the number of nodes, running or not.
func (b *Broker) Nodes() int { return len(b.nodes) }

// Running tells whether a node was started and has not ended.
func (b *Broker) Running(i int) bool {
	return b.nodes[i].process != nil && b.nodes[i].process.Running()
}

// NodeName is the Erlang name of a node.
func (b *Broker) NodeName(i int) string { return b.nodes[i].name }

// AMQP is the URL of a node for a user and a vhost.
func (b *Broker) AMQP(i int, user User, vhost string) string {
	u := url.URL{Scheme: "amqp", User: url.UserPassword(user.Name, user.Password), Host: loopback(b.nodes[i].amqp)}
	// Clients take what follows the slash as the vhost, once unescaped.
	return u.String() + "/" + url.PathEscape(vhost)
}

// Management is the URL of a node's management, without credentials.
func (b *Broker) Management(i int) string { return "http://" + loopback(b.nodes[i].management) }

// Prometheus is the URL of a node's metrics.
func (b *Broker) Prometheus(i int) string {
	return "http://" + loopback(b.nodes[i].prometheus) + "/metrics"
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// Ctl runs rabbitmqctl on the first running node and returns what it printed.
func (b *Broker) Ctl(ctx context.Context, args ...string) (string, error) {
	for i := range b.nodes {
		if b.Running(i) {
			return b.Tool(ctx, i, "rabbitmqctl", args...)
		}
	}
	return "", fmt.Errorf("rabbitmqctl %s: no node is running", strings.Join(args, " "))
}

// Tool runs a command-line tool (rabbitmqctl, rabbitmq-queues …) on a node
// and returns what it printed.
func (b *Broker) Tool(ctx context.Context, i int, tool string, args ...string) (string, error) {
	cmd := b.jail.Command(ctx, b.nodes[i].environment(b.sbin), b.sbin+"/"+tool, args...)
	var out strings.Builder
	var said child.Tail
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := child.Run(cmd); err != nil {
		// The first argument only: later ones may be a password.
		return out.String(), fmt.Errorf("%s %s on %s: %w\n%s%s", tool, args[0], b.nodes[i].name, err, out.String(), said.Last(10))
	}
	return out.String(), nil
}

// StopNode stops a node in good order and waits until its process is gone.
func (b *Broker) StopNode(ctx context.Context, i int) error {
	if _, err := b.Tool(ctx, i, "rabbitmqctl", "stop"); err != nil {
		return err
	}
	select {
	case <-b.nodes[i].process.Done():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop node %s: %w", b.nodes[i].name, ctx.Err())
	}
}

// KillNode kills a node as a power failure would.
func (b *Broker) KillNode(i int) { b.nodes[i].process.Kill() }

// StartNode starts a stopped node again, with its data, and waits until it
// answers.
func (b *Broker) StartNode(ctx context.Context, i int) error {
	if err := b.nodes[i].start(b.jail, b.sbin); err != nil {
		return err
	}
	return b.wait(ctx, i)
}

// Stop ends the broker with all its processes, mounts and data. It may be
// called twice.
func (b *Broker) Stop() error {
	if b.jail != nil {
		b.jail.Close()
	}
	for _, n := range b.nodes {
		if n.process != nil {
			<-n.process.Done() // its nsenter, on the host, has seen the end
		}
	}
	if b.ports == nil {
		return nil
	}
	err := b.ports.release()
	b.ports = nil
	return err
}
