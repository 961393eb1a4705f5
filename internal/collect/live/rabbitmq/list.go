package rabbitmq

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"qaudit/internal/model/rabbitmq"
)

// How long lists are read. Measured with 10,000 queues: one answer with all of them keeps
// the statistics process of 3.10 busy for two seconds, twenty pages do not.
const (
	pageSize = 500 // the most that the API gives
	// pageAbove is how many objects are asked for at once.
	pageAbove = 2000
	// totalsAbove is for how many queues statistics are asked for: 100 pages take 10 to
	// 30 s.
	totalsAbove = 50_000
)

// ask is what is asked for in a list.
type ask struct {
	resource string
	// in is the path of the list of one vhost; nil: the resource has none, and its items
	// are sorted out here.
	in       func(vhost string) string
	query    string
	paged    bool
	counters string // why counters are unknown, "" when they are not
	thin     string // why the answer has less in it, "" when it has all
}

// inVHost is the path of most lists of one vhost.
func inVHost(resource string) func(string) string {
	return func(vhost string) string { return resource + "/" + url.PathEscape(vhost) }
}

// list reads a list, of the vhosts that were named or of all. The last of the makers is
// returned; nil when there was no answer. told is how many items the broker says it has, as
// far as pages tell, else 0.
func list[T any](ctx context.Context, l *look, a ask, each func(*seen, *T)) (last *seen, told int64, err error) {
	for _, path := range l.paths(a) {
		s, n, failed := listPath(ctx, l, a, path.path, each)
		if s != nil {
			last = s
		}
		told += n
		if r, ok := asRefusal(failed); ok && path.vhost != "" && (r.hidden() || r.absent()) {
			l.shut(path.vhost, r)
			continue
		}
		if failed != nil && err == nil {
			err = failed
		}
	}
	return last, told, err
}

// vhostPath is a path, and the vhost whose list it is; "" for that of all.
type vhostPath struct{ path, vhost string }

// paths are the lists to read. Vhosts named "." and ".." have none: the broker resolves
// the dots and answers with the list of all.
func (l *look) paths(a ask) (out []vhostPath) {
	all := vhostPath{a.resource, ""}
	if a.in == nil || len(l.s.target.VHosts) == 0 {
		return []vhostPath{all}
	}
	for _, v := range l.s.target.VHosts {
		if v == "." || v == ".." {
			return []vhostPath{all}
		}
		out = append(out, vhostPath{a.in(v), v})
	}
	return out
}

// wanted says that a vhost was not left out by --vhost.
func (l *look) wanted(vhost string) bool {
	return len(l.s.target.VHosts) == 0 || slices.Contains(l.s.target.VHosts, vhost)
}

// listPath reads one list, page by page where it has pages.
func listPath[T any](ctx context.Context, l *look, a ask, path string, each func(*seen, *T)) (*seen, int64, error) {
	var s *seen
	begun := l.s.opts.Now()
	for n := 1; ; n++ {
		query := a.query
		if a.paged {
			query = fmt.Sprintf("page=%d&page_size=%d&%s", n, pageSize, a.query)
		}
		resp, err := l.s.client.get(ctx, path, query)
		if r, ok := asRefusal(err); ok && r.pastEnd() && s != nil {
			return s, 0, nil
		}
		if err != nil {
			return s, 0, err
		}
		if s == nil {
			s = newSeen(l.s.input, path, l.s.opts.Now(), a.counters, a.thin)
		}
		items := 0
		p, err := readList(resp.Body, func(item *T) {
			items++
			each(s, item)
		})
		_ = resp.Body.Close()
		switch {
		case err != nil:
			return s, p.total, err
		case !p.paged || int64(n) >= p.pageCount || items == 0:
			return s, p.total, nil
		case n == 1:
			l.announce(a.resource, p, l.s.opts.Now().Sub(begun))
		}
	}
}

// announce says how long a long list takes, by its first page.
func (l *look) announce(what string, p page, took time.Duration) {
	if p.pageCount < 10 {
		return
	}
	seconds := max(1, int64((time.Duration(p.pageCount) * took).Seconds()))
	l.s.opts.Say(fmt.Sprintf("%s %s: %d pages, about %d s", thousands(p.total), what, p.pageCount, seconds))
}

// byName orders names.
func byName(a, b rabbitmq.Name) int {
	return cmp.Or(strings.Compare(a.VHost, b.VHost), strings.Compare(a.Name, b.Name))
}
