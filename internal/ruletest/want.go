package ruletest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"qaudit/internal/rule"
)

// want is one line of the section "want".
type want struct {
	line       string
	outcome    rule.Outcome
	subject    string
	severity   rule.Severity   // 0: any
	confidence rule.Confidence // 0: any
	message    *regexp.Regexp  // nil: any
}

var outcomeWords = map[string]rule.Outcome{"fail": rule.Failed, "pass": rule.Passed, "unknown": rule.Unknown, "n/a": rule.NotApplicable}

func parseWants(text string) ([]want, error) {
	var out []want
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		w, err := parseWant(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		out = append(out, w)
	}
	return out, nil
}

func parseWant(line string) (w want, err error) {
	words, err := fields(line)
	if err != nil {
		return w, err
	}
	w.line = line
	if len(words) < 2 {
		return w, fmt.Errorf("OUTCOME SUBJECT are wanted")
	}
	var ok bool
	if w.outcome, ok = outcomeWords[words[0].text]; !ok {
		return w, fmt.Errorf("%q is no outcome: fail, pass, unknown or n/a", words[0].text)
	}
	w.subject = words[1].text
	for _, f := range words[2:] {
		if f.quoted {
			if w.message, err = regexp.Compile(f.text); err != nil {
				return w, err
			}
			continue
		}
		if s, err := rule.ParseSeverity(f.text); err == nil {
			w.severity = s
		} else if w.confidence, err = rule.ParseConfidence(f.text); err != nil {
			return w, fmt.Errorf("%q is neither a severity nor a confidence", f.text)
		}
	}
	if w.outcome == rule.Failed && w.severity == 0 {
		return w, fmt.Errorf("a fail wants its severity")
	}
	return w, nil
}

type field struct {
	text   string
	quoted bool
}

// fields splits a line at spaces; what stands in double quotes is one field, as it is.
func fields(line string) ([]field, error) {
	var out []field
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		if line[0] != '"' {
			word, rest, _ := strings.Cut(line, " ")
			out, line = append(out, field{text: word}), rest
			continue
		}
		end := strings.IndexByte(line[1:], '"')
		if end < 0 {
			return nil, fmt.Errorf("quotes do not close")
		}
		out, line = append(out, field{line[1 : end+1], true}), line[end+2:]
	}
	return out, nil
}

// matches says whether the verdict is what the line wants.
func (w want) matches(v *rule.Verdict) bool {
	text := v.Message
	if v.Outcome != rule.Failed {
		text = v.Why
	}
	return v.Outcome == w.outcome && v.Subject.Name == w.subject &&
		(w.severity == 0 || v.Severity == w.severity) &&
		(w.confidence == 0 || v.Confidence == w.confidence) &&
		(w.message == nil || w.message.MatchString(text))
}

// compare matches verdicts and wants both ways and says what is left over. A not
// applicable that is not asked for is no difference.
func compare(wants []want, verdicts []*rule.Verdict) (missing []want, extra []*rule.Verdict) {
	used := make([]bool, len(wants))
	for _, v := range verdicts {
		hit := false
		for i, w := range wants {
			if !used[i] && w.matches(v) {
				used[i], hit = true, true
				break
			}
		}
		if !hit && v.Outcome != rule.NotApplicable {
			extra = append(extra, v)
		}
	}
	for i, w := range wants {
		if !used[i] {
			missing = append(missing, w)
		}
	}
	return missing, extra
}

// describe writes a verdict as a want line would.
func describe(v *rule.Verdict) string {
	subject := v.Subject.Name
	if strings.ContainsAny(subject, " \"") || subject == "" {
		subject = strconv.Quote(subject)
	}
	for word, o := range outcomeWords {
		if o != v.Outcome {
			continue
		}
		if v.Outcome == rule.Failed {
			s := fmt.Sprintf("%s %s %s %s %q", word, subject, v.Severity, v.Confidence, v.Message)
			if v.Doubt != "" {
				s += " (" + v.Doubt + ")"
			}
			return s
		}
		return fmt.Sprintf("%s %s %q", word, subject, v.Why)
	}
	return v.Outcome.String()
}
