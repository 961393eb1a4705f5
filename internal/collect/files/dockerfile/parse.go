package dockerfile

import (
	"encoding/json"
	"fmt"
	"strings"

	"qaudit/internal/collect/files/place"
)

// Parse reads a file. Lines that are no instructions are problems; the rest is returned.
func Parse(path string, src []byte) (*File, []place.Problem) {
	t := place.New(path, src)
	f := &File{Path: path}
	if p, bad := t.Unreadable(); bad {
		return f, []place.Problem{p}
	}
	x := lexer{text: t}
	x.run()
	r := reader{text: t, file: f, problems: x.problems}
	for _, ins := range x.out {
		if !r.over {
			r.instruction(ins)
		}
	}
	return f, r.problems
}

type reader struct {
	text     *place.Text
	file     *File
	problems []place.Problem
	over     bool // past the last stage that is read
}

func (r *reader) problem(ins instruction, why string) {
	r.problems = append(r.problems, r.text.Problem(ins.at, ins.name, why))
}

func (r *reader) span(ins instruction) place.Span {
	return r.text.Span(ins.at, ins.start+len(ins.body))
}

func (r *reader) instruction(ins instruction) {
	if ins.name == "FROM" {
		r.from(ins)
		return
	}
	if len(r.file.Stages) == 0 {
		if ins.name == "ARG" {
			r.file.Args = append(r.file.Args, r.pairs(ins)...)
		} else if known[ins.name] {
			r.problem(ins, "it stands before the first FROM")
		} else {
			r.problem(ins, "it is no instruction")
		}
		return
	}
	s := &r.file.Stages[len(r.file.Stages)-1]
	switch ins.name {
	case "ENV":
		s.Env = append(s.Env, r.env(ins)...)
	case "ARG":
		s.Args = append(s.Args, r.pairs(ins)...)
	case "CMD":
		s.Cmd = r.command(ins)
	case "ENTRYPOINT":
		s.Entrypoint = r.command(ins)
	case "STOPSIGNAL":
		s.StopSignal = r.operand(ins)
	case "USER":
		s.User = r.operand(ins)
	case "SHELL":
		if c := r.command(ins); c.List {
			s.Shell = c.Words
		}
	case "VOLUME":
		s.Volumes = append(s.Volumes, r.volumes(ins)...)
	case "HEALTHCHECK":
		s.Health = !strings.EqualFold(strings.TrimSpace(joined(ins.body)), "NONE")
	default:
		if !known[ins.name] {
			r.problem(ins, "it is no instruction")
		}
	}
}

// known are the instructions that are not read, or only in a stage.
var known = map[string]bool{"RUN": true, "COPY": true, "ADD": true, "EXPOSE": true, "LABEL": true,
	"WORKDIR": true, "ONBUILD": true, "MAINTAINER": true, "ENV": true, "CMD": true, "ENTRYPOINT": true,
	"STOPSIGNAL": true, "USER": true, "SHELL": true, "VOLUME": true, "HEALTHCHECK": true}

// joined is a body on one line.
func joined(body string) string { return strings.ReplaceAll(body, "\\\n", "") }

// maxStages bounds the stages of a file. People write below 30.
const maxStages = 300

func (r *reader) from(ins instruction) {
	words := strings.Fields(joined(ins.body))
	for len(words) > 0 && strings.HasPrefix(words[0], "--") {
		words = words[1:]
	}
	if len(words) == 0 {
		r.problem(ins, "it names no image")
		words = []string{""}
	}
	if len(r.file.Stages) == maxStages {
		r.problem(ins, fmt.Sprintf("it has more than %d stages; the rest is not read", maxStages))
	}
	if len(r.file.Stages) >= maxStages {
		r.over = true
		return
	}
	s := Stage{Image: words[0], Span: r.span(ins)}
	if len(words) == 3 && strings.EqualFold(words[1], "AS") {
		s.Name = words[2]
	}
	r.file.Stages = append(r.file.Stages, s)
}

func (r *reader) operand(ins instruction) Text {
	v := strings.TrimSpace(joined(ins.body))
	if v == "" {
		r.problem(ins, "it has no operand")
	}
	return Text{Value: v, Set: v != "", Span: r.span(ins)}
}

// command reads the exec form, a JSON list, else the shell form. A list that is no JSON is
// run by a shell as it stands.
func (r *reader) command(ins instruction) Command {
	c := Command{Set: true, Span: r.span(ins), Start: ins.start}
	text := strings.TrimSpace(joined(ins.body))
	if strings.HasPrefix(text, "[") {
		if err := json.Unmarshal([]byte(text), &c.Words); err == nil {
			c.List = true
			return c
		}
		c.Words = nil
		if strings.HasSuffix(text, "]") {
			r.problem(ins, "its list is not JSON, so a shell runs it as it stands")
		}
	}
	c.Script = ins.body
	return c
}

func (r *reader) volumes(ins instruction) []Text {
	var words []string
	text := strings.TrimSpace(joined(ins.body))
	if err := json.Unmarshal([]byte(text), &words); err != nil {
		words = strings.Fields(text)
	}
	var out []Text
	for _, w := range words {
		out = append(out, Text{Value: w, Set: true, Span: r.span(ins)})
	}
	return out
}

// env reads "ENV A=b C=d" and the older "ENV A b c".
func (r *reader) env(ins instruction) []Var {
	first := strings.IndexAny(ins.body, "= \t")
	if first <= 0 || ins.body[first] == '=' {
		return r.pairs(ins)
	}
	name := ins.body[:first]
	value := strings.TrimSpace(joined(ins.body[first:]))
	if value == "" {
		r.problem(ins, "it gives no value")
		return nil
	}
	return []Var{{Name: name, Value: value, HasValue: true, Span: r.text.Span(ins.start, ins.start+len(ins.body))}}
}

// pairs reads NAME=value words; quotes may stand around a value or a part of it.
func (r *reader) pairs(ins instruction) []Var {
	var out []Var
	for at := 0; at < len(ins.body); {
		if rest := ins.body[at:]; strings.HasPrefix(rest, "\\\n") {
			at += 2
			continue
		} else if rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\n' {
			at++
			continue
		}
		word, raw, end := word(ins.body, at)
		name, value, has := strings.Cut(word, "=")
		if name == "" || !has && ins.name != "ARG" {
			r.problem(ins, `an operand is not of the form "NAME=value"`)
		} else {
			out = append(out, Var{Name: name, Value: value, HasValue: has, Raw: raw,
				Span: r.text.Span(ins.start+at, ins.start+end)})
		}
		at = end
	}
	return out
}

// word reads a word from at on, without its quotes and escapes.
func word(s string, at int) (text string, raw bool, end int) {
	var b strings.Builder
	var quote byte
	for ; at < len(s); at++ {
		c := s[at]
		switch {
		case c == '\\' && quote != '\'' && at+1 < len(s):
			at++
			switch {
			case s[at] == '\n':
			case quote == '"' && strings.IndexByte("\"\\$", s[at]) < 0:
				b.WriteByte('\\')
				b.WriteByte(s[at])
			case s[at] == '$':
				b.WriteString("$$")
			default:
				b.WriteByte(s[at])
			}
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			b.WriteByte(c)
		case c == '"' || c == '\'':
			quote = c
			raw = raw || c == '\''
		case c == ' ' || c == '\t' || c == '\n':
			return b.String(), raw, at
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), raw, at
}
