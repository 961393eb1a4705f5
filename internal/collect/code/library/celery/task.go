package celery

import (
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// task is a task while it is read.
type task struct {
	scope             // of the function or class
	fn    *syntax.Def // what runs: the function, or the method run
	deco  *syntax.Expr
	app   int
	fact  code.CeleryTask
	made  *wrapper
}

// wrapper is a project function that makes tasks of what it decorates.
type wrapper struct {
	scope
	deco *syntax.Expr // its own use of task or shared_task
	app  int
}

var taskClasses = map[string]bool{"celery.Task": true, "celery.app.task.Task": true, "celery.task.Task": true,
	"celery.task.base.Task": true, "celery.task.PeriodicTask": true, "celery.contrib.django.task.DjangoTask": true}

// findWrappers finds decorators of the project that pass on to task or shared_task: a
// function that takes its keywords on, and uses one of the two inside.
func (r *reader) findWrappers() {
	for _, f := range r.t.Files {
		if f.Lang != syntax.Python {
			continue
		}
		for _, d := range f.Defs {
			if d.Kind == syntax.Lambda || d.Parent != nil {
				continue
			}
			if at, deco, app, ok := r.wraps(f, d); ok {
				w := &wrapper{at, deco, app}
				r.wrappers[d] = w
				r.names[nameKey{f.Path, nil, d.Name}] = thing{wrapper: w}
			}
		}
	}
}

// wraps says that a function, or a class by one of its methods, passes on to task.
func (r *reader) wraps(f *library.File, d *syntax.Def) (at scope, deco *syntax.Expr, app int, ok bool) {
	if d.Kind == syntax.Function {
		deco, app, ok = r.passesOn(scope{f, d}, d, 0)
		return scope{f, d}, deco, app, ok
	}
	for _, m := range f.Defs {
		if m.Parent != d || m.Name != "__call__" && m.Name != "__new__" {
			continue
		}
		if deco, app, ok = r.passesOn(scope{f, m}, m, 0); ok {
			return scope{f, m}, deco, app, true
		}
	}
	return scope{}, nil, 0, false
}

// passesOn finds task(…) or shared_task(…) in a function or those inside it, where it is
// called with what the function was given.
func (r *reader) passesOn(s scope, d *syntax.Def, depth int) (deco *syntax.Expr, app int, ok bool) {
	if depth > 2 {
		return nil, 0, false
	}
	takes := func(e *syntax.Expr) bool {
		callee, args := callOf(e)
		i, is := r.decorates(s, callee)
		if !is || e.Kind != syntax.Call {
			return false
		}
		for _, a := range args {
			// task(*args, **options) or task(fn, …): what is passed comes from outside
			if a.Spread || a.Name == "" && a.Value.Kind == syntax.Ident {
				app = i
				return true
			}
		}
		return false
	}
	syntax.Inspect(d.Body, nil, func(e *syntax.Expr) bool {
		if !ok && takes(e) {
			deco, ok = e, true
		}
		return !ok
	})
	for _, inner := range s.f.Defs {
		if ok || inner.Parent != d {
			continue
		}
		for _, x := range inner.Decorators {
			if takes(x) {
				return x, app, true
			}
		}
		deco, app, ok = r.passesOn(scope{s.f, inner}, inner, depth+1)
	}
	return deco, app, ok
}

// findTasks finds functions and classes that are tasks.
func (r *reader) findTasks() {
	for _, f := range r.t.Files {
		if f.Lang != syntax.Python {
			continue
		}
		for _, d := range f.Defs {
			s := scope{f, d}
			switch d.Kind {
			case syntax.Function:
				r.functionTask(s, d)
			case syntax.Class:
				r.classTask(s, d)
			}
		}
	}
	r.registered()
}

func (r *reader) functionTask(s scope, d *syntax.Def) {
	if r.wrappers[d] != nil {
		return
	}
	for _, x := range d.Decorators {
		callee, _ := callOf(x)
		outer := scope{s.f, d.Parent}
		if app, ok := r.decorates(outer, callee); ok {
			r.addTask(&task{scope: s, fn: d, deco: x, app: app})
			return
		}
		if t := r.thing(outer, callee); t.wrapper != nil {
			r.addTask(&task{scope: s, fn: d, deco: x, app: t.wrapper.app, made: t.wrapper})
			return
		}
	}
}

// classTask takes a class with a method run that inherits from Task.
func (r *reader) classTask(s scope, d *syntax.Def) {
	if !r.isTaskClass(s.f, d, 0) {
		return
	}
	for _, g := range r.attrs[attrKey{d, "abstract"}] {
		if g.e.Kind == syntax.BoolLit && g.e.Bool {
			return
		}
	}
	for _, m := range s.f.Defs {
		if m.Parent == d && m.Name == "run" {
			r.addTask(&task{scope: s, fn: m})
			return
		}
	}
}

// isTaskClass says that a class inherits from Celery's Task, or from that of an app.
func (r *reader) isTaskClass(f *library.File, d *syntax.Def, depth int) bool {
	if f == nil || depth > 8 {
		return false
	}
	at := scope{f, d.Parent}
	for _, b := range d.Bases {
		p := r.path(at, b)
		if taskClasses[p] || strings.HasSuffix(p, "celery.Task") {
			return true
		}
		if b.Kind == syntax.Attr && b.Text == "Task" {
			if _, any := r.appOf(at, b.X); any {
				return true
			}
		}
		if c := r.def(at, b); c != nil && c != d && c.Kind == syntax.Class && r.isTaskClass(r.homes[c], c, depth+1) {
			return true
		}
	}
	return false
}

// registered finds tasks that are made by a call: send = app.task(send), or
// app.register_task(Send()).
func (r *reader) registered() {
	r.bodies(func(s scope, body []syntax.Stmt) {
		syntax.Inspect(body, func(st *syntax.Stmt) bool {
			if st.Kind != syntax.Assign || st.Value.Kind != syntax.Call {
				return true
			}
			if i := r.taskOf(s, st.Value); i > 0 { // send = app.register_task(Send())
				r.nameAll(s, st.Targets, thing{task: i})
				return true
			}
			callee, fn := st.Value.X, argument(st.Value.Args, 0, "fun")
			if callee.Kind == syntax.Call { // app.task(bind=True)(send)
				callee = callee.X
			}
			app, ok := r.decorates(s, callee)
			if !ok || fn == nil {
				return true
			}
			d := r.def(s, fn)
			if d == nil {
				d = defined(s, fn)
			}
			if d == nil || d.Kind != syntax.Function || r.homes[d] == nil || r.wrappers[s.def] != nil {
				return true
			}
			if i := r.taskAt(d); i > 0 {
				r.nameAll(s, st.Targets, thing{task: i})
				return true
			}
			deco := st.Value
			if st.Value.X.Kind == syntax.Call {
				deco = st.Value.X
			}
			r.addTask(&task{scope: scope{r.homes[d], d}, fn: d, deco: deco, app: app})
			r.nameAll(s, st.Targets, thing{task: len(r.tasks)})
			return true
		}, nil)
	})
}

// defined is the function of a scope by its name, where the name is given anew: send =
// app.task(send).
func defined(s scope, e *syntax.Expr) *syntax.Def {
	for _, d := range s.f.Defs {
		if e.Kind == syntax.Ident && d.Parent == s.def && d.Name == e.Text {
			return d
		}
	}
	return nil
}

func (r *reader) addTask(t *task) {
	r.tasks = append(r.tasks, t)
	d := t.def
	i := len(r.tasks)
	if d.Parent == nil || d.Parent.Kind != syntax.Class {
		r.names[nameKey{t.f.Path, d.Parent, d.Name}] = thing{task: i}
	}
	// A task made inside a function (register(app)) is known by its name in the file too.
	if d.Parent != nil {
		k := nameKey{t.f.Path, nil, d.Name}
		if _, taken := r.names[k]; !taken {
			r.names[k] = thing{task: i}
		}
	}
	t.fact.Site = r.site(t.scope, t.place())
	t.fact.Func, t.fact.Module, t.fact.App = d.Qualified, r.module(t.f), t.app
	t.fact.Name = t.fact.Module + "." + d.Name
}

// place is where a task is shown: its decorator, else the line of its definition.
func (t *task) place() syntax.Span {
	if t.deco != nil && t.deco.Span.Line >= t.def.Span.Line && t.deco.Span.Line <= t.def.Span.EndLine {
		return t.deco.Span
	}
	s := t.def.Span
	s.EndLine, s.EndColumn = s.Line, s.Column
	if len(t.def.Body) > 0 {
		s.End = min(s.End, t.def.Body[0].Span.Start)
	}
	return s
}

func (r *reader) taskAt(d *syntax.Def) int {
	for i, t := range r.tasks {
		if t.def == d || t.fn == d {
			return i + 1
		}
	}
	return 0
}

// taskOf is the task that an expression stands for, from 1: by its name, as an object of a
// class that is one, by register_task, or as what a factory gives.
func (r *reader) taskOf(s scope, e *syntax.Expr) int {
	if e == nil {
		return 0
	}
	if t := r.thing(s, e); t.task > 0 {
		return t.task
	}
	switch e.Kind {
	case syntax.Call:
		if e.X.Kind == syntax.Attr && e.X.Text == "register_task" && len(e.Args) > 0 {
			return r.taskOf(s, e.Args[0].Value)
		}
		if d := r.def(s, e.X); d != nil && d.Kind == syntax.Class {
			return r.taskAt(d)
		}
	case syntax.Ident, syntax.Attr:
		if d := r.def(s, e); d != nil {
			return r.taskAt(d)
		}
		if g := r.givens(s, e); len(g) == 1 && !g[0].element && g[0].e.Kind == syntax.Call {
			return r.taskOf(g[0].scope, g[0].e)
		}
	}
	return 0
}

// describeTasks reads the options and bodies of the tasks.
func (r *reader) describeTasks() {
	for _, t := range r.tasks {
		r.options(t)
		r.body(t)
	}
}

// options reads what decorator, class and base class set.
func (r *reader) options(t *task) {
	o := map[string]code.Value{}
	var base *syntax.Expr
	if t.made != nil {
		_, args := callOf(t.made.deco)
		t.fact.Open = r.keywords(t.made.scope, args, o, &base) && openBeyond(t)
	}
	if t.deco != nil {
		_, args := callOf(t.deco)
		t.fact.Open = r.keywords(scope{t.f, t.def.Parent}, args, o, &base) || t.fact.Open
	}
	if t.def.Kind == syntax.Class {
		r.classOptions(t.def, o, 0)
	}
	t.fact.Bound = o["bind"].Bool || t.def.Kind == syntax.Class
	at := scope{t.f, t.def.Parent}
	if base != nil {
		if d := r.classFor(at, base); d != nil {
			own := map[string]code.Value{}
			r.classOptions(d, own, 0)
			for k, v := range own {
				if _, ok := o[k]; !ok {
					o[k] = v
				}
			}
			t.fact.OnFailure = r.onFailure(d)
		} else if p := r.path(at, base); p == "" || !taskClasses[p] {
			t.fact.Open = true
		}
	}
	if t.def.Kind == syntax.Class {
		t.fact.OnFailure = r.onFailure(t.def)
	}
	for _, k := range t.def.Keywords { // class Pay(Task, name="pay")
		if k.Name == "name" && t.def.Kind == syntax.Class {
			o["name"] = r.value(at, k.Value)
		}
	}
	if n, ok := o["name"]; ok && n.Kind == code.String && n.Text != "" {
		t.fact.Name = n.Text
	}
	t.fact.Options = o
}

// openBeyond says that a wrapper can add options that are not known: it spreads more than
// what it was called with, or changes it.
func openBeyond(t *task) bool {
	_, args := callOf(t.made.deco)
	spread := 0
	for _, a := range args {
		if a.Spread {
			spread++
		}
	}
	changes := false
	for _, d := range t.made.f.Defs {
		if d != t.made.def && d.Parent != t.made.def {
			continue
		}
		syntax.Inspect(d.Body, func(st *syntax.Stmt) bool {
			changes = changes || st.Kind == syntax.Assign && len(st.Targets) > 0 && st.Targets[0].Kind == syntax.Index
			return true
		}, func(e *syntax.Expr) bool {
			changes = changes || e.Kind == syntax.Attr && (e.Text == "setdefault" || e.Text == "update" || e.Text == "pop")
			return true
		})
	}
	return spread > 2 || changes // *args, **options
}

// keywords reads the keyword arguments of a decorator; open says that there can be more.
func (r *reader) keywords(s scope, args []syntax.Arg, o map[string]code.Value, base **syntax.Expr) (open bool) {
	for _, a := range args {
		switch {
		case a.Spread:
			v := r.value(s, a.Value)
			if v.Kind != code.Map {
				open = true
				continue
			}
			open = open || v.Open
			for _, f := range v.Fields {
				o[f.Key] = f.Value
			}
		case a.Name == "base":
			*base = a.Value
		case a.Name != "":
			o[a.Name] = r.value(s, a.Value)
		}
	}
	return open
}

// classOptions reads the attributes of a task class, superclasses first.
func (r *reader) classOptions(d *syntax.Def, o map[string]code.Value, depth int) {
	f := r.homes[d]
	if f == nil || depth > 8 {
		return
	}
	for i := len(d.Bases) - 1; i >= 0; i-- {
		if b := r.def(scope{f, d.Parent}, d.Bases[i]); b != nil && b != d && b.Kind == syntax.Class {
			r.classOptions(b, o, depth+1)
		}
	}
	for i := range d.Body {
		st := &d.Body[i]
		if st.Kind != syntax.Assign {
			continue
		}
		for _, t := range st.Targets {
			if t.Kind == syntax.Ident {
				o[t.Text] = r.value(scope{f, d}, st.Value)
			}
		}
	}
}

// base reads the app's own Task class.
func (r *reader) base(a *app, s scope, e *syntax.Expr) {
	d := r.classFor(s, e)
	if d == nil {
		return
	}
	a.fact.Base = map[string]code.Value{}
	r.classOptions(d, a.fact.Base, 0)
	if at := r.onFailure(d); at != nil {
		h := code.CeleryHook{Site: a.fact.Site, Signal: "on_failure", Stores: true}
		h.At = at
		r.hooks = append(r.hooks, h)
	}
}
