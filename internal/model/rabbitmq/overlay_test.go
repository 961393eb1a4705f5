package rabbitmq

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

var (
	at   = &model.Origin{Kind: model.FromLive, Input: "mq", Via: "GET /api/queues"}
	here = model.NewFrom(at)
)

// broker builds a snapshot of one vhost, read whole.
type broker struct{ *Snapshot }

func newBroker(version string) broker {
	v, _ := model.ParseVersion(version)
	s := &Snapshot{Input: "mq", Target: "mq", Version: model.Here(here, v),
		Topology: &Topology{Input: "mq", Target: "mq", Source: FromLive, At: at, VHosts: []VHost{{Name: "/"}},
			Seen: map[string]Seen{"/": {}}},
		Looks: []Look{{Origin: at, Queues: map[Name]QueueStats{}, Consumers: model.Here(here, []Consumer(nil))}}}
	return broker{s}
}

func (b broker) queue(name, kind string, args Args) *Queue {
	b.Topology.Queues = append(b.Topology.Queues, Queue{Name: Name{"/", name}, Type: model.Here(here, kind),
		Durable: model.Here(here, true), AutoDelete: model.Here(here, false), Exclusive: model.Here(here, false),
		Args: model.Here(here, args), EffectivePolicy: model.Here(here, Args{}), Policy: model.None[string](here), At: at})
	return &b.Topology.Queues[len(b.Topology.Queues)-1]
}

func (b broker) exchange(name, kind string, args Args) {
	b.Topology.Exchanges = append(b.Topology.Exchanges, Exchange{Name: Name{"/", name}, Type: model.Here(here, kind),
		Args: model.Here(here, args), Policy: model.None[string](here), At: at})
}

func (b broker) bind(source, key, queue string) {
	b.Topology.Bindings = append(b.Topology.Bindings, Binding{VHost: "/", Source: source, Destination: queue, Key: key, At: at})
}

func (b broker) policy(name, pattern string, priority int64, def Args) {
	b.Topology.Policies = append(b.Topology.Policies, Policy{Name: Name{"/", name}, Pattern: pattern,
		ApplyTo: "queues", Priority: priority, Definition: def, At: at})
}

func (b broker) view(parts ...model.Part) *Overlay {
	return View(model.NewEstate(time.Time{}, nil, nil, false, append([]model.Part{b.Snapshot}, parts...)...))
}

func names(qs []*QueueView) string {
	var out []string
	for _, q := range qs {
		out = append(out, q.Name.Name)
	}
	return fmt.Sprint(out)
}

func TestRoute(t *testing.T) {
	b := newBroker("4.0.5")
	for _, q := range []string{"a", "b", "spill"} {
		b.queue(q, "classic", nil)
	}
	b.exchange("d", "direct", Args{"alternate-exchange": TextArg("spillway")})
	b.exchange("spillway", "fanout", nil)
	b.exchange("t", "topic", nil)
	b.exchange("h", "headers", nil)
	b.bind("d", "one", "a")
	b.bind("spillway", "", "spill")
	b.bind("t", "order.*", "a")
	b.bind("t", "order.#", "b")
	b.bind("h", "", "b")
	o := b.view()
	for _, tt := range []struct {
		exchange, key string
		any           bool
		want          string
		sure          bool
	}{
		{"", "a", false, "[a]", true},
		{"", "nobody", false, "[]", true},
		{"d", "one", false, "[a]", true},
		{"d", "two", false, "[spill]", true},
		{"d", "two", true, "[a spill]", true},
		{"t", "order.new", false, "[a b]", true},
		{"t", "order.new.eu", false, "[b]", true},
		{"t", "order", false, "[b]", true},
		{"t", "mail", false, "[]", true},
		{"h", "x", false, "[b]", false},
		{"missing", "x", false, "[]", true},
	} {
		got, sure := o.Route("mq", "/", tt.exchange, tt.key, tt.any)
		if names(got) != tt.want || sure != tt.sure {
			t.Errorf("%s %s any=%v: %s sure=%v, want %s sure=%v", tt.exchange, tt.key, tt.any, names(got), sure, tt.want, tt.sure)
		}
	}
}

func TestOverlap(t *testing.T) {
	many := strings.Repeat("#.", 60)
	for _, tt := range []struct {
		a, b     string
		bPattern bool
		want     bool
	}{
		{"order.*", "order.new", false, true},
		{"order.*", "order", false, false},
		{"order.#", "order", false, true},
		{"#", "", false, true},
		{"*", "", false, true}, // the empty key has one empty word
		{"#.new", "order.eu.new", false, true},
		{"*.new", "*", false, false},
		{"order.*", "*.new", true, true},
		{"order.*", "mail.#", true, false},
		{"#.x", "y.#", true, true},
		{many + "a", strings.Repeat("b.", 60) + "b", false, false},
		{many + "a", many + "b", true, false},
	} {
		if got := overlap(words(tt.a), words(tt.b), tt.bPattern); got != tt.want {
			t.Errorf("%s and %s: %v", tt.a, tt.b, got)
		}
	}
}

// A queue that is bound by a pattern: which of its dead letters arrive depends on the keys.
func TestDeadLettersByPattern(t *testing.T) {
	for _, tt := range []struct {
		dlxType, key, want string
		sure               bool
	}{
		{"direct", "order.new", "[dead]", false},
		{"direct", "mail", "[]", true},
		{"topic", "#", "[dead]", true},
		{"topic", "*.new", "[dead]", false},
		{"topic", "mail.*", "[]", true},
		{"fanout", "", "[dead]", true},
	} {
		b := newBroker("4.0.5")
		b.queue("work", "classic", Args{"x-dead-letter-exchange": TextArg("dlx")})
		b.queue("dead", "classic", nil)
		b.exchange("in", "topic", nil)
		b.exchange("dlx", tt.dlxType, nil)
		b.bind("in", "order.*", "work")
		b.bind("dlx", tt.key, "dead")
		o := b.view()
		got, sure := o.Queue("mq", "/", "work").DeadLetterTargets()
		if names(got) != tt.want || sure != tt.sure {
			t.Errorf("%s %q: %s sure=%v, want %s sure=%v", tt.dlxType, tt.key, names(got), sure, tt.want, tt.sure)
		}
		role, _ := o.Queue("mq", "/", "dead").Role()
		if want := map[bool]Role{true: DeadLetter, false: Work}[tt.want == "[dead]"]; role != want {
			t.Errorf("%s %q: dead is %s", tt.dlxType, tt.key, role)
		}
	}
}

func TestLiveBindingsHideThoseOfFiles(t *testing.T) {
	b := newBroker("4.0.5")
	b.queue("a", "classic", nil)
	b.exchange("d", "direct", nil)
	defs := &Topology{Input: "defs", Source: FromDefinitions, At: at,
		Exchanges: []Exchange{{Name: Name{"/", "later"}, Type: model.Here(here, "direct"), At: at}},
		Bindings: []Binding{{VHost: "/", Source: "d", Destination: "a", Key: "k", At: at},
			{VHost: "/", Source: "later", Destination: "a", Key: "k", At: at}}}
	o := b.view(defs)
	if got, _ := o.Route("mq", "/", "d", "k", false); len(got) != 0 {
		t.Errorf("a binding that only a file has routes on the broker: %s", names(got))
	}
	if got, _ := o.Route("mq", "/", "later", "k", false); names(got) != "[a]" {
		t.Errorf("an exchange that only the file has: %s", names(got))
	}
}

func TestEffective(t *testing.T) {
	b := newBroker("4.0.5")
	q := b.queue("a", "classic", Args{"x-message-ttl": IntArg(60000), "x-dead-letter-exchange": TextArg("A")})
	q.EffectivePolicy = model.Here(here, Args{"message-ttl": IntArg(500), "dead-letter-exchange": TextArg("B"), "max-length": IntArg(9)})
	late := b.queue("late", "classic", Args{"x-dead-letter-exchange": TextArg("A"), "x-message-ttl": IntArg(1)})
	late.EffectivePolicy = model.Unknown[Args]("not in the statistics yet", at)
	o := b.view()
	for _, tt := range []struct{ queue, key, want string }{
		{"a", "message-ttl", "500"},
		{"a", "dead-letter-exchange", `"A"`},
		{"a", "max-length", "9"},
		{"a", "expires", "absent"},
		{"late", "dead-letter-exchange", `"A"`},
		{"late", "message-ttl", "unknown: not in the statistics yet"},
		{"late", "expires", "unknown: not in the statistics yet"},
	} {
		k := o.Queue("mq", "/", tt.queue).Effective(tt.key)
		got := k.Or(Arg{}).String()
		switch {
		case k.Absent():
			got = "absent"
		case k.Unknown():
			got = "unknown: " + k.Why()
		}
		if got != tt.want {
			t.Errorf("%s of %s is %s, want %s", tt.key, tt.queue, got, tt.want)
		}
	}
}

// A queue that only code knows takes the policy that the broker would pick for it.
func TestPolicyOfCode(t *testing.T) {
	b := newBroker("4.0.5")
	b.policy("low", "^orders", 0, Args{"max-length": IntArg(1)})
	b.policy("foreign", "^orders", 9, Args{"max-length": IntArg(2), "max-age": TextArg("7D")})
	b.policy("best", "^orders", 5, Args{"dead-letter-exchange": TextArg("dlx")})
	name := code.NameOf(code.Value{Kind: code.String, Text: "orders.new"})
	facts := &code.Facts{Queues: []code.QueueDecl{{Site: code.Site{At: at}, Name: name,
		Durable: model.Here(here, true), Args: code.Args{At: at}}}}
	q := b.view(facts).Queue("mq", "/", "orders.new")
	if q == nil {
		t.Fatal("the queue of code did not join the broker's only vhost")
	}
	if got := q.Text("dead-letter-exchange").Or("none"); got != "dlx" {
		t.Errorf("dead-letter-exchange %q, want dlx: highest priority of those whose keys a classic queue supports", got)
	}
	if !q.Int("max-length").Absent() {
		t.Error("policies are not merged: max-length of the lower one does not hold")
	}
}

func TestDeadLetters(t *testing.T) {
	b := newBroker("4.0.5")
	b.queue("work", "classic", Args{"x-dead-letter-exchange": TextArg("dlx"), "x-dead-letter-routing-key": TextArg("dead")})
	b.queue("dead", "classic", nil)
	b.queue("wait", "classic", Args{"x-dead-letter-exchange": TextArg(""), "x-dead-letter-routing-key": TextArg("work"), "x-message-ttl": IntArg(1000)})
	b.exchange("dlx", "direct", nil)
	b.bind("dlx", "dead", "dead")
	o := b.view()
	if got, sure := o.Queue("mq", "/", "work").DeadLetterTargets(); names(got) != "[dead]" || !sure {
		t.Errorf("dead letters of work go to %s, sure %v", names(got), sure)
	}
	for name, want := range map[string]Role{"work": Work, "dead": DeadLetter, "wait": RetryWait} {
		if got, _ := o.Queue("mq", "/", name).Role(); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if got := names(o.Queue("mq", "/", "work").DeadLetterSources()); got != "[wait]" {
		t.Errorf("dead letters of %s come to work, want [wait]", got)
	}
}

func TestFlow(t *testing.T) {
	b := newBroker("4.0.5")
	b.queue("a", "classic", nil)
	n := Name{"/", "a"}
	stats := func(ready, ack int64) QueueStats {
		return QueueStats{Ready: model.Here(here, ready), Unacked: model.Here(here, int64(0)),
			Counters: Counters{Ack: model.Here(here, ack), Publish: model.None[int64](here)}}
	}
	b.Looks = []Look{{Origin: at, Queues: map[Name]QueueStats{n: stats(10, 5)}}}
	q := func() *QueueView { return b.view().Queue("mq", "/", "a") }
	if _, why := q().Flow(); why != "needs two looks: --sample 15s" {
		t.Errorf("one look: %q", why)
	}
	b.Looks = append(b.Looks, Look{At: time.Time{}.Add(20 * time.Second), Origin: at, Queues: map[Name]QueueStats{n: stats(4, 45)}})
	f, why := q().Flow()
	if why != "" || f.Ack.Or(-1) != 40 || f.Ready.Or(0) != -6 || f.PerSecond(f.Ack) != 2 {
		t.Errorf("flow %+v, %q", f, why)
	}
	if f.Publish.Or(-1) != 0 {
		t.Error("a counter that the broker leaves out counts as 0 between two looks")
	}
	b.Looks[1].Queues[n] = stats(4, 3)
	if f, _ := q().Flow(); !f.Ack.Unknown() {
		t.Error("a counter that fell was reset: its rise is not known")
	}
	delete(b.Looks[1].Queues, n)
	if _, why := q().Flow(); why == "" {
		t.Error("a queue that one look did not see has no flow")
	}
}

func TestConsumed(t *testing.T) {
	for _, tt := range []struct {
		version, kind string
		field         model.Known[int64]
		list          int
		want          int64
	}{
		{"4.0.5", "classic", model.Here(here, int64(0)), 2, 2},
		{"4.0.5", "classic", model.Here(here, int64(3)), 0, 3},
		{"4.0.5", "quorum", model.Here(here, int64(0)), 1, 1},
		{"4.3.6", "quorum", model.Here(here, int64(0)), 1, 0},
		{"4.3.6", "quorum", model.None[int64](here), 1, 1},
	} {
		b := newBroker(tt.version)
		b.queue("a", tt.kind, nil)
		n := Name{"/", "a"}
		b.Looks[0].Queues[n] = QueueStats{Consumers: tt.field}
		var list []Consumer
		for range tt.list {
			list = append(list, Consumer{Queue: n})
		}
		b.Looks[0].Consumers = model.Here(here, list)
		if got := b.view().Queue("mq", "/", "a").Consumed().Or(-1); got != tt.want {
			t.Errorf("%s %s, field %d, list %d: %d, want %d", tt.version, tt.kind, tt.field.Or(-1), tt.list, got, tt.want)
		}
	}
}

func TestDeliveryLimit(t *testing.T) {
	for _, tt := range []struct {
		version, kind string
		args          Args
		live          model.Known[int64]
		want          string
	}{
		{"3.10.8", "quorum", nil, model.Known[int64]{}, "absent"},
		{"3.10.8", "quorum", Args{"x-delivery-limit": IntArg(5)}, model.Known[int64]{}, "5"},
		{"4.0.5", "quorum", nil, model.Known[int64]{}, "20"},
		{"4.0.5", "quorum", nil, model.Here(here, int64(-1)), "-1"},
		{"4.0.5", "classic", nil, model.Known[int64]{}, "absent"},
	} {
		b := newBroker(tt.version)
		b.queue("a", tt.kind, tt.args).DeliveryLimit = tt.live
		k := b.view().Queue("mq", "/", "a").DeliveryLimit()
		got := fmt.Sprint(k.Or(0))
		if k.Absent() {
			got = "absent"
		}
		if got != tt.want {
			t.Errorf("%s %s %v: %s, want %s", tt.version, tt.kind, tt.args, got, tt.want)
		}
	}
}

// Ten thousand queues with bindings, policies and dead letters must not cost their square.
func BenchmarkOverlay(b *testing.B) {
	mq := newBroker("4.0.5")
	mq.exchange("dlx", "direct", nil)
	for i := range 10000 {
		name := fmt.Sprintf("q%d", i)
		mq.queue(name, "classic", Args{"x-dead-letter-exchange": TextArg("dlx"), "x-dead-letter-routing-key": TextArg(name)})
		mq.queue(name+".dead", "classic", nil)
		mq.bind("dlx", name, name+".dead")
	}
	for i := range 50 {
		mq.policy(fmt.Sprint("p", i), fmt.Sprintf("^q%d\\.", i), int64(i), Args{"max-length": IntArg(1)})
	}
	for b.Loop() {
		mq.view()
	}
}
