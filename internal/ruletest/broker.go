package ruletest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"qaudit/internal/model"
)

// broker is what the management API of a fixture's broker answers at each look.
type broker struct {
	status map[string]status
	looks  []answers
}

// answers are the bodies of one look, by endpoint.
type answers struct {
	overview object
	lists    map[string]list
	health   map[string]object
	version  model.Version
	tag      string // of the user that asks
}

// newBroker lays the sections of a fixture over a quiet broker.
func newBroker(l *liveCase) (*broker, error) {
	if named := versionOf(l.first["overview"]); named != "" {
		l.version = named
	}
	v, ok := model.ParseVersion(l.version)
	if !ok {
		return nil, fmt.Errorf("live/version %q is no version", l.version)
	}
	b := &broker{status: map[string]status{}}
	maps.Copy(b.status, unasked(l, v))
	maps.Copy(b.status, l.status)
	first, err := firstLook(l, v)
	if err != nil {
		return nil, err
	}
	b.looks = []answers{first}
	if l.second != nil {
		second, err := first.later(l)
		if err != nil {
			return nil, err
		}
		b.looks = append(b.looks, second)
	}
	for i := range b.looks {
		b.looks[i].sum()
	}
	return b, nil
}

// unasked are what the published read-only user is refused, and what the version does not
// have, where the fixture says nothing of it.
func unasked(l *liveCase, v model.Version) map[string]status {
	out := map[string]status{}
	refuse := func(s status, endpoints ...string) {
		for _, e := range endpoints {
			if l.first[e] == nil {
				out[e] = s
			}
		}
	}
	notAuthorised := status{401, `{"error":"not_authorised","reason":"Access refused."}`}
	notFound := status{404, `{"error":"Object Not Found","reason":"Not Found"}`}
	refuse(notAuthorised, "users", "permissions", "topic-permissions", "definitions", "parameters", "global-parameters", "config/effective")
	if v.Less(model.Version{4, 0}) {
		refuse(notAuthorised, "feature-flags")
	}
	if v.Less(model.Version{3, 13}) {
		refuse(notFound, "deprecated-features", "deprecated-features/used")
	}
	if v.Less(model.Version{3, 8, 10}) {
		refuse(notFound, "health/checks")
	}
	return out
}

func firstLook(l *liveCase, v model.Version) (answers, error) {
	a := answers{overview: quietOverview(v), lists: map[string]list{}, health: map[string]object{}, version: v, tag: "monitoring"}
	if l.first["users"] != nil || l.first["permissions"] != nil {
		a.tag = "administrator"
	}
	for endpoint, data := range l.first {
		if err := a.lay(endpoint, data, false); err != nil {
			return a, fmt.Errorf("live/%s: %w", endpoint, err)
		}
	}
	if a.lists["nodes"] == nil {
		a.lists["nodes"] = list{complete("nodes", object{}, 0, v)}
	}
	if l.first["vhosts"] == nil {
		for _, vhost := range a.vhosts() {
			a.lists["vhosts"] = append(a.lists["vhosts"], complete("vhosts", object{"name": vhost}, 0, v))
		}
	}
	a.standard()
	return a, nil
}

// vhosts are the vhosts that something of the fixture names; "/" at least.
func (a *answers) vhosts() []string {
	out := []string{"/"}
	for _, endpoint := range []string{"queues", "exchanges"} {
		for _, o := range a.lists[endpoint] {
			if s, ok := o["vhost"].(string); ok && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// standard adds the exchanges that every vhost has, and the default exchange's bindings.
func (a *answers) standard() {
	for _, vhost := range a.lists["vhosts"] {
		for _, x := range defaultExchanges(fmt.Sprint(vhost["name"])) {
			if !slices.ContainsFunc(a.lists["exchanges"], func(o object) bool { return same("exchanges", o, x) }) {
				a.lists["exchanges"] = append(a.lists["exchanges"], x)
			}
		}
	}
	for _, q := range a.lists["queues"] {
		a.lists["bindings"] = append(a.lists["bindings"], object{"vhost": q["vhost"], "source": "", "destination": q["name"],
			"destination_type": "queue", "routing_key": q["name"], "arguments": object{}, "properties_key": q["name"]})
	}
	for _, endpoint := range []string{"exchanges", "bindings"} {
		slices.SortFunc(a.lists[endpoint], func(x, y object) int {
			return cmp.Compare(key(endpoint, x), key(endpoint, y))
		})
	}
}

func key(endpoint string, o object) string {
	var b strings.Builder
	for _, k := range lists[endpoint] {
		fmt.Fprintf(&b, "%v\x00", o[k])
	}
	return b.String()
}

func same(endpoint string, x, y object) bool { return key(endpoint, x) == key(endpoint, y) }

// lay takes one section. At the second look (again) elements are laid over those of the
// first with the same name; {"gone": true} takes one away.
func (a *answers) lay(endpoint string, data []byte, again bool) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if lists[endpoint] == nil {
		var o object
		if err := d.Decode(&o); err != nil {
			return err
		}
		switch {
		case endpoint == "overview":
			a.overview = over(a.overview, o)
		case strings.HasPrefix(endpoint, "health/checks/"):
			a.health[endpoint] = o
		default:
			return fmt.Errorf("no such endpoint")
		}
		return nil
	}
	var given []object
	if err := d.Decode(&given); err != nil {
		return err
	}
	for i, o := range repeated(given) {
		a.element(endpoint, o, i, again)
	}
	if a.lists[endpoint] == nil {
		a.lists[endpoint] = list{}
	}
	return nil
}

// repeated writes out elements with {"repeat": 1000}: so many copies, "{n}" in their texts
// counting from 1.
func repeated(given []object) []object {
	var out []object
	for _, o := range given {
		n, many := o["repeat"]
		if !many {
			out = append(out, o)
			continue
		}
		for i := range whole(n) {
			c := object{}
			for k, v := range o {
				if text, ok := v.(string); ok {
					v = strings.ReplaceAll(text, "{n}", strconv.FormatInt(i+1, 10))
				}
				c[k] = v
			}
			delete(c, "repeat")
			out = append(out, c)
		}
	}
	return out
}

func (a *answers) element(endpoint string, o object, i int, again bool) {
	if name, ok := o["queue"].(string); ok && endpoint == "consumers" {
		o["queue"] = object{"name": name, "vhost": "/"}
	}
	if !again {
		a.lists[endpoint] = append(a.lists[endpoint], complete(endpoint, o, i, a.version))
		return
	}
	for k, v := range map[string]any{"vhost": "/", "consumer_tag": fmt.Sprintf("ctag%d", i)} {
		if _, ok := o[k]; !ok && slices.Contains(lists[endpoint], k) {
			o[k] = v
		}
	}
	at := slices.IndexFunc(a.lists[endpoint], func(have object) bool { return same(endpoint, have, o) })
	switch {
	case at >= 0 && o["gone"] == true:
		a.lists[endpoint] = slices.Delete(a.lists[endpoint], at, at+1)
	case at >= 0:
		a.lists[endpoint][at] = complete(endpoint, over(a.lists[endpoint][at], o), at, a.version)
	default:
		a.lists[endpoint] = append(a.lists[endpoint], complete(endpoint, o, i, a.version))
	}
}

// later is the second look: the first, with the fixture's differences, and clocks that
// went on.
func (a *answers) later(l *liveCase) (answers, error) {
	b := answers{overview: over(a.overview, object{}), lists: map[string]list{}, health: maps.Clone(a.health), version: a.version, tag: a.tag}
	for endpoint, all := range a.lists {
		for _, o := range all {
			b.lists[endpoint] = append(b.lists[endpoint], over(o, object{}))
		}
	}
	for _, n := range b.lists["nodes"] {
		if up, ok := n["uptime"]; ok {
			n["uptime"] = whole(up) + int64(l.between/time.Millisecond)
		}
	}
	for endpoint, data := range l.second {
		if err := b.lay(endpoint, data, true); err != nil {
			return b, fmt.Errorf("look2/%s: %w", endpoint, err)
		}
	}
	return b, nil
}

func whole(v any) int64 {
	switch n := v.(type) {
	case int:
		return int64(n)
	case int64:
		return n
	case json.Number:
		i, _ := n.Int64()
		return i
	}
	return 0
}

// sum fills the overview's sums and the queues' numbers of consumers, where the fixture
// gives none of its own.
func (a *answers) sum() {
	totals := object{}
	for _, e := range []string{"queues", "exchanges", "connections", "channels", "consumers"} {
		totals[e] = len(a.lists[e])
	}
	if _, ok := a.overview["object_totals"]; !ok {
		a.overview["object_totals"] = totals
	}
	sums := object{}
	for _, k := range []string{"messages", "messages_ready", "messages_unacknowledged"} {
		var n int64
		for _, q := range a.lists["queues"] {
			n += whole(q[k])
		}
		sums[k] = n
	}
	if _, ok := a.overview["queue_totals"]; !ok {
		a.overview["queue_totals"] = sums
	}
	for _, q := range a.lists["queues"] {
		if _, ok := q["consumers"]; ok || q["messages"] == nil {
			continue
		}
		n := 0
		for _, c := range a.lists["consumers"] {
			if on, ok := c["queue"].(object); ok && on["name"] == q["name"] && on["vhost"] == q["vhost"] {
				n++
			}
		}
		q["consumers"] = n
	}
}
