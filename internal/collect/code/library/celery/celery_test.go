package celery

import (
	"context"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/resolve"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/collect/code/syntax/python"
	"qaudit/internal/model/code"
)

// read lowers the files of a txtar archive and reads Celery out of them.
func read(t *testing.T, archive string) *code.Facts {
	t.Helper()
	a := txtar.Parse([]byte(archive))
	sort.Slice(a.Files, func(i, j int) bool { return a.Files[i].Name < a.Files[j].Name })
	var files []*library.File
	var plain []*syntax.File
	for _, f := range a.Files {
		if filepath.Ext(f.Name) != ".py" {
			continue
		}
		parsed, err := python.Frontend{}.Parse(context.Background(), syntax.Python, f.Name, f.Data)
		if err != nil {
			t.Fatal(err)
		}
		files, plain = append(files, &library.File{File: parsed}), append(plain, parsed)
	}
	tree := library.NewTree("in", ".", files)
	tree.Project = resolve.New("in", plain, library.Excerpt)
	if err := (Extractor{}).Extract(context.Background(), tree); err != nil {
		t.Fatal(err)
	}
	return tree.Facts
}

// show writes what was read, one line a fact, for comparison.
func show(f *code.Facts) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	c := f.Celery
	for _, a := range c.Apps {
		line("app %s module=%s open=%q broker=%s backend=%s", a.Name, a.Module, a.OpenWhy, showURL(a.Broker), showURL(a.Backend))
		var names []string
		for n := range a.Settings {
			names = append(names, n)
		}
		sort.Strings(names)
		for _, n := range names {
			if n == "broker_url" || n == "result_backend" {
				continue
			}
			line("  %s = %s (%s)", n, showValue(a.Settings[n].Value), a.Settings[n].As)
		}
		for _, o := range a.Elsewhere {
			line("  %s: %s = %s", o.Only, o.Name, showValue(o.Value))
		}
	}
	for _, t := range c.Tasks {
		showTask(line, t)
	}
	for _, x := range c.Calls {
		line("call %s.%s%s", x.Task, x.Method, showCall(x))
	}
	for _, x := range c.Canvas {
		line("%s of %s upgraded=%v waits=%v", x.Kind, strings.Join(x.Tasks, ","), x.Upgraded, x.Waits != nil)
	}
	for _, q := range c.Queues {
		var args []string
		for k, v := range q.Args.Values {
			args = append(args, k+"="+showValue(v))
		}
		sort.Strings(args)
		line("queue %s %s %s default=%v", q.Name.Or("?"), q.ExchangeType.Or("?"), strings.Join(args, " "), q.Default)
	}
	for _, p := range c.Periodic {
		line("periodic %s every %s", p.Task, p.Interval.Or(0))
	}
	for _, h := range c.Hooks {
		line("hook %s stores=%v", h.Signal, h.Stores)
	}
	return b.String()
}

func showURL(u code.CeleryURL) string {
	switch {
	case u.None:
		return "none"
	case u.Transport == "":
		return "? " + u.Why
	}
	out := u.Transport
	if u.Env != "" {
		out += " env:" + u.Env
	}
	if u.Literal {
		out += " literal password"
	}
	if u.Unverified != nil {
		out += " unverified"
	}
	return out
}

func showValue(v code.Value) string {
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
		return "None"
	case code.Symbol:
		return v.Text
	case code.Env:
		if v.Default != nil {
			return "$" + v.Text + ":-" + showValue(*v.Default)
		}
		return "$" + v.Text
	case code.List:
		var out []string
		for _, i := range v.Items {
			out = append(out, showValue(i))
		}
		return "[" + strings.Join(out, " ") + "]"
	case code.Map:
		var out []string
		for _, f := range v.Fields {
			out = append(out, f.Key+":"+showValue(f.Value))
		}
		return "{" + strings.Join(out, " ") + "}"
	case code.Choice:
		var out []string
		for _, i := range v.Items {
			out = append(out, showValue(i))
		}
		return strings.Join(out, "|")
	}
	return "?"
}

func showTask(line func(string, ...any), t code.CeleryTask) {
	var names []string
	for n := range t.Options {
		names = append(names, n)
	}
	sort.Strings(names)
	var out []string
	for _, n := range names {
		out = append(out, n+"="+showValue(t.Options[n]))
	}
	line("task %s app=%d %s%s", t.Name, t.App, strings.Join(out, " "), mark(t.Open, " open")+mark(t.OnFailure != nil, " on_failure"))
	if t.Body == nil {
		return
	}
	for _, w := range t.Body.Work {
		timeout := ""
		if b, ok := w.HasTimeout.Get(); ok {
			timeout = fmt.Sprintf(" timeout=%v", b)
		} else if w.HasTimeout.Origin() != nil {
			timeout = " timeout=?"
		}
		line("  work %s%s", w.What, timeout)
	}
	for _, r := range t.Body.Retries {
		line("  retry%s%s%s%s", mark(r.Raised, " raised"), mark(r.HasDelay, " countdown="+showValue(r.Countdown)),
			mark(r.Swallowed != nil, " swallowed"), mark(r.Again, " again"))
	}
	for _, w := range t.Body.Waits {
		line("  wait%s", mark(w.Allowed, " allowed"))
	}
	for _, s := range t.Body.Sleeps {
		line("  sleep %s", s.D.Or(-1))
	}
	if t.Body.Checks || t.Body.Redelivered {
		line("  checks=%v redelivered=%v", t.Body.Checks, t.Body.Redelivered)
	}
}

func showCall(c code.CeleryCall) string {
	out := ""
	if c.HasQueue {
		out += " queue=" + c.Queue.Or("?")
	}
	if d, ok := c.Countdown.Get(); ok {
		out += " countdown=" + d.String()
	}
	for _, a := range c.Args {
		if a.Object != "" {
			out += " [" + a.Object + "]"
		}
	}
	return out + mark(c.InTransaction != nil, " in transaction") + mark(c.SaveHook, " of a save") + mark(c.OnCommit, " on commit") +
		mark(c.InTask, " in task")
}

func mark(on bool, s string) string {
	if on {
		return s
	}
	return ""
}

func check(t *testing.T, archive, want string) *code.Facts {
	t.Helper()
	f := read(t, archive)
	got, want := strings.TrimSpace(show(f)), strings.TrimSpace(want)
	if got != want {
		t.Errorf("got:\n%s\n\nwant:\n%s", got, want)
	}
	return f
}

// FuzzExtract: whatever a file says, reading it ends.
func FuzzExtract(f *testing.F) {
	for _, s := range []string{
		"from celery import Celery\napp = Celery('a', broker='amqp://u:p@h//')\napp.conf.update(x=app)\n",
		"from celery import shared_task\n@shared_task(bind=True)\ndef t(self):\n    try:\n        self.retry()\n    except:\n        pass\n",
		"from celery import chord, group\nx = x\nchord(x)(y)\n(group(a.s()) | b.s()).delay().get()\n",
		"from celery import Celery\nc = Celery()\nc.conf.task_queues = q\nq = [q, *q]\nc.config_from_object(c)\n",
		"from datetime import timedelta\nfrom celery import Celery\nd = timedelta(d)\nCelery().conf.result_expires = d\n",
		"import celery\nclass A(A): pass\nclass T(celery.Task, A):\n    def run(self): self.run()\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		parsed, err := python.Frontend{}.Parse(context.Background(), syntax.Python, "shop/celery.py", []byte(src))
		if err != nil {
			t.Skip("this source does not parse: ", err)
		}
		tree := library.NewTree("in", ".", []*library.File{{File: parsed}})
		tree.Project = resolve.New("in", []*syntax.File{parsed}, library.Excerpt)
		Extractor{}.Exports(context.Background(), tree)
		if err := (Extractor{}).Extract(context.Background(), tree); err != nil {
			t.Fatal(err)
		}
		show(tree.Facts)
	})
}
