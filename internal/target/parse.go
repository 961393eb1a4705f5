package target

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// ErrNotTarget says that an argument is no URL: a path, then, or a recorded file.
var ErrNotTarget = errors.New("not a URL")

// NotRead says that a URL names a system that qaudit knows but does not read yet.
type NotRead struct {
	System System
	Shown  string // the URL without user, password and options
}

func (e *NotRead) Error() string {
	return fmt.Sprintf("qaudit does not read %s yet: %s", e.System.Title(), e.Shown)
}

// argument is NAME=URL or URL. A name has no colon, so that an "=" inside a URL does
// not make one.
var argument = regexp.MustCompile(`^(?:([A-Za-z0-9][A-Za-z0-9_.-]*)=)?([A-Za-z][A-Za-z0-9+.-]*)://(.*)$`)

// Parse reads an argument of the command line: URL or NAME=URL. The error is
// ErrNotTarget for what is no URL, *NotRead for a system that is not read yet; any
// other error is wrong usage. No error shows what stands before an "@".
func Parse(arg string) (*Target, error) {
	m := argument.FindStringSubmatch(arg)
	if m == nil {
		return nil, ErrNotTarget
	}
	name, scheme, rest := m[1], strings.ToLower(m[2]), m[3]
	if system, ok := notRead(scheme); ok {
		return nil, &NotRead{system, withName(name, scheme+"://"+authority(rest))}
	}
	if !slices.Contains([]string{"http", "https", "amqp", "amqps"}, scheme) {
		return nil, fmt.Errorf("%s://%s: qaudit knows http(s):// and amqp(s):// for RabbitMQ, not %s://",
			scheme, authority(rest), scheme)
	}
	u, err := parseURL(scheme, rest)
	if err != nil {
		return nil, err
	}
	t := &Target{Name: name, System: RabbitMQ}
	if u.User != nil {
		password, _ := u.User.Password()
		t.fromURL = Login{u.User.Username(), NewSecret(password)}
		u.User = nil
	}
	if strings.HasPrefix(scheme, "amqp") {
		err = t.fromAMQP(u)
	} else {
		err = t.fromManagement(u)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

func notRead(scheme string) (System, bool) {
	switch scheme {
	case "kafka":
		return Kafka, true
	case "redis", "rediss", "redis+sentinel", "redis+cluster", "rediss+sentinel", "rediss+cluster":
		return Redis, true
	case "sqs":
		return SQS, true
	}
	return "", false
}

func withName(name, shown string) string {
	if name == "" {
		return shown
	}
	return name + "=" + shown
}

// authority is host and port of what follows "://", for messages: everything up to the
// last "@" is left out, since it may hold a password.
func authority(rest string) string {
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// parseURL is url.Parse with errors that show no password. A "/", "?" or "#" in a
// password that was not escaped would make its first half a host name: such a URL is
// refused rather than contacted.
func parseURL(scheme, rest string) (*url.URL, error) {
	front, tail := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		front, tail = rest[:i], rest[i:]
	}
	if !strings.Contains(front, "@") && suspicious(tail) {
		return nil, fmt.Errorf("%s://…@%s: a special character before the @ must be escaped: # as %%23, / as %%2F, ? as %%3F",
			scheme, authority(rest))
	}
	u, err := url.Parse(scheme + "://" + rest)
	if err != nil {
		return nil, fmt.Errorf("%s://%s is not a URL; a special character in user or password must be escaped: %% as %%25, : as %%3A",
			scheme, authority(rest))
	}
	if u.Hostname() == "" {
		return nil, fmt.Errorf("%s:// names no host", scheme)
	}
	return u, nil
}

// suspicious says that what follows the host holds an "@" that belongs before it. Pages
// of the management UI have one in node names, after "#/" or "/api/".
func suspicious(tail string) bool {
	path, _, _ := strings.Cut(tail, "management=")
	at := strings.IndexByte(path, '@')
	return at >= 0 && !strings.Contains(path[:at], "#/") && !strings.Contains(path[:at], "/api/")
}

// Ports that management listens on when nobody says otherwise (RabbitMQ documentation,
// "Networking and RabbitMQ").
const (
	portAMQP          = "5672"
	portManagement    = "15672"
	portManagementTLS = "15671"
)

// endpoints of the management API that a URL pasted from the browser may end with; what
// stands before /api/ is then the prefix of a proxy.
var apiPaths = []string{"", "overview", "nodes", "queues", "exchanges", "bindings", "connections", "channels",
	"consumers", "policies", "vhosts", "users", "whoami", "definitions", "health", "index.html"}

// fromManagement reads the URL of the management API or UI.
func (t *Target) fromManagement(u *url.URL) error {
	base, err := managementBase(u)
	if err != nil {
		return err
	}
	t.Shown = base.String()
	t.Endpoints = []Endpoint{{URL: base}}
	t.AMQP = net.JoinHostPort(strings.ToLower(u.Hostname()), portAMQP)
	return nil
}

func managementBase(u *url.URL) (url.URL, error) {
	if u.Scheme != "http" && u.Scheme != "https" {
		return url.URL{}, fmt.Errorf("management=%s://…: must be an http or https URL", u.Scheme)
	}
	path := u.EscapedPath()
	for at := len(path); ; {
		at = strings.LastIndex(path[:at], "/api")
		if at < 0 {
			break
		}
		after, whole := strings.CutPrefix(path[at:], "/api/")
		first, _, _ := strings.Cut(after, "/")
		if path[at:] == "/api" || whole && slices.Contains(apiPaths, first) {
			path = path[:at]
			break
		}
	}
	path = strings.TrimRight(strings.TrimSuffix(path, "/index.html"), "/")
	base := url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}
	var err error
	if base.Path, err = url.PathUnescape(path); err != nil {
		return url.URL{}, fmt.Errorf("%s://%s: its path is not a URL path", u.Scheme, u.Host)
	}
	base.RawPath = path
	return base, nil
}

// fromAMQP reads the URL that an application uses. Management is read on the same host;
// an audit opens no AMQP connection.
func (t *Target) fromAMQP(u *url.URL) error {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if port == "" {
		port = portAMQP
	}
	shown := url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}
	if vhost := strings.TrimPrefix(u.EscapedPath(), "/"); vhost != "" {
		name, err := url.PathUnescape(vhost)
		if err != nil || strings.Contains(vhost, "/") {
			return fmt.Errorf("%s://%s: the vhost must be one path segment, / as %%2F", u.Scheme, u.Host)
		}
		t.Narrow(name)
		t.Notes = append(t.Notes, fmt.Sprintf("only vhost %s is read, as the URL says", name))
		shown.Path, shown.RawPath = "/"+name, "/"+vhost
	}
	t.Shown = shown.String()
	t.derive(host, u.Scheme == "amqps")
	if u.Scheme == "amqp" {
		t.AMQP = net.JoinHostPort(host, port)
	}
	if m := u.Query().Get("management"); m != "" {
		return t.SetManagement(m)
	}
	return nil
}

// derive names the places where management of an AMQP host may be.
func (t *Target) derive(host string, tls bool) {
	bracketed := host
	if strings.Contains(host, ":") {
		bracketed = "[" + host + "]"
	}
	at := func(scheme, hostport string) {
		t.Endpoints = append(t.Endpoints, Endpoint{url.URL{Scheme: scheme, Host: hostport}, true})
	}
	if !tls {
		at("http", net.JoinHostPort(host, portManagement))
		return
	}
	at("https", bracketed)
	at("https", net.JoinHostPort(host, portManagementTLS))
}

// SetManagement names the URL of the management API of an amqp target, the key
// "management" of qaudit.yaml and of the URL. A user in it counts where the target's
// own URL has none.
func (t *Target) SetManagement(raw string) error {
	m := argument.FindStringSubmatch(raw)
	if m == nil || m[1] != "" {
		return fmt.Errorf("management of %s: must be an http or https URL", t.Shown)
	}
	u, err := parseURL(strings.ToLower(m[2]), m[3])
	if err != nil {
		return fmt.Errorf("management of %s: %w", t.Shown, err)
	}
	if u.User != nil && t.fromURL.User == "" {
		password, _ := u.User.Password()
		t.fromURL = Login{u.User.Username(), NewSecret(password)}
	}
	base, err := managementBase(u)
	if err != nil {
		return fmt.Errorf("management of %s: %w", t.Shown, err)
	}
	t.Endpoints = []Endpoint{{URL: base}}
	return nil
}
