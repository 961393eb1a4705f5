package plant

import "qaudit/testbed"

// brokerFaults are about the whole broker: alarms and configuration.
func brokerFaults() []Fault {
	return []Fault{
		{
			Number: 24, Name: "f24", Phase: WholeBroker, Title: "memory alarm: publishers are blocked",
			Expect: []Expected{rule("memory-alarm", "")},
			steps: []step{queue("orders", nil), runs("publish", "--key", "orders", "--rate", "5"),
				ctl([]string{"set_vm_memory_high_watermark", "absolute", "1MB"}, []string{"set_vm_memory_high_watermark", "0.5"})},
		},
		{
			Number: 25, Name: "f25", Phase: WholeBroker, Title: "disk alarm",
			Expect: []Expected{rule("disk-alarm", "")},
			steps: []step{queue("orders", nil), runs("publish", "--key", "orders", "--rate", "5"),
				ctl([]string{"set_disk_free_limit", "900GB"}, []string{"set_disk_free_limit", "50MB"})},
		},
		{
			Number: 26, Name: "f26", Phase: OwnBroker, Title: "a broker as it comes out of the box",
			Expect: []Expected{
				rule("disk-limit-default", ""), rule("guest-exists", "guest"),
				// 4.3 is supported until 30 November 2026, and the newest.
				rule("eol-version", "", testbed.RabbitMQ310, testbed.RabbitMQ40),
			},
			Configure: func(s *testbed.Spec) { s.KeepGuest = true },
		},
		{
			Number: 40, Name: "f40", Phase: OwnBroker, Title: "statistics are switched off",
			Gap:   "statistics off",
			Never: []Expected{rule("no-consumers", "orders")},
			Configure: func(s *testbed.Spec) {
				s.Config = append(s.Config, "management_agent.disable_metrics_collector = true")
			},
			steps: []step{queue("orders", nil), runs("consume", "--queue", "orders", "--prefetch", "10"),
				runs("publish", "--key", "orders", "--rate", "10")},
		},
	}
}

// estateFaults show only when files and broker are read together, or in
// files alone.
func estateFaults() []Fault {
	return []Fault{
		{
			Number: 39, Name: "f39", Phase: OwnBroker, Title: "credentials and remote guest in the configuration",
			Expect: []Expected{rule("loopback-users-none", ""), rule("default-user-in-config", ""), rule("plain-password-in-definitions", "")},
			Files:  map[string]string{"rabbitmq.conf": openConfig, "definitions.json": plainDefinitions},
			Configure: func(s *testbed.Spec) {
				s.Config = append(s.Config, "loopback_users = none")
				s.Definitions = []byte(plainDefinitions)
			},
		},
		{
			Number: 42, Name: "f42", Phase: InVHost, Title: "code declares a queue otherwise than it is",
			Expect: []Expected{rule("declare-mismatch", "orders")},
			Files:  map[string]string{"app.py": mismatchingApp},
			steps:  []step{queue("orders", testbed.Args{"x-message-ttl": 1000})},
		},
	}
}

const openConfig = `listeners.tcp.default = 5672
loopback_users = none
default_user = guest
default_pass = guest
load_definitions = /etc/rabbitmq/definitions.json
`

const plainDefinitions = `{
  "vhosts": [{"name": "/"}],
  "users": [{"name": "shop", "password": "shop-secret", "tags": ""}],
  "permissions": [{"user": "shop", "vhost": "/", "configure": "^shop\\.", "write": "^shop\\.", "read": "^shop\\."}]
}
`

const mismatchingApp = `import pika

connection = pika.BlockingConnection(pika.URLParameters("amqp://localhost/f42"))
channel = connection.channel()
channel.queue_declare("orders", durable=True, arguments={"x-message-ttl": 2000})
`
