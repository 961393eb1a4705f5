package rabbitmq

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"qaudit/internal/collect/live"
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

// stronger is the gap of what only an administrator may read, in the answers of 4.0.
const stronger = `permission permissions, shovels, federation upstreams, users: need the tag administrator, ` +
	`which may also change everything: left out on purpose -> rabbitmqctl export_definitions FILE, and name FILE too`

// hidden is the gap of the vhost that the answers of 4.0 hide.
const hidden = `!permission vhost billing: 1 of 5 queues hidden from "monitor" -> rabbitmqctl set_permissions -p billing monitor '^$' '^$' '^$'`

func TestRequestsOfAnAudit(t *testing.T) {
	f := newFake(t, "4.0")
	s := f.look(t, options(), f.target(t), live.Full)
	first := f.requests()
	for i := range first {
		first[i], _, _ = strings.Cut(first[i], "?")
	}
	slices.Sort(first)
	want := strings.Fields(`bindings channels connections consumers deprecated-features deprecated-features/used exchanges
		feature-flags health/checks/alarms health/checks/certificate-expiration/1/months health/checks/node-is-quorum-critical
		health/checks/virtual-hosts nodes operator-policies overview policies queues vhost-limits vhosts whoami`)
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("first look: %s", diff)
	}
	if err := s.Look(t.Context(), live.Volatile); err != nil {
		t.Fatal(err)
	}
	second := f.requests()
	for i := range second {
		second[i], _, _ = strings.Cut(second[i], "?")
	}
	slices.Sort(second)
	if diff := cmp.Diff(strings.Fields("channels connections consumers exchanges nodes overview queues vhosts"), second); diff != "" {
		t.Errorf("second look: %s", diff)
	}
	r := s.Result()
	if r.Input.Requests != len(first)+len(second) || r.Input.Bytes == 0 || r.Input.Version != "4.0.5" || r.Input.Summary != "1 node, 4 queues" {
		t.Errorf("input %+v", r.Input)
	}
	if n := len(snapshot(t, s).Looks); n != 2 {
		t.Errorf("%d looks", n)
	}
	if got := s.Brief(); got != "4 queues, 869 waiting" {
		t.Errorf("brief %q", got)
	}
}

func TestResultIsNotChangedByLaterLooks(t *testing.T) {
	f := newFake(t, "4.0")
	s := f.look(t, options(), f.target(t), live.Full)
	before := s.Result().Parts[0].(*rabbitmq.Snapshot)
	text := describe(before)
	f.set("queues", says(200, "[]"))
	if err := s.Look(t.Context(), live.Volatile); err != nil {
		t.Fatal(err)
	}
	if len(before.Looks) != 1 || describe(before) != text {
		t.Error("a result changed after it was given away")
	}
	if len(snapshot(t, s).Looks[1].Queues) != 0 || len(snapshot(t, s).Topology.Queues) != 4 {
		t.Error("the second look does not stand beside the first")
	}
}

// TestPages: the broker's pages shift while queues come and go; a queue is counted once,
// and pages that are no longer there are the end.
func TestPages(t *testing.T) {
	f := newFake(t, "4.0")
	f.set("overview", func(w http.ResponseWriter, r *http.Request) {
		says(200, strings.Replace(f.answers["overview"].body, `"queues":5`, `"queues":2400`, 1))(w, r)
	})
	f.set("queues", func(w http.ResponseWriter, r *http.Request) {
		var page int
		if _, err := fmt.Sscan(r.URL.Query().Get("page"), &page); err != nil || r.URL.Query().Get("page_size") != "500" {
			t.Errorf("asked for %s", r.URL)
		}
		if page == 5 {
			says(400, `{"error":"page_out_of_range","reason":"Page out of range, page: 5 page size: 500, len: 1999"}`)(w, r)
			return
		}
		var items []string
		for i := range 500 {
			n := (page-1)*500 + i - (page - 1) // each page begins with the last of the one before
			items = append(items, fmt.Sprintf(`{"name":"q%d","vhost":"/","type":"classic","messages_ready":1}`, n))
		}
		says(200, fmt.Sprintf(`{"filtered_count":2400,"item_count":500,"items":[%s],"page":%d,"page_count":5,"page_size":500,"total_count":2400}`,
			strings.Join(items, ","), page))(w, r)
	})
	s := f.look(t, options(), f.target(t), live.Full)
	snap := snapshot(t, s)
	if n := len(snap.Topology.Queues); n != 1997 || len(snap.Last().Queues) != 1997 {
		t.Errorf("%d queues", n)
	}
	if diff := cmp.Diff([]string{`!permission vhost billing: 403 of 2,400 queues hidden from "monitor" -> rabbitmqctl set_permissions -p billing monitor '^$' '^$' '^$'`, stronger}, gapLines(s)); diff != "" {
		t.Error(diff)
	}
}

func TestLostQueuesWithoutHiddenVHost(t *testing.T) {
	f := newFake(t, "4.0")
	f.set("vhosts", says(200, `[{"name":"/"}]`))
	s := f.look(t, options(), f.target(t), live.Full, live.Volatile)
	if diff := cmp.Diff([]string{"!unreadable queues: 1 of 5 queues were not in the list", stronger}, gapLines(s)); diff != "" {
		t.Error(diff)
	}
	if got := snapshot(t, s).Topology.Seen["/"].Queues; got != "1 of 5 queues were not in the list" {
		t.Errorf("seen: %q: the absence of a queue would be believed", got)
	}
	f.set("overview", func(w http.ResponseWriter, r *http.Request) {
		says(200, strings.Replace(f.answers["overview"].body, `"queues":5`, `"queues":4`, 1))(w, r)
	})
	if err := s.Look(t.Context(), live.Volatile); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{stronger}, gapLines(s)); diff != "" {
		t.Errorf("a difference that went away is still a gap: %s", diff)
	}
}

func TestHiddenVHosts(t *testing.T) {
	vhosts := func(names ...string) string {
		var out []string
		for _, n := range names {
			out = append(out, fmt.Sprintf(`{"name":%q}`, n))
		}
		return "[" + strings.Join(out, ",") + "]"
	}
	set := "rabbitmqctl set_permissions -p "
	for _, c := range []struct {
		name   string
		vhosts string
		want   []string
	}{
		{"two, with names that a shell would read otherwise", vhosts("/", "it's; rm", "a\tb"), []string{
			`!permission vhost a` + "\t" + `b: hidden from "monitor"; 1 of 5 queues are in vhosts that it may not enter -> ` + set + `$'a\x09b' monitor '^$' '^$' '^$'`,
			`!permission vhost it's; rm: hidden from "monitor"; 1 of 5 queues are in vhosts that it may not enter -> ` + set + `'it'\''s; rm' monitor '^$' '^$' '^$'`, stronger}},
		{"many", vhosts("/", "a", "b", "c", "d", "e", "f"), []string{
			`!permission vhosts a, b, c and 3 more: hidden from "monitor"; 1 of 5 queues are in vhosts that it may not enter -> ` +
				`for v in $(rabbitmqctl -q list_vhosts name); do rabbitmqctl set_permissions -p "$v" monitor '^$' '^$' '^$'; done`, stronger}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t, "4.0")
			f.set("vhosts", says(200, c.vhosts))
			if diff := cmp.Diff(c.want, gapLines(f.look(t, options(), f.target(t), live.Full))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNarrowedToVHosts(t *testing.T) {
	f := newFake(t, "4.0")
	for _, resource := range []string{"queues", "exchanges", "bindings", "policies", "operator-policies", "consumers"} {
		all := f.answers[resource].body
		f.set(resource+"/%2F", says(200, all))
		f.set(resource+"/billing", says(401, `{"error":"not_authorised","reason":"User not authorised to access virtual host"}`))
		f.set(resource+"/none", says(404, `{"error":"Object Not Found","reason":"Not Found"}`))
		f.set(resource, says(500, "the whole list was asked for"))
	}
	for _, resource := range []string{"connections", "channels"} {
		f.set("vhosts/%2F/"+resource, says(200, f.answers[resource].body))
		f.set("vhosts/billing/"+resource, says(404, `{"error":"not_found","reason":"Not Found"}`))
		f.set("vhosts/none/"+resource, says(404, `{"error":"Object Not Found","reason":"Not Found"}`))
		f.set(resource, says(500, "the whole list was asked for"))
	}
	s := f.look(t, options(), f.target(t, "/", "billing", "none"), live.Full)
	snap := snapshot(t, s)
	want := []string{`!permission vhost billing: hidden from "monitor" -> rabbitmqctl set_permissions -p billing monitor '^$' '^$' '^$'`,
		`!unreadable vhost none: there is no vhost "none" -> --vhost with a name that exists`, stronger}
	if diff := cmp.Diff(want, gapLines(s)); diff != "" {
		t.Error(diff)
	}
	if len(snap.Topology.Queues) != 4 || len(snap.Last().Channels.Or(nil)) != 3 || len(snap.Topology.Seen) != 2 || len(snap.Topology.VHosts) != 2 {
		t.Errorf("read %d queues, %d channels, seen %v", len(snap.Topology.Queues), len(snap.Last().Channels.Or(nil)), snap.Topology.Seen)
	}

	f = newFake(t, "4.0") // only what was named, though the answer has more
	s = f.look(t, options(), f.target(t, "."), live.Full)
	if got := len(snapshot(t, s).Topology.Queues); got != 0 || slices.ContainsFunc(f.requests(), func(p string) bool { return strings.Contains(p, "queues/.") }) {
		t.Errorf("vhost \".\" gave %d queues of other vhosts", got)
	}
}

func TestStatisticsOff(t *testing.T) {
	off := says(400, `{"error":"bad_request","reason":"Stats in management UI are disabled on this node"}`)
	f := newFake(t, "4.0")
	f.set("overview", says(200, `{"rabbitmq_version":"4.0.5","cluster_name":"shop","disable_stats":true,"object_totals":{"queues":2}}`))
	f.set("consumers", off)
	f.set("connections", says(200, "[]")) // as 4.3 answers, whoever is connected
	f.set("channels", says(200, "[]"))
	f.set("vhosts", says(200, `[{"name":"/"}]`))
	f.set("nodes", says(200, `[{"name":"rabbit@a","type":"disc","running":true}]`))
	f.set("queues", func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Get("disable_stats") != "true" || q.Get("enable_queue_totals") != "true" {
			t.Errorf("asked for %s", r.URL)
		}
		says(200, `[{"name":"a","vhost":"/","type":"classic","durable":true,"exclusive":false,"arguments":{},"messages":7,"messages_ready":7,"messages_unacknowledged":0,"online":null,"state":"running"},
			{"name":"b","vhost":"/","type":"quorum","durable":true,"exclusive":null,"arguments":{},"messages":1,"messages_ready":1,"messages_unacknowledged":0,"online":["rabbit@a"],"members":["rabbit@a"],"state":"live"}]`)(w, r)
	})
	s := f.look(t, options(), f.target(t), live.Full)
	snap, last := snapshot(t, s), snapshot(t, s).Last()
	if diff := cmp.Diff([]string{"unsupported counters, consumers, connections, channels: statistics are switched off on the broker", stronger}, gapLines(s)); diff != "" {
		t.Error(diff)
	}
	a, b := last.Queues[rabbitmq.Name{VHost: "/", Name: "a"}], last.Queues[rabbitmq.Name{VHost: "/", Name: "b"}]
	if a.Ready.Or(-1) != 7 || !a.Online.Absent() || a.Counters.Publish.Why() != statsOff || a.Consumers.Why() != statsOff || !b.State.Unknown() {
		t.Errorf("queues %+v %+v", a, b)
	}
	if !model.Is(snap.StatsOff, true) || last.Channels.Why() != statsOff || last.Connections.Why() != statsOff || last.Consumers.Why() != statsOff || !snap.Topology.Queues[0].Mirrors.Unknown() || !last.Totals.Ready.Unknown() {
		t.Error("what statistics would tell is not unknown")
	}
}

func TestRatesModeNoneHasNoCounters(t *testing.T) {
	f := newFake(t, "4.0")
	if !strings.Contains(f.answers["overview"].body, `"rates_mode":"basic"`) {
		t.Fatal("the answer has changed")
	}
	f.set("overview", says(200, strings.Replace(f.answers["overview"].body, `"rates_mode":"basic"`, `"rates_mode":"none"`, 1)))
	s := f.look(t, options(), f.target(t), live.Full)
	idle := snapshot(t, s).Last().Queues[rabbitmq.Name{VHost: "/", Name: "idle1"}]
	if !idle.Counters.Publish.Unknown() {
		t.Error("a counter that is not counted is taken for zero")
	}
	if got := gapLines(s); !slices.Contains(got, "unsupported counters: the broker counts no messages (rates_mode = none)") {
		t.Error(got)
	}
}

func TestTooManyQueuesForCounters(t *testing.T) {
	f := newFake(t, "4.0")
	f.set("overview", says(200, strings.Replace(f.answers["overview"].body, `"queues":5`, `"queues":60000`, 1)))
	s := f.look(t, options(), f.target(t), live.Full)
	const why = "60,000 queues are too many to read with their counters"
	if got := gapLines(s); !slices.Contains(got, "unsupported counters of queues: "+why+" -> --vhost NAME reads all of one vhost") {
		t.Error(got)
	}
	if !slices.ContainsFunc(f.requests(), func(p string) bool {
		return strings.HasPrefix(p, "queues?page=1&page_size=500&disable_stats=true&enable_queue_totals=true&columns=")
	}) {
		t.Error("the totals were not asked for, in pages")
	}
	if got := snapshot(t, s).Last().Queues[rabbitmq.Name{VHost: "/", Name: "idle1"}].Counters.Publish.Why(); got != why {
		t.Errorf("counters: %q", got)
	}
}

func TestTags(t *testing.T) {
	const mine = `need the tag monitoring, which "monitor" does not have`
	f := newFake(t, "4.0")
	f.set("whoami", says(200, `{"name":"monitor","tags":["management","dev ops"]}`))
	f.set("vhosts", says(200, `[{"name":"/"}]`))
	f.set("overview", says(200, `{"rabbitmq_version":"4.0.5","object_totals":{"queues":4}}`))
	s := f.look(t, options(), f.target(t), live.Full)
	snap := snapshot(t, s)
	want := []string{"!permission nodes, listeners, connections, channels, vhosts of others: " + mine + " -> rabbitmqctl set_user_tags monitor 'dev ops' monitoring", stronger}
	if diff := cmp.Diff(want, gapLines(s)); diff != "" {
		t.Error(diff)
	}
	if snap.Last().Connections.Why() != mine || snap.Last().Channels.Why() != mine || snap.Listeners.Why() != mine {
		t.Error("own connections pass for all")
	}
	for _, path := range f.requests() {
		if p, _, _ := strings.Cut(path, "?"); slices.Contains([]string{"nodes", "connections", "channels", "users", "permissions", "parameters"}, p) {
			t.Errorf("asked for %s without the right", path)
		}
	}

	f = newFake(t, "4.0")
	f.set("whoami", says(200, `{"name":"monitor","tags":["administrator"]}`))
	f.set("users", says(200, `[{"name":"guest","tags":"administrator,x","hashing_algorithm":"rabbit_password_hashing_md5","password_hash":"secret hash"}]`))
	f.set("permissions", says(200, `[{"user":"guest","vhost":"/","configure":".*","write":".*","read":".*"}]`))
	f.set("parameters", says(200, `[{"vhost":"/","component":"shovel","name":"move","value":{"src-uri":"amqp://u:secret@h"}}]`))
	s = f.look(t, options(), f.target(t), live.Full)
	snap = snapshot(t, s)
	if got := fmt.Sprint(snap.Users.Or(nil), snap.Permissions.Or(nil), snap.Parameters.Or(nil)); got !=
		"[{guest [administrator x] rabbit_password_hashing_md5}] [{guest / .* .* .*}] [{/ shovel move}]" {
		t.Errorf("read %s", got)
	}
	if strings.Contains(fmt.Sprintf("%+v", *snap), "secret") {
		t.Error("a secret was kept")
	}
	if diff := cmp.Diff([]string{hidden}, gapLines(s)); diff != "" {
		t.Error(diff)
	}
	if !slices.Contains(f.requests(), "users?columns=name,tags,hashing_algorithm") {
		t.Error("password hashes were transferred")
	}
}

func TestHealthChecks(t *testing.T) {
	f := newFake(t, "4.0")
	f.set("health/checks/alarms", says(503, `{"status":"failed","reason":"There are alarms in effect in the cluster","alarms":[{"node":"rabbit@b","resource":"memory"}]}`))
	f.set("health/checks/virtual-hosts", says(503, `{"status":"failed","reason":"Some virtual hosts are down","virtual-hosts":["billing"]}`))
	f.set("health/checks/node-is-quorum-critical", says(503, `{"status":"failed","reason":"x","queues":[{"readable_name":"queue 'q' in vhost '/'","name":"q","virtual_host":"/","type":"rabbit_quorum_queue"}]}`))
	f.set("health/checks/certificate-expiration/1/months", says(503, `<html>the proxy is tired</html>`))
	s := f.look(t, options(), f.target(t), live.Full)
	got := snapshot(t, s).Health
	for check, want := range map[string]string{
		"alarms":                  "{false There are alarms in effect in the cluster: memory on rabbit@b []}",
		"virtual-hosts":           "{false Some virtual hosts are down: vhost billing []}",
		"node-is-quorum-critical": "{false x: queue 'q' in vhost '/' [q]}",
		"certificate-expiration":  "?",
	} {
		if show(got[check]) != want {
			t.Errorf("%s: %s, want %s", check, show(got[check]), want)
		}
	}
	if lines := gapLines(s); !slices.Contains(lines, "!unreadable health check certificate-expiration: the answer is not JSON") {
		t.Error(lines)
	}
}

func TestIdentity(t *testing.T) {
	f := newFake(t, "3.8")
	x := f.target(t)
	x.Name = "orders"
	s := f.look(t, options(), x, live.Full)
	if got := snapshot(t, s); got.Target != "orders" || got.Input != "orders" || got.Topology.Target != "orders" {
		t.Errorf("named target: %q, input %q", got.Target, got.Input)
	}
}
