package testbed

import (
	"context"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"qaudit/testbed/child"
	"qaudit/testbed/chroot"
)

// dataDir is a broker's folder inside its jail: HOME with the cookie, and a
// folder a node.
const dataDir = chroot.DataDir

// node is one Erlang node of a broker.
type node struct {
	name                               string
	amqp, management, prometheus, dist int
	epmd                               int
	process                            *child.Process // nil when never started
	output                             *child.Tail
}

func (n *node) dir() string { return dataDir + "/" + n.name }

// environment tells the node and the command-line tools where everything is,
// so that nothing of the package's defaults (files in /etc, epmd on 4369, the
// user rabbitmq) plays a part.
func (n *node) environment(sbin string) []string {
	return []string{
		"HOME=" + dataDir,
		"PATH=" + sbin + ":/usr/sbin:/usr/bin:/sbin:/bin",
		"ERL_EPMD_ADDRESS=127.0.0.1",
		"ERL_EPMD_PORT=" + strconv.Itoa(n.epmd),
		"RABBITMQ_NODENAME=" + n.name,
		"RABBITMQ_DIST_PORT=" + strconv.Itoa(n.dist),
		"RABBITMQ_MNESIA_BASE=" + n.dir() + "/mnesia",
		"RABBITMQ_LOG_BASE=" + n.dir() + "/log",
		"RABBITMQ_CONFIG_FILE=" + n.dir() + "/rabbitmq.conf",
		"RABBITMQ_ADVANCED_CONFIG_FILE=" + n.dir() + "/advanced.config",
		"RABBITMQ_ENABLED_PLUGINS_FILE=" + n.dir() + "/enabled_plugins",
		"RABBITMQ_CONF_ENV_FILE=/dev/null",
		// Only the loopback interface for the distribution as well.
		"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}",
	}
}

// write lays the node's files into the jail.
func (n *node) write(jail *chroot.Jail, files map[string]string) error {
	for _, dir := range []string{n.dir(), n.dir() + "/mnesia", n.dir() + "/log"} {
		if err := os.Mkdir(jail.Host(dir), 0o755); err != nil {
			return fmt.Errorf("make the folders of %s: %w", n.name, err)
		}
	}
	for name, text := range files {
		if err := os.WriteFile(jail.Host(path.Join(n.dir(), name)), []byte(text), 0o644); err != nil {
			return fmt.Errorf("write %s of %s: %w", name, n.name, err)
		}
	}
	return nil
}

func (n *node) start(jail *chroot.Jail, sbin string) error {
	if n.process != nil && n.process.Running() {
		return fmt.Errorf("start node %s: it is running", n.name)
	}
	// The node outlives the context of the call that starts it; Stop ends it.
	cmd := jail.Command(context.Background(), n.environment(sbin), sbin+"/rabbitmq-server")
	n.output = &child.Tail{}
	cmd.Stdout, cmd.Stderr = n.output, n.output
	process, err := child.Start(cmd)
	if err != nil {
		return fmt.Errorf("start node %s: %w", n.name, err)
	}
	n.process = process
	return nil
}

// logPrefix is what RabbitMQ puts before each line of its log.
var logPrefix = regexp.MustCompile(`^[-0-9]{10} [0-9:.+]+ \[[a-z]+\] <[0-9.]+> ?`)

// bootLines are shown of an output in which RabbitMQ gives no reason.
const bootLines = 25

// failure is why the node ended, from what it printed: the lines up to
// "Error during startup". What follows them are Erlang's crash reports.
func (n *node) failure() string {
	var reason []string
	for line := range strings.Lines(n.output.String()) {
		line = strings.TrimRight(logPrefix.ReplaceAllString(line, ""), "\n")
		if strings.Trim(line, " =") == "" || slices.Contains(reason, line) {
			continue
		}
		reason = append(reason, line)
		if strings.HasPrefix(line, "Error during startup") {
			return strings.Join(reason, "\n")
		}
	}
	return n.output.Last(bootLines)
}
