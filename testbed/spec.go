package testbed

import (
	"fmt"
	"io"
	"strings"
)

// Spec says which broker to start.
type Spec struct {
	Generation  Generation
	Nodes       int       // 1 or 3; 0 is 1
	Plugins     []string  // besides rabbitmq_management and rabbitmq_prometheus
	Config      []string  // further lines of rabbitmq.conf
	Advanced    string    // advanced.config, "" for none
	Definitions []byte    // JSON definitions loaded at the first start, nil for none
	KeepGuest   bool      // keep the default user guest, and administer as guest
	Log         io.Writer // progress of an install; nil for none
}

func (s Spec) check() error {
	if _, err := ParseGeneration(string(s.Generation)); err != nil {
		return err
	}
	if s.Nodes != 0 && s.Nodes != 1 && s.Nodes != 3 {
		return fmt.Errorf("a testbed broker has 1 or 3 nodes, not %d", s.Nodes)
	}
	if s.KeepGuest && s.Definitions != nil {
		return fmt.Errorf("a broker that loads definitions makes no default user: KeepGuest and Definitions exclude each other")
	}
	return nil
}

// User is a RabbitMQ user with its password.
type User struct{ Name, Password string }

// adminName is the administrator that stands in for guest.
const adminName = "testbed"

// portsPerNode: AMQP, management, Prometheus, Erlang distribution.
const portsPerNode = 4

// config is the rabbitmq.conf of a node. Everything listens on 127.0.0.1.
func (s Spec) config(n *node, cluster []*node, admin User) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("listeners.tcp.1 = 127.0.0.1:%d", n.amqp)
	line("management.tcp.ip = 127.0.0.1")
	line("management.tcp.port = %d", n.management)
	line("prometheus.tcp.ip = 127.0.0.1")
	line("prometheus.tcp.port = %d", n.prometheus)
	line("log.console = false")
	if !s.KeepGuest {
		line("default_user = %s", admin.Name)
		line("default_pass = %s", admin.Password)
	}
	if s.Definitions != nil {
		line("load_definitions = %s/definitions.json", dataDir)
	}
	if len(cluster) > 1 {
		line("cluster_formation.peer_discovery_backend = classic_config")
		for i, member := range cluster {
			line("cluster_formation.classic_config.nodes.%d = %s", i+1, member.name)
		}
	}
	for _, text := range s.Config {
		line("%s", text)
	}
	return b.String()
}

// enabledPlugins is the content of the file of that name.
func (s Spec) enabledPlugins() string {
	all := append([]string{"rabbitmq_management", "rabbitmq_prometheus"}, s.Plugins...)
	return "[" + strings.Join(all, ",") + "].\n"
}
