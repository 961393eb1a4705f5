package ruletest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
)

// server answers as the management API of the fixture's broker, one look at a time.
type server struct {
	broker *broker
	look   atomic.Int32
}

// next turns to the next look.
func (s *server) next() {
	if int(s.look.Load()) < len(s.broker.looks)-1 {
		s.look.Add(1)
	}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/api/")
	if !ok || r.Method != http.MethodGet {
		refuse(w, status{405, `{"error":"Method Not Allowed"}`})
		return
	}
	for endpoint, st := range s.broker.status {
		if path == endpoint || strings.HasPrefix(path, endpoint+"/") && lists[path] == nil {
			refuse(w, st)
			return
		}
	}
	a := s.broker.looks[s.look.Load()]
	if body, code := a.answer(path, r.URL.Query()); body != nil {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(body)
		return
	}
	refuse(w, status{404, `{"error":"Object Not Found","reason":"Not Found"}`})
}

func refuse(w http.ResponseWriter, st status) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(st.code)
	_, _ = w.Write([]byte(st.body))
}

// answer is the body of an endpoint and its status; nil when there is no such endpoint.
func (a *answers) answer(path string, query url.Values) (body any, code int) {
	switch {
	case path == "overview":
		return a.overview, 200
	case path == "whoami":
		return object{"name": "qaudit", "tags": []any{a.tag}}, 200
	case strings.HasPrefix(path, "health/checks/"):
		return a.check(path)
	case lists[path] != nil:
		return page(path, a.lists[path], query), 200
	}
	endpoint, vhost, ok := strings.Cut(path, "/")
	name, err := url.PathUnescape(vhost)
	if !ok || err != nil || lists[endpoint] == nil || strings.Contains(vhost, "/") {
		return nil, 404
	}
	var out list
	for _, o := range a.lists[endpoint] {
		if o["vhost"] == name {
			out = append(out, o)
		}
	}
	return page(endpoint, out, query), 200
}

// check answers a health check: what the fixture says, else that all is well. An answer
// that says "failed" comes with 503, as the broker's.
func (a *answers) check(path string) (any, int) {
	o, ok := a.health[path]
	if !ok {
		for p, given := range a.health { // certificate-expiration/1/months asked for any time
			if strings.HasPrefix(path, p+"/") {
				o, ok = given, true
			}
		}
	}
	if !ok {
		return object{"status": "ok"}, 200
	}
	if o["status"] == "failed" {
		return o, 503
	}
	return o, 200
}

// paged are the endpoints that answer in pages when asked to.
var paged = map[string]bool{"queues": true, "exchanges": true, "connections": true, "channels": true}

func page(endpoint string, all list, query url.Values) any {
	if all == nil {
		all = list{}
	}
	n, err := strconv.Atoi(query.Get("page"))
	if err != nil || !paged[endpoint] {
		return all
	}
	size, err := strconv.Atoi(query.Get("page_size"))
	if err != nil {
		size = 100
	}
	from := min((n-1)*size, len(all))
	items := all[from:min(from+size, len(all))]
	return object{"filtered_count": len(all), "item_count": len(items), "page": n, "page_size": size,
		"page_count": max(1, (len(all)+size-1)/size), "total_count": len(all), "items": items}
}
