package handler

import (
	"regexp"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model"
)

// presence says whether there is a delivery on a branch.
type presence uint8

const (
	perhaps presence = iota
	there
	missing
)

// nullness says what a condition tells of the delivery on its two branches.
func (w *walker) nullness(f *frame, e *syntax.Expr) (then, other presence) {
	if e == nil {
		return perhaps, perhaps
	}
	switch e.Kind {
	case syntax.Unary:
		if e.Text == "!" || e.Text == "not" {
			then, other = w.nullness(f, e.X)
			return other, then
		}
	case syntax.Binary:
		return w.nullBinary(f, e)
	case syntax.Ident, syntax.Attr, syntax.Index:
		// A closed channel has given its deliveries back already.
		switch {
		case e.Kind == syntax.Attr && (e.Text == "is_open" || e.Text == "isOpen"):
			return there, missing
		case e.Kind == syntax.Attr && (e.Text == "is_closed" || e.Text == "isClosed"):
			return missing, there
		}
		if w.m.Delivery(f.scope, e) {
			w.nullChecked(f, e)
			return there, missing
		}
		if w.m.Channel(f.scope, e) {
			return there, missing
		}
	}
	return perhaps, perhaps
}

func (w *walker) nullBinary(f *frame, e *syntax.Expr) (then, other presence) {
	switch e.Text {
	case "===", "==", "is", "!==", "!=", "is not":
		x, y := e.X, e.Y
		if x != nil && x.Kind == syntax.NilLit {
			x, y = y, x
		}
		if y == nil || y.Kind != syntax.NilLit || !w.m.Delivery(f.scope, x) {
			return perhaps, perhaps
		}
		w.nullChecked(f, e)
		if e.Text == "!==" || e.Text == "!=" || e.Text == "is not" {
			return there, missing
		}
		return missing, there
	case "&&", "and":
		if v, known := w.holds(f, e.X); known && v {
			return w.nullness(f, e.Y)
		}
		if v, known := w.holds(f, e.Y); known && v {
			return w.nullness(f, e.X)
		}
		a, _ := w.nullness(f, e.X)
		b, _ := w.nullness(f, e.Y)
		return max2(a, b), perhaps
	case "||", "or":
		// "if (!msg || stopped) return": the delivery may be missing there. That a
		// present one leaves on the same line is not held against it.
		a, c := w.nullness(f, e.X)
		b, d := w.nullness(f, e.Y)
		if a == missing || b == missing {
			return missing, max2(c, d)
		}
		return perhaps, max2(c, d)
	}
	return perhaps, perhaps
}

func max2(a, b presence) presence {
	if a != perhaps {
		return a
	}
	return b
}

func (w *walker) nullChecked(f *frame, e *syntax.Expr) {
	if !w.h.NullChecked.Present() {
		w.h.NullChecked = model.Present(true, w.origin(f.scope, e.Span))
	}
}

// What a handler asks to tell a first delivery from a repeated one, or that it is time to
// stop. Names are those of headers, library fields and the common counters.
var (
	deathWords = regexp.MustCompile(`(?i)redelivered|x-death|x_death|xdeath|x-delivery-count|delivery_?count|` +
		`retr(y|ies)|attempt|(^|[^a-z])tries($|[^a-z])|num_?tries|x-first-death|fail(ure)?_?count`)
	stopWords = regexp.MustCompile(`(?i)shut(ting)?_?down|stopp(ing|ed)|should_?(stop|exit|quit)|clos(ing|ed)|` +
		`terminat|draining|is_?running|stop_?(event|requested|flag)|keep_?running`)
	idWords = regexp.MustCompile(`(?i)message_?id|idempot|dedup|already|processed|get_or_create|update_or_create|` +
		`setnx|on conflict|ignore_duplicates|insert ignore|upsert|is_?duplicate|seen_before`)
)

// guards reports whether a condition asks for redelivery, a counter or a stop flag.
func (w *walker) guards(f *frame, e *syntax.Expr) bool {
	found := false
	e.Walk(func(e *syntax.Expr) bool {
		switch e.Kind {
		case syntax.Ident, syntax.Attr, syntax.StringLit:
			if deathWords.MatchString(e.Text) || stopWords.MatchString(e.Text) || e.Kind == syntax.Ident && f.counters[e.Text] {
				found = true
			}
		}
		return !found
	})
	return found
}

// noteCounter remembers a local name that holds a counter read from the delivery.
func (w *walker) noteCounter(f *frame, target, value *syntax.Expr) {
	if target.Kind != syntax.Ident || value == nil {
		return
	}
	value.Walk(func(e *syntax.Expr) bool {
		named := e.Kind == syntax.Attr || e.Kind == syntax.StringLit || e.Kind == syntax.Ident
		if named && (deathWords.MatchString(e.Text) || f.counters[e.Text]) {
			f.counters[target.Text] = true
		}
		return true
	})
}

// reads notes what the expressions of a body ask for.
func (w *walker) reads(stmts []syntax.Stmt) {
	syntax.Inspect(stmts, nil, func(e *syntax.Expr) bool {
		switch e.Kind {
		case syntax.Ident, syntax.Attr, syntax.StringLit:
			w.h.ReadsDeath = w.h.ReadsDeath || deathWords.MatchString(e.Text)
			w.h.ReadsID = w.h.ReadsID || idWords.MatchString(e.Text)
		}
		return true
	})
}
