package rabbitmq

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// endless gives the same text again and again; from limit bytes on it gives an error with
// each piece.
type endless struct {
	text        string
	at, n, most int
}

var errMost = errors.New("enough")

func (e *endless) Read(p []byte) (n int, err error) {
	for n < len(p) {
		c := copy(p[n:], e.text[e.at:])
		e.at = (e.at + c) % len(e.text)
		n += c
	}
	if e.n += n; e.n > e.most {
		return n, errMost
	}
	return n, nil
}

// TestReadListStops: an error that comes with data ends the list.
func TestReadListStops(t *testing.T) {
	for _, item := range []string{`{"name":"q","vhost":"/"},`, ` `, `[`, `1,`} {
		n := 0
		_, err := readList(io.MultiReader(strings.NewReader("["), &endless{text: item, most: 1 << 18}), func(*queueAnswer) { n++ })
		if err == nil {
			t.Errorf("%q: no error", item)
		}
		if strings.Contains(item, "name") && n < 8_000 {
			t.Errorf("%q: %d items", item, n)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	for _, generation := range generations {
		for _, a := range newFake(f, generation).answers {
			f.Add([]byte(a.body))
		}
	}
	f.Add([]byte(`{"page":1e9,"items":[{"name":1,"vhost":null}],"page_count":-1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		s := newSeen("in", "queues", at, "", "")
		read(body, func(a *queueAnswer) {
			if n, ok := a.name(); ok {
				a.queue(s, n)
				a.stats(s, version(s, a.Name))
			}
		})
		read(body, func(a *exchangeAnswer) { exchangeCounters(s, a.Stats) })
		read(body, func(a *bindingAnswer) { a.binding(s) })
		read(body, func(a *policyAnswer) { a.policy(s, true) })
		read(body, func(a *vhostAnswer) { a.vhost(s) })
		read(body, func(a *nodeAnswer) { a.node(s) })
		read(body, func(a *consumerAnswer) { a.consumer(s) })
		read(body, func(a *connectionAnswer) { a.connection(s) })
		read(body, func(a *channelAnswer) { a.channel(s) })
		read(body, func(a *userAnswer) { _ = a.Tags })
		var overview overviewAnswer
		if readObject(strings.NewReader(string(body)), &overview) == nil {
			overview.totals(s)
			overview.listeners(s)
		}
		var health healthAnswer
		if readObject(strings.NewReader(string(body)), &health) == nil {
			health.health()
		}
	})
}

// read reads a list as a look does; what it returns is not of interest.
func read[T any](body []byte, each func(*T)) {
	_, _ = readList(strings.NewReader(string(body)), each)
}
