package commandline

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Script reads a command in string form that a shell runs. What stands before a part that
// does not parse is returned beside the error.
func Script(src string, sh Sh) ([]Command, error) { return script(src, sh, 0) }

func script(src string, sh Sh, depth int) (commands []Command, err error) {
	if len(src) > maxScript {
		return nil, fmt.Errorf("the script is longer than %d bytes", maxScript)
	}
	// The shell parser reads source of others: a fault in it must not end the run.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the shell script cannot be parsed: %v", r)
		}
	}()
	w := walker{src: src, sh: sh, depth: depth}
	var stmts []*syntax.Stmt
	for stmt, e := range syntax.NewParser(syntax.Variant(syntax.LangBash)).StmtsSeq(strings.NewReader(src)) {
		if e != nil {
			err = fmt.Errorf("the shell script cannot be parsed: %w", plain(e))
			break
		}
		stmts = append(stmts, stmt)
	}
	w.all(stmts, err == nil, true)
	if w.traps {
		for i := range w.out {
			w.out[i].Exec = true
		}
	}
	return w.out, err
}

// plain is a parser's error without its position in the script, which would be taken for
// one in the file.
func plain(err error) error {
	var p syntax.ParseError
	if errors.As(err, &p) {
		return errors.New(p.Text)
	}
	return err
}

// walker gathers the commands of a script in order.
type walker struct {
	src   string
	sh    Sh
	depth int
	out   []Command
	traps bool // the script catches SIGTERM and hands it on
}

// all walks statements in a row. last says that nothing follows them in the script, front
// that the shell may replace itself with the last of them.
func (w *walker) all(stmts []*syntax.Stmt, last, front bool) {
	for i, s := range stmts {
		final := i == len(stmts)-1
		w.stmt(s, last && final, front && final)
	}
}

func (w *walker) stmt(s *syntax.Stmt, last, front bool) {
	if s == nil {
		return
	}
	if s.Background || s.Negated || w.sh == Bash && len(s.Redirs) > 0 {
		front = false
	}
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		w.call(c, last && !s.Background, front)
	case *syntax.BinaryCmd:
		pipe := c.Op == syntax.Pipe || c.Op == syntax.PipeAll
		w.stmt(c.X, last && pipe, false)
		w.stmt(c.Y, last, front && !pipe)
	case *syntax.Subshell:
		w.all(c.Stmts, last, false)
	case *syntax.Block:
		w.all(c.Stmts, last, false)
	case *syntax.IfClause:
		for ; c != nil; c = c.Else {
			w.all(c.Cond, false, false)
			w.all(c.Then, last, false)
		}
	case *syntax.WhileClause:
		w.all(c.Cond, false, false)
		w.all(c.Do, false, false)
	case *syntax.ForClause:
		w.all(c.Do, false, false)
	case *syntax.CaseClause:
		for _, item := range c.Items {
			w.all(item.Stmts, last, false)
		}
	case *syntax.TimeClause:
		w.stmt(c.Stmt, last, false)
	}
}

func (w *walker) call(c *syntax.CallExpr, last, front bool) {
	words := make([]string, 0, len(c.Args))
	for _, arg := range c.Args {
		words = append(words, w.text(arg.Parts, false))
	}
	if len(words) == 0 {
		return
	}
	cmd := Command{Words: words, Shell: true, Exec: front && w.sh != Stays, Last: last,
		Start: int(c.Pos().Offset()), End: int(c.End().Offset())}
	if words[0] == "trap" && handsOn(words) {
		w.traps = true
	}
	if words[0] == "exec" {
		words = words[1:]
		for len(words) > 0 && (words[0] == "-l" || words[0] == "-c" || words[0] == "-a" || words[0] == "--") {
			drop := 1
			if words[0] == "-a" {
				drop = 2
			}
			words = words[min(drop, len(words)):]
		}
		if len(words) == 0 { // exec with redirections only
			return
		}
		cmd.Words, cmd.Exec, cmd.Last = words, true, true
	}
	w.nested(cmd)
}

// nested adds a command, or in its place the commands of the script that it hands to
// another shell.
func (w *walker) nested(cmd Command) {
	inner, err := list(cmd.Words, w.sh, w.depth)
	if err != nil || len(inner) == 0 || !inner[0].Shell {
		w.out = append(w.out, cmd)
		return
	}
	for _, c := range inner {
		c.Exec = c.Exec && cmd.Exec
		c.Last = c.Last && cmd.Last
		c.Start, c.End = cmd.Start, cmd.End
		w.out = append(w.out, c)
	}
}

// handsOn says that a trap catches SIGTERM and kills or signals something.
func handsOn(words []string) bool {
	if len(words) < 3 {
		return false
	}
	for _, sig := range words[2:] {
		switch strings.TrimPrefix(strings.ToUpper(sig), "SIG") {
		case "TERM", "15", "EXIT":
			return strings.Contains(words[1], "kill") || !strings.ContainsAny(words[1], " ;") && words[1] != "" && words[1] != ":"
		}
	}
	return false
}

// text is a word as the shell sees it; what only the run shows stays as written.
func (w *walker) text(parts []syntax.WordPart, quoted bool) string {
	var b strings.Builder
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(unescape(p.Value, quoted))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			b.WriteString(w.text(p.Parts, true))
		default:
			start, end := int(part.Pos().Offset()), int(part.End().Offset())
			if start >= 0 && start <= end && end <= len(w.src) {
				b.WriteString(w.src[start:end])
			}
		}
	}
	return b.String()
}

// unescape removes backslashes as the shell does; within double quotes only before the
// characters that are special there.
func unescape(s string, quoted bool) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			switch {
			case s[i+1] == '\n':
				i++
				continue
			case !quoted || strings.IndexByte("$`\"\\", s[i+1]) >= 0:
				i++
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Split cuts a command string into words the way compose does, which starts no shell: it
// stops at the first operator (";", "&&", "|", ">"), and what follows never runs. rest is
// that part, "" when there is none.
func Split(s string) (words []string, rest string, err error) {
	if len(s) > maxScript {
		return nil, "", fmt.Errorf("the command is longer than %d bytes", maxScript)
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the command cannot be split into words: %v", r)
		}
	}()
	s, rest = cutOperator(s)
	w := walker{src: s}
	for word, e := range syntax.NewParser(syntax.Variant(syntax.LangBash)).WordsSeq(strings.NewReader(s + "\n")) {
		if e != nil {
			return words, rest, fmt.Errorf("the command cannot be split into words: %w", plain(e))
		}
		words = append(words, w.text(word.Parts, false))
	}
	return slices.Clip(words), rest, nil
}

// cutOperator cuts s at the first operator outside of quotes and of ${…}.
func cutOperator(s string) (before, rest string) {
	var quote byte
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{' || c == '(':
			depth++
		case c == '}' || c == ')':
			depth = max(depth-1, 0)
		case depth == 0 && strings.IndexByte(";&|<>", c) >= 0:
			return s[:i], s[i:]
		}
	}
	return s, ""
}
