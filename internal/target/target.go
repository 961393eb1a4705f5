// Package target reads what a user names as a running system: its URL, the credentials
// for it, and the transport that keeps an audit within its bounds.
package target

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// System is a kind of system that a URL can name.
type System string

// The systems whose URLs are recognised.
const (
	RabbitMQ System = "rabbitmq"
	Kafka    System = "kafka"
	Redis    System = "redis"
	SQS      System = "sqs"
)

// Title is the system's name for people.
func (s System) Title() string {
	switch s {
	case RabbitMQ:
		return "RabbitMQ"
	case Kafka:
		return "Kafka"
	case Redis:
		return "Redis"
	case SQS:
		return "Amazon SQS"
	}
	return string(s)
}

// Target is one live system to look at.
type Target struct {
	Name   string // given by the user; "" when none was
	System System
	Shown  string // the URL as typed, without user, password and options
	// Endpoints are where requests may go, tried in this order. Nothing else is
	// contacted.
	Endpoints []Endpoint
	AMQP      string   // host:port of AMQP on the same host, to explain a refused connection
	VHosts    []string // narrows to these; none: all

	Config Login // user and password of qaudit.yaml
	Login  Login // what Credentials.Resolve decided
	TLS    TLS
	Notes  []string // what the report has to say about how the target is reached

	fromURL Login
}

// Login is a user and a password.
type Login struct {
	User     string
	Password Secret
}

// Endpoint is one base URL: scheme, host and a path prefix.
type Endpoint struct {
	URL url.URL
	// Derived endpoints were not typed but follow from a URL that was: they are told
	// no password before they show that they are the right service.
	Derived bool
}

// String is the endpoint as a person would type it.
func (e Endpoint) String() string { return e.URL.String() }

// ID is the name given, else the URL as shown.
func (t *Target) ID() string {
	if t.Name != "" {
		return t.Name
	}
	return t.Shown
}

// Narrow restricts the target to more vhosts.
func (t *Target) Narrow(vhosts ...string) {
	for _, v := range vhosts {
		if !slices.Contains(t.VHosts, v) {
			t.VHosts = append(t.VHosts, v)
		}
	}
}

// Loopback says that every endpoint is this machine itself.
func (t *Target) Loopback() bool {
	for _, e := range t.Endpoints {
		if !loopback(e.URL.Hostname()) {
			return false
		}
	}
	return len(t.Endpoints) > 0
}

func loopback(host string) bool {
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
