// Package interpolation reads the variables that stand in a value: $VAR, ${VAR},
// ${VAR:-fallback}, as compose files, .env files and Dockerfiles write them.
package interpolation

import "strings"

// Value is a value taken apart.
type Value struct {
	// Text is the value with each variable replaced by its fallback, or left as written
	// ("${VAR}") when it has none.
	Text string
	// Vars are the variables in order; empty for a literal.
	Vars []Var
}

// Var is a variable in a value.
type Var struct {
	Name        string
	HasFallback bool
	// Start and End are where what stands for it is in Text.
	Start, End int
}

// Literal says that nothing in the value comes from outside.
func (v Value) Literal() bool { return len(v.Vars) == 0 }

// Falls says that every variable has a fallback, so that Text is what holds when none of
// them is set.
func (v Value) Falls() bool {
	for _, x := range v.Vars {
		if !x.HasFallback {
			return false
		}
	}
	return len(v.Vars) > 0
}

// Open reports whether the piece [start, end) of Text comes from outside in part.
func (v Value) Open(start, end int) bool {
	for _, x := range v.Vars {
		if x.Start < end && x.End > start || x.Start == x.End && x.Start >= start && x.Start <= end {
			return true
		}
	}
	return false
}

// maxDepth bounds fallbacks within fallbacks.
const maxDepth = 8

// Parse takes s apart. "$$" is a dollar sign; so is a $ that starts no variable.
func Parse(s string) Value { return parse(s, 0) }

func parse(s string, depth int) Value {
	var v Value
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '$' {
			b.WriteByte(s[i])
			i++
			continue
		}
		if strings.HasPrefix(s[i:], "$$") {
			b.WriteByte('$')
			i += 2
			continue
		}
		n, x, text := variable(s[i:], depth)
		if n == 0 {
			b.WriteByte('$')
			i++
			continue
		}
		x.Start = b.Len()
		b.WriteString(text)
		x.End = b.Len()
		v.Vars = append(v.Vars, x)
		i += n
	}
	v.Text = b.String()
	return v
}

// variable reads the variable at the start of s: its length, 0 when there is none, and
// what stands for it.
func variable(s string, depth int) (n int, x Var, text string) {
	if len(s) > 1 && s[1] == '{' {
		end := brace(s)
		if end < 0 {
			return 0, x, ""
		}
		inner := s[2:end]
		name := nameOf(inner)
		if name == "" {
			return 0, x, ""
		}
		x.Name, text = name, s[:end+1]
		rest := strings.TrimPrefix(inner[len(name):], ":")
		if fallback, ok := strings.CutPrefix(rest, "-"); ok && depth < maxDepth {
			inside := parse(fallback, depth+1)
			if inside.Literal() || inside.Falls() {
				x.HasFallback, text = true, inside.Text
			}
		}
		return end + 1, x, text
	}
	x.Name = nameOf(s[1:])
	if x.Name == "" {
		return 0, x, ""
	}
	return 1 + len(x.Name), x, s[:1+len(x.Name)]
}

// brace is the index of the brace that closes the "${" at the start of s, or -1.
func brace(s string) int {
	depth := 0
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			depth--
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

func nameOf(s string) string {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return s[:i]
		}
	}
	return s
}
