package resolve

import (
	"strconv"
	"strings"

	"qaudit/internal/collect/code/syntax"
	"qaudit/internal/model/code"
)

// template resolves f-strings and template literals. A piece with a format or conversion
// is a hole: what it prints is not the value.
func (r *resolver) template(f *syntax.File, scope *syntax.Def, parts []syntax.Arg) code.Value {
	var items []code.Value
	for _, a := range parts {
		if a.Name != "" && a.Name != "!s" {
			items = append(items, r.p.unresolved(f, scope, a.Value, r.source(f, a.Value)))
			continue
		}
		items = append(items, pieces(r.value(f, scope, a.Value))...)
	}
	return joined(items)
}

// format resolves "{}.{x}".format(…).
func (r *resolver) format(f *syntax.File, scope *syntax.Def, e *syntax.Expr) (code.Value, bool) {
	x := r.value(f, scope, e.X.X)
	if x.Kind != code.String {
		return code.Value{}, false
	}
	next := 0
	return r.fill(x, splitBraces(x.Text), func(field string) (code.Value, bool) {
		if field == "" {
			field = strconv.Itoa(next)
			next++
		}
		n, err := strconv.Atoi(field)
		for i, a := range e.Args {
			if !a.Spread && (a.Name == field && field != "" || err == nil && a.Name == "" && i == n) {
				return r.value(f, scope, a.Value), true
			}
		}
		return code.Value{}, false
	}), true
}

// percent resolves "%s.%s" % (a, b) and "%(name)s" % map.
func (r *resolver) percent(x, args code.Value) code.Value {
	next := 0
	return r.fill(x, splitPercent(x.Text), func(field string) (code.Value, bool) {
		switch {
		case field != "":
			return args.Get(field)
		case args.Kind == code.List && next < len(args.Items):
			next++
			return args.Items[next-1], true
		case args.Kind != code.List && args.Kind != code.Map && next == 0:
			next++
			return args, true
		}
		return code.Value{}, false
	})
}

// segment is literal text, or a field when hole is set.
type segment struct {
	text string
	hole bool
	odd  bool // a field with a format, an attribute, an index
}

func (r *resolver) fill(x code.Value, segments []segment, field func(string) (code.Value, bool)) code.Value {
	var items []code.Value
	for _, s := range segments {
		if !s.hole {
			items = append(items, code.Value{Kind: code.String, Text: s.text, Origin: x.Origin})
			continue
		}
		v, ok := field(s.text)
		if !ok || s.odd {
			v = code.Value{Kind: code.Unresolved, Text: "a part of " + strconv.Quote(x.Text), Origin: x.Origin}
		}
		items = append(items, pieces(v)...)
	}
	return joined(items)
}

// splitBraces cuts a text for str.format.
func splitBraces(s string) []segment {
	var out []segment
	literal := ""
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			break
		}
		literal, s = literal+s[:i], s[i:]
		if strings.HasPrefix(s, "{{") || strings.HasPrefix(s, "}}") {
			literal, s = literal+s[:1], s[2:]
			continue
		}
		end := strings.IndexByte(s, '}')
		if end < 0 || s[0] == '}' {
			break
		}
		field := s[1:end]
		s = s[end+1:]
		out = append(out, segment{text: literal})
		literal = ""
		plain := strings.TrimRight(field, "!s:")
		out = append(out, segment{text: plain, hole: true, odd: strings.ContainsAny(plain, ".[!:{")})
	}
	return append(out, segment{text: literal + s})
}

// splitPercent cuts a text for the % operator.
func splitPercent(s string) []segment {
	var out []segment
	literal := ""
	for {
		i := strings.IndexByte(s, '%')
		if i < 0 || i+1 == len(s) {
			return append(out, segment{text: literal + s})
		}
		literal, s = literal+s[:i], s[i+1:]
		if s[0] == '%' {
			literal, s = literal+"%", s[1:]
			continue
		}
		field := ""
		if s[0] == '(' {
			if end := strings.IndexByte(s, ')'); end > 0 {
				field, s = s[1:end], s[end+1:]
			}
		}
		n := strings.IndexFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
		if n < 0 {
			return append(out, segment{text: literal}, segment{hole: true, odd: true})
		}
		out = append(out, segment{text: literal},
			segment{text: field, hole: true, odd: n > 0 || s[n] != 's' && s[n] != 'd' && s[n] != 'i'})
		literal, s = "", s[n+1:]
	}
}

// joined is text put together of pieces: a String when all are known. Neighbouring
// literals are one piece.
func joined(items []code.Value) code.Value {
	var out []code.Value
	for _, v := range items {
		s, ok := text(v)
		if !ok {
			out = append(out, v)
			continue
		}
		if s == "" {
			continue
		}
		if n := len(out) - 1; n >= 0 && out[n].Kind == code.String {
			out[n].Text += s
			continue
		}
		out = append(out, code.Value{Kind: code.String, Text: s, Origin: v.Origin})
	}
	switch {
	case len(out) == 0:
		return code.Value{Kind: code.String}
	case len(out) == 1 && out[0].Kind == code.String:
		return code.Value{Kind: code.String, Text: out[0].Text}
	}
	return code.Value{Kind: code.Template, Items: out}
}
