// Package ruletest runs the fixtures and pages of rules through the real front ends:
// code, files, and a management API that answers as RabbitMQ does.
//
// A fixture is a txtar file. Its sections:
//
//	app/worker.py, rabbitmq.conf …   files of a source tree
//	live/ENDPOINT                    JSON of the management API, laid over a quiet broker
//	look2/ENDPOINT                   what differs at the second look, by name
//	look2/seconds                    the time between the looks, 15 when only look2 is there
//	live/version                     version of the broker, 4.0.5 when not given
//	live/status                      refusals: "policies 401 not_authorised"
//	argument/NAME                    a file that is named as an argument
//	now                              date of the run
//	complete                         the tree holds all code that uses the broker
//	want                             fail|pass|unknown|n/a SUBJECT [SEVERITY CONFIDENCE] ["regexp"]
package ruletest

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// defaultNow is the date of a run where the fixture names none.
var defaultNow = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// defaultBetween is the time between two looks.
const defaultBetween = 15 * time.Second

// Case is one fixture, or one block of a page.
type Case struct {
	Name     string
	Kind     Kind
	Tree     map[string][]byte
	Args     map[string][]byte // files named as arguments
	Live     *liveCase         // nil: no broker
	Now      time.Time
	Complete bool
	Want     []want
}

// Kind is what a fixture is for; the first word of its name.
type Kind string

// The kinds of fixtures.
const (
	Bad         Kind = "bad"
	Good        Kind = "good"
	Near        Kind = "near"
	UnknownKind Kind = "unknown"
)

// liveCase is the broker of a fixture.
type liveCase struct {
	version string
	status  map[string]status
	first   map[string][]byte // by endpoint
	second  map[string][]byte // nil: one look
	between time.Duration
}

// status is a refusal.
type status struct {
	code int
	body string
}

// parseCase reads a fixture.
func parseCase(name string, data []byte) (*Case, error) {
	kind, _, ok := strings.Cut(path.Base(name), "_")
	if !ok {
		return nil, fmt.Errorf("%s: a fixture's name starts with bad_, good_, near_ or unknown_", name)
	}
	c := &Case{Name: name, Kind: Kind(kind)}
	switch c.Kind {
	case Bad, Good, Near, UnknownKind:
	default:
		return nil, fmt.Errorf("%s: a fixture's name starts with bad_, good_, near_ or unknown_", name)
	}
	a := txtar.Parse(data)
	if strings.TrimSpace(string(a.Comment)) == "" {
		return nil, fmt.Errorf("%s: say in the first lines what the case shows", name)
	}
	for _, f := range a.Files {
		if err := c.section(f.Name, f.Data); err != nil {
			return nil, fmt.Errorf("%s: section %s: %w", name, f.Name, err)
		}
	}
	if len(c.Want) == 0 {
		return nil, fmt.Errorf("%s: no want", name)
	}
	return c, c.finish()
}

func (c *Case) finish() error {
	if c.Now.IsZero() {
		c.Now = defaultNow
	}
	if c.Live != nil && c.Live.second != nil && c.Live.between == 0 {
		c.Live.between = defaultBetween
	}
	return nil
}

func (c *Case) live() *liveCase {
	if c.Live == nil {
		c.Live = &liveCase{version: "4.0.5", status: map[string]status{}, first: map[string][]byte{}}
	}
	return c.Live
}

func (l *liveCase) again() map[string][]byte {
	if l.second == nil {
		l.second = map[string][]byte{}
	}
	return l.second
}

// section takes one section of the fixture.
func (c *Case) section(name string, data []byte) (err error) {
	text := strings.TrimSpace(string(data))
	dir, rest, _ := strings.Cut(name, "/")
	switch {
	case name == "want":
		c.Want, err = parseWants(text)
	case name == "now":
		c.Now, err = time.Parse(time.DateOnly, text)
	case name == "complete":
		c.Complete = true
	case name == "live/version":
		c.live().version = text
	case name == "live/status":
		return c.live().refuse(text)
	case name == "look2/seconds":
		n, err := strconv.Atoi(text)
		c.live().between = time.Duration(n) * time.Second
		c.live().again()
		return err
	case dir == "live":
		c.live().first[rest] = data
	case dir == "look2":
		c.live().again()[rest] = data
	case dir == "argument":
		c.put(&c.Args, rest, data)
	default:
		c.put(&c.Tree, name, data)
	}
	return err
}

func (c *Case) put(m *map[string][]byte, name string, data []byte) {
	if *m == nil {
		*m = map[string][]byte{}
	}
	(*m)[name] = data
}

// refuse reads lines like "policies 401 not_authorised".
func (l *liveCase) refuse(text string) error {
	for line := range strings.Lines(text) {
		w := strings.Fields(line)
		if len(w) < 2 {
			return fmt.Errorf("%q: ENDPOINT STATUS [ERROR] is wanted", strings.TrimSpace(line))
		}
		code, err := strconv.Atoi(w[1])
		if err != nil {
			return fmt.Errorf("%q: %w", strings.TrimSpace(line), err)
		}
		body := ""
		if len(w) > 2 {
			body = fmt.Sprintf(`{"error":%q,"reason":"Access refused."}`, w[2])
		}
		l.status[w[0]] = status{code, body}
	}
	return nil
}
