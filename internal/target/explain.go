package target

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

// Reason is the kind of failure of a request.
type Reason uint8

// Reasons for the failure of a request.
const (
	Other     Reason = iota
	Refused          // nobody listens there
	NoHost           // the name does not resolve
	Late             // no answer in time
	Stopped          // the caller gave up
	Untrusted        // TLS: the certificate is not accepted
	NotHTTP          // something else answers: plain where TLS was expected, AMQP …
	Cut              // the connection ended in the middle
	Elsewhere        // a redirect that is not followed
	Spent            // the budget is spent
)

// Explained is a failed request in plain words, without URL, user or password.
type Explained struct {
	Reason Reason
	Words  string
	Hint   string // what to do, "" when there is nothing general to say
}

// Explain tells why a request failed.
func Explain(err error) Explained {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err // its text has the URL
	}
	for _, explain := range []func(error) (Explained, bool){explainOwn, explainTime, explainTLS, explainNet} {
		if e, ok := explain(err); ok {
			return e
		}
	}
	return Explained{Words: oneLine(err.Error())}
}

func explainOwn(err error) (Explained, bool) {
	if r := (*Redirect)(nil); errors.As(err, &r) {
		return Explained{Elsewhere, r.Error(), "name that URL if it is the right one"}, true
	}
	if b := (*BudgetError)(nil); errors.As(err, &b) {
		return Explained{Spent, b.Error(), ""}, true
	}
	return Explained{}, false
}

func explainTime(err error) (Explained, bool) {
	n := net.Error(nil)
	switch {
	case errors.Is(err, context.Canceled):
		return Explained{Stopped, "stopped", ""}, true
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &n) && n.Timeout():
		return Explained{Late, "no answer in time", ""}, true
	}
	return Explained{}, false
}

func explainTLS(err error) (Explained, bool) {
	var (
		unknown  x509.UnknownAuthorityError
		host     x509.HostnameError
		invalid  x509.CertificateInvalidError
		record   tls.RecordHeaderError
		alert    tls.AlertError
		untrust  = "name the CA that signed it with --ca-file"
		mismatch = "name the host that the certificate is for"
	)
	switch {
	case errors.As(err, &unknown):
		return Explained{Untrusted, "its certificate is signed by an unknown authority", untrust}, true
	case errors.As(err, &host):
		return Explained{Untrusted, "its certificate is for another host", mismatch}, true
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return Explained{Untrusted, "its certificate has expired or is not valid yet", ""}, true
	case errors.As(err, &invalid):
		return Explained{Untrusted, "its certificate is not valid", ""}, true
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return Explained{NotHTTP, "it does not answer TLS", "name it with http:// if it is plain"}, true
	case errors.As(err, &alert):
		return Explained{Untrusted, "it refuses the TLS connection (" + alert.Error() + ")",
			"it may ask for a client certificate: --cert-file"}, true
	}
	return Explained{}, false
}

func explainNet(err error) (Explained, bool) {
	dns := (*net.DNSError)(nil)
	text := err.Error()
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return Explained{Refused, "connection refused", ""}, true
	case errors.As(err, &dns) && dns.IsNotFound:
		return Explained{NoHost, "no such host", ""}, true
	case errors.As(err, &dns):
		return Explained{NoHost, "its name could not be looked up", ""}, true
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return Explained{Refused, "no route to it", ""}, true
	case strings.Contains(text, `malformed HTTP`) && strings.Contains(text, "AMQP"):
		return Explained{NotHTTP, "it answers as AMQP, not as HTTP", "management is on another port, 15672 unless changed"}, true
	case strings.Contains(text, `malformed HTTP`) && strings.Contains(text, `\x15\x03`):
		return Explained{NotHTTP, "it answers TLS, not plain HTTP", "name it with https://"}, true
	case strings.Contains(text, "malformed HTTP"):
		return Explained{NotHTTP, "it does not answer HTTP", ""}, true
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET),
		errors.Is(err, syscall.EPIPE):
		return Explained{Cut, "the connection was closed in the middle", ""}, true
	}
	return Explained{}, false
}

// maxWords bounds an error text of others.
const maxWords = 200

// oneLine makes a text of others fit to print: one line, no control characters, short.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
	if len(s) > maxWords {
		s = strings.ToValidUTF8(s[:maxWords], "") + "…"
	}
	return strings.TrimSpace(s)
}
