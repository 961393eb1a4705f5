package syntax

import (
	"slices"
	"strings"

	"qaudit/internal/collect/files/secret"
)

// blank fills the place of a masked literal that is longer than the mask; excerpts leave
// it out. So offsets stay those of the source.
const blank = 0

// Mask sets f.Shown: the source with every literal that is given to a secret key, stands
// beside one or completes the userinfo of a URL replaced by the mask, comments blanked.
// What a single line shows of this is masked by Excerpt too; Mask knows keys that stand
// on other lines, and positions that are secret by the name of a parameter.
func (f *File) Mask() {
	m := &masker{defs: map[string]*Def{}}
	for _, d := range f.Defs {
		if d.Kind != Class && d.Name != "" && m.defs[d.Name] == nil {
			m.defs[d.Name] = d
		}
		if d.Name == "__init__" || d.Name == "constructor" {
			m.defs[d.Parent.name()] = d
		}
	}
	m.body(f.Body)
	for _, d := range f.Defs {
		m.def(d)
	}
	f.Shown = f.Src
	if len(m.hidden) == 0 && len(f.Comments) == 0 {
		return
	}
	f.Shown = slices.Clone(f.Src)
	for _, s := range m.hidden {
		mask(f.Shown[s.Start:s.End])
	}
	for _, c := range f.Comments {
		for i, b := range f.Shown[c.Span.Start:c.Span.End] {
			if b != '\n' {
				f.Shown[c.Span.Start+i] = blank
			}
		}
	}
}

func (d *Def) name() string {
	if d == nil {
		return ""
	}
	return d.Name
}

// mask overwrites a literal, but for its quotes.
func mask(b []byte) {
	from, to := 0, len(b)
	if i := slices.IndexFunc(b, isQuote); i >= 0 && i < 4 && len(b) >= 2 && isQuote(b[len(b)-1]) {
		from, to = i+1, max(i+1, len(b)-1)
	}
	for i := from; i < to; i++ {
		b[i] = blank
		if i-from < len(secret.Mask) {
			b[i] = secret.Mask[i-from]
		}
	}
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

type masker struct {
	defs   map[string]*Def // functions by name, constructors by the name of their class
	hidden []Span
}

func (m *masker) body(body []Stmt) {
	Inspect(body, func(s *Stmt) bool {
		if s.Kind == Assign && s.Value != nil && slices.ContainsFunc(s.Targets, isSecret) {
			m.hide(s.Value)
		}
		return true
	}, m.expr)
}

func (m *masker) def(d *Def) {
	m.params(d.Params)
	for _, e := range slices.Concat(d.Decorators, d.Bases) {
		e.Walk(m.expr)
	}
	m.args(d.Keywords)
	m.body(d.Body)
}

func (m *masker) params(ps []Param) {
	for _, p := range ps {
		if p.Default != nil && secret.Key(p.Name) {
			m.hide(p.Default)
		}
		p.Default.Walk(m.expr)
		for _, d := range p.Decorators {
			d.Walk(m.expr)
		}
		m.params(p.Fields)
	}
}

func (m *masker) expr(e *Expr) bool {
	switch e.Kind {
	case MapLit:
		m.args(e.Args)
	case Call:
		m.call(e)
	case Bind:
		if isSecret(e.X) {
			m.hide(e.Y)
		}
	case Binary:
		if e.Text == "+" {
			parts := operands(e)
			m.userinfo(parts)
			for _, p := range parts {
				p.Walk(m.expr)
			}
			return false
		}
		m.beside(e.X, e.Y)
	case Cond:
		m.beside(e.Args[0].Value, e.Args[1].Value)
	case Template:
		var parts []*Expr
		for _, a := range e.Args {
			parts = append(parts, a.Value)
		}
		m.userinfo(parts)
	}
	return true
}

// beside hides a literal that is compared with, or falls back for, something secret.
func (m *masker) beside(x, y *Expr) {
	if isSecret(x) {
		m.hide(y)
	}
	if isSecret(y) {
		m.hide(x)
	}
}

func (m *masker) args(args []Arg) {
	for _, a := range args {
		if secret.Key(a.Name) || a.Key != nil && isSecretText(a.Key) {
			m.hide(a.Value)
		}
	}
}

// call hides what goes to secret keywords, to functions and parameters of a secret name,
// and the fallback of os.getenv("PASSWORD", "…").
func (m *masker) call(e *Expr) {
	m.args(e.Args)
	path := e.X.Path()
	if slices.ContainsFunc(strings.Split(path, "."), secret.Key) {
		m.hideArgs(e.Args)
		return
	}
	if len(e.Args) > 1 && isSecretText(e.Args[0].Value) {
		m.hideArgs(e.Args[1:])
	}
	d := m.defs[path[strings.LastIndexByte(path, '.')+1:]]
	if d == nil {
		return
	}
	params := d.Params
	if len(params) > 0 && (params[0].Name == "self" || params[0].Name == "cls") {
		params = params[1:]
	}
	for i, a := range e.Args {
		if i < len(params) && a.Name == "" && secret.Key(params[i].Name) {
			m.hide(a.Value)
		}
	}
}

func (m *masker) hideArgs(args []Arg) {
	for _, a := range args {
		m.hide(a.Value)
	}
}

// hide masks the literals of a secret value; names of keys and variables in it stay.
func (m *masker) hide(e *Expr) {
	e.Walk(func(e *Expr) bool {
		switch e.Kind {
		case StringLit, IntLit, FloatLit:
			m.hidden = append(m.hidden, e.Span)
		case Index:
			return e.X == nil || len(e.Args) != 1 || e.Args[0].Value.Kind != StringLit
		case Call:
			if len(e.Args) > 0 && e.Args[0].Name == "" && isSecretText(e.Args[0].Value) {
				m.hide(e.X)
				m.hideArgs(e.Args[1:])
				return false
			}
		}
		return true
	})
}

// isSecret says that an expression is named as a secret: a name, an attribute, an
// element, the variable that a call reads.
func isSecret(e *Expr) bool {
	switch {
	case e == nil:
	case e.Kind == Ident || e.Kind == Attr:
		return secret.Key(e.Text)
	case e.Kind == Index && len(e.Args) == 1:
		return isSecretText(e.Args[0].Value)
	case e.Kind == Call && len(e.Args) > 0:
		return isSecretText(e.Args[0].Value)
	case e.Kind == ListLit: // user, password = …
		return slices.ContainsFunc(e.Args, func(a Arg) bool { return isSecret(a.Value) })
	}
	return false
}

func isSecretText(e *Expr) bool { return e != nil && e.Kind == StringLit && secret.Key(e.Text) }

// operands flattens a + b + c.
func operands(e *Expr) (out []*Expr) {
	for e.Kind == Binary && e.Text == "+" {
		out = append(out, e.Y)
		e = e.X
	}
	out = append(out, e)
	slices.Reverse(out)
	return out
}

// userinfo hides the literals that hold the password of a URL that is put together: from
// the colon behind "scheme://user" to the "@" before the host. A colon that no "@" follows
// stands before a port. A URL in one literal is left to Excerpt.
func (m *masker) userinfo(parts []*Expr) {
	const outside, user, password = 0, 1, 2
	state := outside
	var held []Span
	for _, p := range parts {
		if p == nil || p.Kind != StringLit {
			continue
		}
		text, began := p.Text, state
		for text != "" {
			switch state {
			case outside:
				_, after, found := strings.Cut(text, "://")
				if text = after; found {
					state, held, began = user, nil, outside
				}
			case user:
				i := strings.IndexAny(text, ":@/")
				if i < 0 {
					text = ""
					break
				}
				if text[i] == ':' {
					state = password
				} else {
					state = outside
				}
				text = text[i+1:]
			case password:
				literal, after, found := strings.Cut(text, "@")
				if literal != "" {
					held = append(held, p.Span)
				}
				if text = after; found {
					if began != outside || len(held) > 1 {
						m.hidden = append(m.hidden, held...)
					}
					state, held = outside, nil
				}
			}
		}
	}
}
