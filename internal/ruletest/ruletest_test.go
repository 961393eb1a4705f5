package ruletest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

func TestParseWant(t *testing.T) {
	for line, wrong := range map[string]bool{
		`fail orders high sure "dropped"`:          false,
		`fail "10.0.0.1 -> 10.0.0.2" medium "x y"`: false,
		`pass orders`:                     false,
		`n/a orders "made by the broker"`: false,
		`fail orders "dropped"`:           true, // no severity
		`fails orders high`:               true,
		`fail orders terrible`:            true,
		`fail`:                            true,
		`pass orders "open`:               true,
		`pass orders "(("`:                true,
	} {
		if _, err := parseWant(line); (err != nil) != wrong {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestCompare(t *testing.T) {
	ru := &rule.Rule{ID: "rabbitmq/x", Severity: rule.High}
	p := &rule.Pass{Rule: ru}
	queue := func(name string) rule.Ref { return rule.Ref{System: "rabbitmq", Kind: "queue", Name: name} }
	p.Fail(queue("a"), "messages of a are dropped")
	p.Pass(queue("b"))
	p.NotApplicable(queue("c"), "it is a stream")
	p.Unknown(queue("d"), "not read")
	for _, tt := range []struct {
		wants          string
		missing, extra int
	}{
		{"fail a high sure \"dropped\"\npass b\nunknown d", 0, 0},
		{"fail a high sure\npass b\nunknown d\nn/a c \"stream\"", 0, 0},
		{"fail a high sure\npass b\nunknown d\nn/a c \"reply\"", 1, 0},
		{"fail a medium sure\npass b\nunknown d", 1, 1},
		{"fail a high likely\npass b\nunknown d", 1, 1},
		{"fail a high \"stuck\"\npass b\nunknown d", 1, 1},
		{"pass b\nunknown d", 0, 1},
		{"fail a high\nfail a high\npass b\nunknown d", 1, 0},
		{"fail a high\npass b\npass d", 1, 1},
	} {
		wants, err := parseWants(tt.wants)
		if err != nil {
			t.Fatal(err)
		}
		missing, extra := compare(wants, p.Verdicts)
		if len(missing) != tt.missing || len(extra) != tt.extra {
			t.Errorf("%q: %d missing, %d extra, want %d and %d", tt.wants, len(missing), len(extra), tt.missing, tt.extra)
		}
	}
}

func TestCheckVerdict(t *testing.T) {
	ru := &rule.Rule{ID: "rabbitmq/x", Severity: rule.Medium, Advice: "Bind a queue."}
	at := rule.At{Where: &model.Origin{Kind: model.FromLive}}
	subject := rule.Ref{Kind: "queue", Name: "q"}
	for name, tt := range map[string]struct {
		make  func(*rule.Pass)
		wrong bool
	}{
		"right":            {func(p *rule.Pass) { p.Fail(subject, "messages are dropped").See(at) }, false},
		"no evidence":      {func(p *rule.Pass) { p.Fail(subject, "messages are dropped") }, true},
		"may":              {func(p *rule.Pass) { p.Fail(subject, "messages may be dropped").See(at) }, true},
		"exclamation mark": {func(p *rule.Pass) { p.Fail(subject, "messages are dropped!").See(at) }, true},
		"dot":              {func(p *rule.Pass) { p.Fail(subject, "messages are dropped.").See(at) }, true},
		"advice":           {func(p *rule.Pass) { p.Fail(subject, "messages are dropped").See(at).Do("bind it") }, true},
		"too severe":       {func(p *rule.Pass) { p.Fail(subject, "messages are dropped").See(at).Severity = rule.High }, true},
		"doubt":            {func(p *rule.Pass) { p.Fail(subject, "messages are dropped").See(at).Confidence = rule.Likely }, true},
		"no reason":        {func(p *rule.Pass) { p.Unknown(subject, "") }, true},
		"permission":       {func(p *rule.Pass) { p.Unknown(subject, "needs a tag that may change policies") }, false},
	} {
		p := &rule.Pass{Rule: ru}
		tt.make(p)
		if wrong := checkVerdict(p.Verdicts[0]); (len(wrong) > 0) != tt.wrong {
			t.Errorf("%s: %q", name, wrong)
		}
	}
}

func TestCheckPage(t *testing.T) {
	r := &rule.Rule{ID: "rabbitmq/x", Title: "Messages are dropped", Severity: rule.High, Area: rule.Failures}
	right := "# Messages are dropped\n`rabbitmq/x` · high · failures\n\nWhat.\n"
	for _, h := range headings {
		right += "\n## " + h + "\nText.\n"
	}
	if wrong := checkPage(r, right); len(wrong) > 0 {
		t.Errorf("a page as it should be: %q", wrong)
	}
	for name, page := range map[string]string{
		"empty":          "",
		"title":          strings.Replace(right, "# Messages", "# All messages", 1),
		"severity":       strings.Replace(right, "· high ·", "· low ·", 1),
		"heading":        strings.Replace(right, "## Why it hurts", "## Why", 1),
		"empty section":  strings.Replace(right, "## Bad\nText.", "## Bad", 1),
		"no description": strings.Replace(right, "What.", "", 1),
		"word":           strings.Replace(right, "What.", "This is best practice.", 1),
	} {
		if len(checkPage(r, page)) == 0 {
			t.Errorf("%s: the page passes", name)
		}
	}
}

func TestPageCases(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		cases      int
		wrong      bool
	}{
		{"two languages", "```python pika\nx\n```\n```js amqplib\ny\n```\n", 2, false},
		{"broker and code", "```python pika\nx\n```\n```json management queues\n[]\n```\n```json management queues, 15 s later\n[]\n```\n", 1, false},
		{"files alone", "```yaml compose.yaml\nx\n```\n```ini rabbitmq.conf\ny\n```\n", 1, false},
		{"code with a file", "```python celery\nx\n```\n```text requirements.txt\ny\n```\n", 1, false},
		{"a command", "```sh\nrabbitmqctl\n```\n", 0, false},
		{"bad form", "```json management queues, later\n[]\n```\n", 0, true},
	} {
		cases, err := pageCases(Bad, tt.text)
		if len(cases) != tt.cases || (err != nil) != tt.wrong {
			t.Errorf("%s: %d cases, %v", tt.name, len(cases), err)
		}
	}
}

func TestParseCase(t *testing.T) {
	right := "What it shows.\n-- live/queues --\n[]\n-- want --\npass a\n"
	if _, err := parseCase("testdata/x/bad_y.txtar", []byte(right)); err != nil {
		t.Error(err)
	}
	for name, data := range map[string]string{
		"testdata/x/worse_y.txtar": right,
		"testdata/x/bad.txtar":     right,
		"testdata/x/bad_1.txtar":   "-- want --\npass a\n",
		"testdata/x/bad_2.txtar":   "Comment.\n-- live/queues --\n[]\n",
		"testdata/x/bad_3.txtar":   "Comment.\n-- live/status --\nqueues\n-- want --\npass a\n",
	} {
		if _, err := parseCase(name, []byte(data)); err == nil {
			t.Errorf("%s is taken:\n%s", name, data)
		}
	}
}

// get asks the fixture's broker as a client would.
func get(t *testing.T, s *server, path string) (int, any) {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	var out any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return w.Code, out
}

func TestBroker(t *testing.T) {
	l := &liveCase{version: "3.10.8", status: map[string]status{"policies": {401, `{"error":"not_authorised"}`}},
		first: map[string][]byte{
			"queues":    []byte(`[{"name": "a", "messages": 3, "policy": "absent"}, {"name": "b{n}", "repeat": 2}]`),
			"consumers": []byte(`[{"queue": "a"}]`),
		},
		second: map[string][]byte{"queues": []byte(`[{"name": "a", "messages": 5}, {"name": "b1", "gone": true}]`)}, between: defaultBetween}
	b, err := newBroker(l)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{broker: b}
	_, queues := get(t, s, "/api/queues")
	first := queues.([]any)
	a := first[0].(map[string]any)
	if len(first) != 3 || a["consumers"] != 1.0 || a["messages"] != 3.0 {
		t.Errorf("first look: %v", first)
	}
	if _, there := a["policy"]; there {
		t.Error(`"absent" does not take the field out`)
	}
	if code, _ := get(t, s, "/api/policies"); code != 401 {
		t.Errorf("policies: %d", code)
	}
	if code, _ := get(t, s, "/api/deprecated-features/used"); code != 404 {
		t.Errorf("3.10 has no deprecated features, and answers %d", code)
	}
	_, page := get(t, s, "/api/queues?page=2&page_size=2")
	if p := page.(map[string]any); p["page_count"] != 2.0 || len(p["items"].([]any)) != 1 {
		t.Errorf("second page: %v", page)
	}
	_, overview := get(t, s, "/api/overview")
	if totals := overview.(map[string]any)["object_totals"].(map[string]any); totals["queues"] != 3.0 {
		t.Errorf("totals: %v", totals)
	}
	_, nodes := get(t, s, "/api/nodes")
	up := nodes.([]any)[0].(map[string]any)["uptime"].(float64)
	s.next()
	_, queues = get(t, s, "/api/queues")
	second := queues.([]any)
	if len(second) != 2 || second[0].(map[string]any)["messages"] != 5.0 {
		t.Errorf("second look: %v", second)
	}
	_, nodes = get(t, s, "/api/nodes")
	if later := nodes.([]any)[0].(map[string]any)["uptime"].(float64); later != up+15000 {
		t.Errorf("the node was up for %v ms, then for %v", up, later)
	}
}
