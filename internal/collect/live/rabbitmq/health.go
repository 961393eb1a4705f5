package rabbitmq

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

// healthChecks are the checks that are asked for, by the name that they have in a
// Snapshot.
var healthChecks = []struct{ name, path string }{
	{"alarms", "health/checks/alarms"},
	{"virtual-hosts", "health/checks/virtual-hosts"},
	{"node-is-quorum-critical", "health/checks/node-is-quorum-critical"},
	{"certificate-expiration", "health/checks/certificate-expiration/1/months"},
}

// healthAnswer is the body of a health check; a failed one comes with status 503 and a
// list of what it found.
type healthAnswer struct {
	Status  field[string]            `json:"status"`
	Reason  field[string]            `json:"reason"`
	Alarms  field[[]alarm]           `json:"alarms"`
	VHosts  field[[]string]          `json:"virtual-hosts"`
	Queues  field[[]criticalQueue]   `json:"queues"`
	Expired field[[]expiredListener] `json:"expired"`
}

type alarm struct {
	Node     field[string] `json:"node"`
	Resource field[string] `json:"resource"`
}

type criticalQueue struct {
	Readable field[string] `json:"readable_name"`
	Name     field[string] `json:"name"`
}

type expiredListener struct {
	Node     field[string] `json:"node"`
	Protocol field[string] `json:"protocol"`
	Port     field[int64]  `json:"port"`
}

func (l *look) readHealth(ctx context.Context) error {
	if l.s.before(sinceHealthChecks) {
		p := l.s.tooOld("health checks", "3.8.10")
		l.add(p)
		for _, c := range healthChecks {
			l.s.snapshot.Health[c.name] = model.Unknown[rabbitmq.Health](p.why, nil)
		}
		return nil
	}
	for _, c := range healthChecks {
		health, err := l.check(ctx, c.path)
		if err != nil {
			p := l.s.explain("health check "+c.name, err)
			l.add(p)
			health = model.Unknown[rabbitmq.Health](p.why, nil)
		}
		l.s.snapshot.Health[c.name] = health
	}
	return nil
}

func (l *look) check(ctx context.Context, path string) (none model.Known[rabbitmq.Health], err error) {
	resp, err := l.s.client.ask(ctx, path, "")
	if err != nil {
		return none, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusServiceUnavailable {
		return none, refused(resp)
	}
	if html(resp) {
		return none, errHTML
	}
	var a healthAnswer
	if err := readObject(resp.Body, &a); err != nil {
		return none, err
	}
	if a.Status.v != "ok" && a.Status.v != "failed" {
		return none, &refusal{Code: resp.StatusCode, Reason: printable(a.Reason.v)}
	}
	s := newSeen(l.s.input, path, l.s.opts.Now(), "", "")
	return model.Here(s.From, a.health()), nil
}

func (a *healthAnswer) health() rabbitmq.Health {
	h := rabbitmq.Health{OK: a.Status.v == "ok", Reason: a.Reason.v}
	if h.OK {
		return h
	}
	var found []string
	for _, x := range a.Alarms.v {
		found = append(found, x.Resource.v+" on "+x.Node.v)
	}
	for _, v := range a.VHosts.v {
		found = append(found, "vhost "+v)
	}
	for _, x := range a.Expired.v {
		found = append(found, fmt.Sprintf("%s port %d on %s", x.Protocol.v, x.Port.v, x.Node.v))
	}
	for _, q := range a.Queues.v {
		h.Queues = append(h.Queues, q.Name.v)
		found = append(found, q.Readable.v)
	}
	if len(found) > 0 {
		h.Reason += ": " + strings.Join(found, ", ")
	}
	return h
}
