package rabbitmq

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"qaudit/internal/collect/live"
	"qaudit/internal/model"
	"qaudit/internal/target"
)

// failure tells why the API as a whole cannot be read.
func (s *Session) failure(ctx context.Context, err error) *live.Failure {
	read, reach := "cannot read "+s.url(), "cannot reach "+s.url()
	f := &live.Failure{Attempt: read, Kind: model.GapUnreadable, Err: err}
	user := s.target.Login.User
	r, refused := asRefusal(err)
	switch {
	case refused && r.wrongPassword():
		f.Kind, f.Came = model.GapPermission, fmt.Sprintf("401 Unauthorized, wrong password for user %q", user)
		f.Advice = "check QAUDIT_PASSWORD, or make a read-only user: qaudit explain rabbitmq"
	case refused && r.hidden() && strings.Contains(r.Reason, "localhost"):
		f.Kind, f.Came = model.GapPermission, fmt.Sprintf("%d, user %q may log in only from the broker's own machine", r.Code, user)
		f.Advice = "make a read-only user: qaudit explain rabbitmq"
	case refused && r.Code == http.StatusUnauthorized && r.Err != "":
		f.Kind, f.Came = model.GapPermission, fmt.Sprintf("401 Unauthorized, user %q may not use management", user)
		f.Advice = "rabbitmqctl set_user_tags " + quote(user) + " monitoring"
	case refused && r.Code == http.StatusUnauthorized:
		f.Kind, f.Came = model.GapPermission, "401 Unauthorized, and not from RabbitMQ: a proxy in front asks for a password"
	case refused:
		f.Came = r.Error()
		f.Advice = "is this the URL of RabbitMQ's management? It answers at " + s.url() + "/api/overview"
	case errors.Is(err, errHTML), errors.Is(err, errNotJSON), errors.Is(err, errNotList), errors.Is(err, errNotRabbit):
		f.Came = err.Error()
		f.Advice = "is this the URL of RabbitMQ's management? Name what stands before /#/ in the browser"
	default:
		f.Attempt, f.Kind = reach, model.GapUnreachable
		s.unreachable(ctx, f, err)
	}
	return f
}

// errNotRabbit says that JSON came that is no RabbitMQ's.
var errNotRabbit = errors.New("it answers, but not as RabbitMQ's management API")

// unreachable tells why there was no answer, and what else answers on the same host.
func (s *Session) unreachable(ctx context.Context, f *live.Failure, err error) {
	e := target.Explain(err)
	f.Came, f.Advice = e.Words, e.Hint
	if e.Reason == target.Late {
		f.Kind = model.GapTimeout
		if ctx.Err() != nil {
			f.Came = s.late()
		}
	}
	if e.Reason != target.Refused && e.Reason != target.Late || s.target.AMQP == "" {
		return
	}
	_, port, _ := net.SplitHostPort(s.target.AMQP)
	u := s.transport.Endpoint().URL
	switch {
	case answersAMQP(ctx, s.target.AMQP):
		f.Came += "; port " + port + " answers as AMQP"
		f.Advice = `management is off or not published: image rabbitmq:4-management, ports: ["15672:15672"]`
	case u.Port() == "":
		f.Advice = "management listens on port 15672 unless changed: " + u.Scheme + "://" + u.Host + ":15672"
	case f.Advice == "":
		f.Advice = "does the broker run there, with the plugin rabbitmq_management?"
	}
}

func (s *Session) late() string {
	return fmt.Sprintf("no answer within %s s", strconv.FormatFloat(s.opts.Timeout.Seconds(), 'g', 3, 64))
}

// probeTimeout bounds the probe of the AMQP port.
const probeTimeout = time.Second

// answersAMQP says whether an AMQP 0-9-1 server listens there. To a header that is no
// protocol it answers with its own and closes (AMQP 0-9-1, 4.2.2); no connection is opened.
func answersAMQP(ctx context.Context, hostport string) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTimeout)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", hostport)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	end, _ := ctx.Deadline()
	if conn.SetDeadline(end) != nil {
		return false
	}
	if _, err := conn.Write([]byte("AMQP\x00\x00\x00\x00")); err != nil {
		return false
	}
	header := make([]byte, 8)
	_, err = io.ReadFull(conn, header)
	return err == nil && string(header[:4]) == "AMQP"
}

// quote writes a name as a shell reads it back.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_./@:+%-", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) < 0 {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for _, c := range []byte(s) {
		switch {
		case c == '\'' || c == '\\':
			b.WriteString(`\` + string(rune(c)))
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + "'"
}
