package amqp

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// dump writes facts one a line, in the order of the source.
func dump(f *code.Facts) string {
	var lines []string
	add := func(s code.Site, format string, args ...any) {
		at := "?"
		if s.At != nil {
			at = fmt.Sprintf("%s:%d", s.At.Place.File, s.At.Place.Line)
		}
		line := at + " " + fmt.Sprintf(format, args...)
		if s.Wrapped != "" {
			line += " through=" + s.Wrapped
		}
		if s.Loop {
			line += " loop"
		}
		if s.PerCall {
			line += fmt.Sprintf(" percall=%q", s.Reason)
		}
		lines = append(lines, line)
	}
	for _, c := range f.Connections {
		add(c.Site, "connection #%d url=%s host=%s user=%s vhost=%s heartbeat=%s recovers=%s redials=%s error=%s%s", c.ID, val(c.URL), val(c.Host), val(c.User),
			known(c.VHost), known(c.Heartbeat), known(c.Recovers), known(c.Redials), known(c.ErrorListener), mark(c.Served, " served"))
	}
	for _, c := range f.Channels {
		add(c.Site, "channel #%d of=%d confirm=%s%s%s", c.ID, c.Connection, known(c.Confirm), mark(model.Is(c.Transacted, true), " transacted"), mark(c.Shared != nil, " shared"))
	}
	for _, q := range f.Queues {
		add(q.Site, "queue %s passive=%s durable=%s exclusive=%s autodelete=%s args=%s", name(q.Name), known(q.Passive), known(q.Durable), known(q.Exclusive), known(q.AutoDelete), args(q.Args))
	}
	for _, x := range f.Exchanges {
		add(x.Site, "exchange %s type=%s durable=%s args=%s", name(x.Name), known(x.Type), known(x.Durable), args(x.Args))
	}
	for _, b := range f.Bindings {
		add(b.Site, "bind %s -> %s key=%s", name(b.Exchange), name(b.Queue), name(b.Key))
	}
	for _, p := range f.Publishes {
		add(p.Site, "publish to=%s key=%s persistent=%s mandatory=%s confirm=%s awaited=%s/%s result=%s returned=%s expiration=%s priority=%s id=%s%s%s%s", name(p.Exchange), name(p.Key), known(p.Persistent),
			known(p.Mandatory), known(p.Confirmed), known(p.Awaited), known(p.ConfirmAwaited), known(p.ResultUsed), known(p.ReturnHandled), val(p.Expiration), val(p.Priority), known(p.MessageID),
			mark(p.InHandler, " in-handler"), mark(p.Reply, " reply"), mark(p.Pickled != nil, " pickled"))
	}
	for _, c := range f.Consumes {
		add(c.Site, "consume %s ch=%d autoack=%s prefetch=%s%s temporary=%s cancel=%s resumes=%s%s accepts=%s", name(c.Queue), c.Channel, known(c.AutoAck), known(c.Prefetch), mark(c.PrefetchAfter != nil, " after"),
			known(c.Temporary), known(c.OnCancel), known(c.Resumes), mark(c.RPC, " rpc"), known(c.Accepts))
		lines[len(lines)-1] += handlerText(&c)
	}
	for _, g := range f.Gets {
		add(g.Site, "get %s autoack=%s", name(g.Queue), known(g.AutoAck))
	}
	for _, q := range f.Qos {
		add(q.Site, "qos count=%s size=%s global=%s%s", known(q.Count), known(q.Size), known(q.Global), mark(q.SizeSlot, " SIZE-SLOT"))
	}
	for _, p := range f.Purges {
		add(p.Site, "purge %s delete=%v", name(p.Queue), p.Delete)
	}
	for _, p := range f.Pickles {
		add(p.Site, "pickle %q remote=%v", p.What, p.Remote)
	}
	for _, s := range f.Signals {
		add(s.Site, "signal %s stops=%v exits=%v", s.Signal, s.Stops, s.Exits)
	}
	for _, c := range f.Commits {
		add(c.Site, "commit ch=%d", c.Channel)
	}
	for _, n := range f.Names {
		add(n.Site, "name %s %s env=%q host=%q user=%q%s%s", n.What, val(n.Value), n.Env, n.Host, n.User, mark(n.HasPassword, " password"), mark(n.DefaultLogin, " default-login"))
	}
	for _, u := range f.Unread {
		add(code.Site{At: u.Origin}, "unread %q", u.What)
	}
	sort.SliceStable(lines, func(i, j int) bool { return less(lines[i], lines[j]) })
	return strings.Join(lines, "\n") + "\n"
}

// less orders lines by file and number.
func less(a, b string) bool {
	fa, na := numberOf(a)
	fb, nb := numberOf(b)
	if fa != fb {
		return fa < fb
	}
	return na < nb
}

func numberOf(s string) (file string, n int) {
	place, _, _ := strings.Cut(s, " ")
	file, number, _ := strings.Cut(place, ":")
	fmt.Sscan(number, &n)
	return file, n
}

func mark(b bool, s string) string {
	if b {
		return s
	}
	return ""
}

func known[T any](k model.Known[T]) string {
	switch {
	case k.Present():
		v, _ := k.Get()
		s := strings.ReplaceAll(fmt.Sprint(v), " ", ",")
		if o := k.Origin(); o != nil && o.Assumed != "" {
			s += "(assumed)"
		}
		return s
	case k.Absent():
		return "-"
	}
	return "?"
}

func name(n code.Name) string {
	if v, ok := n.Get(); ok {
		return fmt.Sprintf("%q", v)
	}
	return val(n.Value)
}

func val(v code.Value) string {
	switch v.Kind {
	case code.String:
		return fmt.Sprintf("%q", v.Text)
	case code.Int:
		return fmt.Sprint(v.Int)
	case code.Float:
		return fmt.Sprint(v.Float)
	case code.Bool:
		return fmt.Sprint(v.Bool)
	case code.Nil:
		return "-"
	case code.Env:
		if v.Default != nil {
			return "env:" + v.Text + "|" + val(*v.Default)
		}
		return "env:" + v.Text
	case code.Symbol:
		return "sym:" + v.Text
	case code.Template, code.Choice, code.List:
		var parts []string
		for _, i := range v.Items {
			parts = append(parts, val(i))
		}
		return map[code.ValueKind]string{code.Template: "tpl", code.Choice: "any", code.List: "list"}[v.Kind] + "(" + strings.Join(parts, ",") + ")"
	case code.Map:
		var parts []string
		for _, f := range v.Fields {
			parts = append(parts, f.Key+":"+val(f.Value))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	return "?"
}

func args(a code.Args) string {
	var keys []string
	for k := range a.Values {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var parts []string
	for _, k := range keys {
		parts = append(parts, k+":"+val(a.Values[k]))
	}
	if a.Open {
		parts = append(parts, "…")
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func handlerText(c *code.Consume) string {
	h := c.Handler
	if h == nil {
		return " handler=none(" + c.HandlerWhy + ")"
	}
	var b strings.Builder
	fmt.Fprintf(&b, " handler=%s%s%s%s%s%s%s%s%s%s null=%s", h.Name, mark(h.Works, " works"), mark(h.Async, " async"), mark(h.Spawns, " spawns"), mark(h.Bounded, " bounded"),
		mark(h.Keeps, " keeps"), mark(h.ReadsDeath, " reads-death"), mark(h.ReadsID, " reads-id"), mark(h.Unpickles != nil, " unpickles"), mark(h.ExitsProcess != nil, " exits"), known(h.NullChecked))
	if h.TooMany {
		b.WriteString(" TOO-MANY")
	}
	for _, w := range h.Work {
		fmt.Fprintf(&b, "\n    work %d %s%s timeout=%s", w.At.Place.Line, w.What, mark(!w.Known, " (unresolved)"), known(w.HasTimeout))
	}
	for _, s := range h.Sleeps {
		d, _ := s.D.Get()
		fmt.Fprintf(&b, "\n    sleep %d %s", s.At.Place.Line, map[bool]string{true: d.Round(time.Millisecond).String(), false: "?"}[s.D.Present()])
	}
	for _, x := range h.Exits {
		fmt.Fprintf(&b, "\n    %s %d", map[code.ExitKind]string{code.Returns: "return", code.Raises: "raise"}[x.Kind], x.At.Place.Line)
		for _, s := range x.Settled {
			fmt.Fprintf(&b, " %s@%d", map[code.SettleKind]string{code.Ack: "ack", code.Nack: "nack", code.Reject: "reject", code.Handed: "handed"}[s.Kind], s.At.Place.Line)
			if s.Kind == code.Nack || s.Kind == code.Reject {
				fmt.Fprintf(&b, "(requeue=%s%s)", known(s.Requeue), mark(s.Default, " default"))
			}
			b.WriteString(mark(model.Is(s.Multiple, true), "(multiple)") + mark(s.Foreign, "(foreign)"))
			if s.Channel != 0 && c.Channel != 0 && s.Channel != c.Channel {
				b.WriteString("(other channel)")
			}
		}
		b.WriteString(mark(len(x.Settled) == 0, " unsettled") + mark(x.AckBeforeWork != nil, " ACK-BEFORE-WORK") + mark(x.Worked, " worked") + mark(x.Caught == code.Narrow, " narrow") +
			mark(x.Caught == code.Broad, " broad") + mark(x.InFinally, " finally") + mark(x.Guarded, " guarded") + mark(x.Stored, " stored") + mark(x.Republished != nil, " republished") +
			mark(x.Implicit, " implicit") + mark(x.Escapes, " escapes") + mark(x.Tainted, " tainted"))
	}
	return b.String()
}
