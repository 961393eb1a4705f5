package ruletest

import (
	"fmt"
	"regexp"
	"strings"

	"qaudit/internal/rule"
)

// forbidden are words that a report does not use: they say nothing that can be acted on.
var forbidden = regexp.MustCompile(`(?i)\bmay(be)?\b|\bpotential(ly)?\b|\bbest[- ]practi[cs]es?\b|\bmight\b|!(?:[ \n]|$)`)

var mayDo = regexp.MustCompile(`\bmay\b`)

func badWords(where, text string) []string {
	var out []string
	for _, w := range forbidden.FindAllString(text, -1) {
		out = append(out, fmt.Sprintf("%s: the word %q says nothing that can be acted on", where, strings.TrimSpace(w)))
	}
	return out
}

// checkWords says what is wrong with the texts of a rule itself.
func checkWords(r *rule.Rule) []string {
	wrong := append(badWords("title", r.Title), badWords("advice", r.Advice)...)
	if r.Title == "" || strings.HasSuffix(r.Title, ".") {
		wrong = append(wrong, "the title is a line without a dot")
	}
	if !strings.HasSuffix(r.Advice, ".") {
		wrong = append(wrong, "the advice is a sentence and ends with a dot")
	}
	return wrong
}

// checkVerdict says what is wrong with a verdict, whatever the fixture wants.
func checkVerdict(v *rule.Verdict) []string {
	where := describe(v)
	// A reason can be a gap's, which says what a user may do.
	wrong := badWords(where, v.Message+"\n"+v.Advice+"\n"+v.Doubt+"\n"+mayDo.ReplaceAllString(v.Why, ""))
	say := func(format string, args ...any) { wrong = append(wrong, where+": "+fmt.Sprintf(format, args...)) }
	switch v.Outcome {
	case rule.Failed:
		if len(v.Evidence) == 0 {
			say("a fail cites what was seen")
		}
		if v.Message == "" || strings.HasSuffix(v.Message, ".") {
			say("the message is a sentence without its dot")
		}
		if !strings.HasSuffix(v.Advice, ".") {
			say("the advice %q is a sentence and ends with a dot", v.Advice)
		}
		if v.Severity > v.Rule.Severity {
			say("more severe than the rule says")
		}
		if v.Confidence < rule.Sure && v.Doubt == "" {
			say("a finding that is not sure says why")
		}
	case rule.Unknown, rule.NotApplicable:
		if v.Why == "" {
			say("says no reason")
		}
	}
	return wrong
}
