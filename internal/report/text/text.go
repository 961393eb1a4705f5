// Package text writes a report for a person at a terminal.
package text

import (
	"fmt"
	"io"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"qaudit/internal/report"
	"qaudit/internal/rule"
)

// Options say how to write.
type Options struct {
	Width      int // columns
	Color      bool
	All        bool // every place of every entry
	Severity   rule.Severity
	Confidence rule.Confidence
	Channel    func(name string) bool // nil: all
	Now        time.Time
}

// How many places of an entry are shown without --all; Our choice: what a person reads at once.
const (
	placesWorst    = 5 // critical and high
	placesMedium   = 2
	evidenceShown  = 4 // pieces of evidence of one place
	minWidth       = 60
	evidenceColumn = 44 // widest place column
)

// Write writes the document.
func Write(w io.Writer, d *report.Document, o Options) error {
	p := &printer{o: o, d: d}
	if p.o.Width < minWidth {
		p.o.Width = minWidth
	}
	p.inputs()
	if len(d.Grades) > 0 && anyGrade(d) {
		p.grades()
	}
	hidden := p.entries()
	p.notChecked()
	p.footer(hidden)
	_, err := io.WriteString(w, p.b.String())
	if err != nil {
		return fmt.Errorf("cannot write the report: %w", err)
	}
	return nil
}

type printer struct {
	o Options
	d *report.Document
	b strings.Builder
}

func (p *printer) line(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	p.b.WriteString(strings.TrimRight(s, " "))
	p.b.WriteByte('\n')
}

func (p *printer) style(s lipgloss.Style, text string) string {
	if !p.o.Color {
		return text
	}
	return s.Render(text)
}

var (
	bold  = lipgloss.NewStyle().Bold(true)
	faint = lipgloss.NewStyle().Faint(true)
	red   = lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Red)
	amber = lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Yellow)
	blue  = lipgloss.NewStyle().Foreground(lipgloss.Blue)
	green = lipgloss.NewStyle().Foreground(lipgloss.Green)
)

func severityStyle(s rule.Severity) lipgloss.Style {
	switch s {
	case rule.Critical, rule.High:
		return red
	case rule.Medium:
		return amber
	}
	return blue
}

func (p *printer) inputs() {
	name, what := 0, 0
	for _, in := range p.d.Inputs {
		name = max(name, lipgloss.Width(Clean(in.Name)))
		what = max(what, lipgloss.Width(p.what(in)))
	}
	for _, in := range p.d.Inputs {
		p.line("%s   %s   %s", pad(p.style(bold, Clean(in.Name)), name), pad(p.what(in), what), p.details(in))
	}
	for _, n := range p.d.Notes {
		p.wrap("note: "+Clean(n), "", "      ")
	}
	p.line("")
}

func (p *printer) what(in report.Input) string {
	if in.Kind == "source" {
		return fmt.Sprintf("%s, %d about queues", plural(in.Files, "file"), in.FilesRead)
	}
	parts := []string{strings.TrimSpace(in.System + " " + in.Version)}
	if in.Summary != "" {
		parts = append(parts, Clean(in.Summary))
	}
	return strings.Join(parts, ", ")
}

func (p *printer) details(in report.Input) string {
	switch {
	case in.Kind == "source":
		return Clean(strings.Join(in.Languages, ", "))
	case in.RecordedAt != "":
		t, err := time.Parse(time.RFC3339, in.RecordedAt)
		if err != nil {
			return ""
		}
		return "recorded " + t.Format("2006-01-02 15:04") + ago(p.o.Now.Sub(t))
	}
	return fmt.Sprintf("%s, %s", plural(in.Requests, "request"), bytes(in.Bytes))
}

// ago says how old a recording is, and warns of one older than a week.
func ago(d time.Duration) string {
	days := int(d.Hours() / 24)
	switch {
	case d < 0:
		return ""
	case days < 1:
		return " (today)"
	case days <= 7:
		return fmt.Sprintf(" (%s ago)", plural(days, "day"))
	}
	return fmt.Sprintf(" (%d days ago: what it shows has likely changed)", days)
}

func anyGrade(d *report.Document) bool {
	for _, g := range d.Grades {
		if g.Grade != "—" {
			return true
		}
	}
	return false
}

func (p *printer) grades() {
	var cells []string
	for _, a := range rule.Areas {
		g := p.d.Grades[string(a)].Grade
		style := green
		switch g {
		case "F", "D":
			style = red
		case "C", "B":
			style = amber
		case "—":
			style = faint
		}
		cells = append(cells, string(a)+" "+p.style(style, g))
	}
	p.line("%s", strings.Join(cells, "   "))
	p.line("")
}

// entries writes one entry a rule and returns how many findings the filters hid.
func (p *printer) entries() (hidden int) {
	var order []string
	byRule := map[string][]report.Finding{}
	for _, f := range p.d.Findings {
		if f.Status == "known" {
			continue
		}
		if !p.shown(f) {
			hidden++
			continue
		}
		if byRule[f.Rule] == nil {
			order = append(order, f.Rule)
		}
		byRule[f.Rule] = append(byRule[f.Rule], f)
	}
	short := 0
	for _, id := range order {
		fs := byRule[id]
		if worst(fs) <= rule.Low && !p.o.All {
			p.short(fs)
			short++
			continue
		}
		p.entry(fs)
	}
	if short > 0 {
		p.line("")
	}
	return hidden
}

func (p *printer) shown(f report.Finding) bool {
	if f.Severity < p.o.Severity || f.Confidence < p.o.Confidence {
		return false
	}
	return p.o.Channel == nil || p.o.Channel(f.Subject.Name)
}

func worst(fs []report.Finding) rule.Severity {
	var w rule.Severity
	for _, f := range fs {
		w = max(w, f.Severity)
	}
	return w
}

func (p *printer) label(fs []report.Finding) string {
	s := worst(fs)
	word := strings.ToUpper(s.String())
	for _, f := range fs {
		if f.Now {
			word += " NOW"
			break
		}
	}
	return pad(p.style(severityStyle(s), word), len("CRITICAL")) + "  "
}

func (p *printer) short(fs []report.Finding) {
	text := fs[0].Title
	if len(fs) == 1 {
		text += ": " + Clean(fs[0].Subject.Display)
	} else {
		text += fmt.Sprintf(" (%d)", len(fs))
	}
	p.twoColumns(p.label(fs)+text, p.style(faint, fs[0].Rule))
}

func (p *printer) entry(fs []report.Finding) {
	p.twoColumns(p.label(fs)+p.style(bold, fs[0].Title), p.style(faint, fs[0].Rule))
	places := placesWorst
	if worst(fs) == rule.Medium {
		places = placesMedium
	}
	if p.o.All {
		places = len(fs)
	}
	if len(fs) > 1 {
		p.wrap(names(fs, places), "  ", "    ")
	}
	for i, f := range fs {
		if i == places {
			break
		}
		if i > 0 && sameWords(fs[0], f) {
			p.wrap("the same for "+Clean(f.Subject.Display), "  ", "  ")
		} else {
			p.wrap(said(f), "  ", "  ")
		}
		p.evidence(f)
	}
	p.advice(fs)
	p.line("")
}

// names lists the subjects: "4 queues: a, b, c, and 1 more (--all)".
func names(fs []report.Finding, places int) string {
	kind := fs[0].Subject.Kind
	total := 0
	var list []string
	for i, f := range fs {
		if f.Subject.Kind != kind {
			kind = "place"
		}
		total += f.Subject.Count
		if i < places {
			list = append(list, Clean(f.Subject.Display))
		}
	}
	s := plural(total, kind) + ": " + strings.Join(list, ", ")
	if n := len(fs) - len(list); n > 0 {
		s += fmt.Sprintf(", and %d more (--all)", n)
	}
	return s
}

// sameWords says that two findings differ in their subject's name only.
func sameWords(a, b report.Finding) bool {
	return a.Subject.Count == 1 && b.Subject.Count == 1 && a.Severity == b.Severity &&
		a.Confidence == b.Confidence && a.Doubt == b.Doubt &&
		strings.ReplaceAll(a.Message, a.Subject.Name, "") == strings.ReplaceAll(b.Message, b.Subject.Name, "")
}

// said is the message as a sentence, with why it is not sure.
func said(f report.Finding) string {
	text := f.Message
	if !strings.HasPrefix(text, f.Subject.Name) {
		text = upperFirst(text)
	}
	text = Clean(text)
	if f.Subject.Count > 1 {
		text += fmt.Sprintf(" (%d such: %s, …)", f.Subject.Count, Clean(strings.Join(f.Subject.Examples, ", ")))
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	if f.Confidence < rule.Sure {
		text += " " + upperFirst(f.Confidence.String())
		if f.Doubt != "" {
			text += ": " + Clean(f.Doubt)
		}
		text += "."
	}
	return text
}

func (p *printer) evidence(f report.Finding) {
	shown := f.Evidence
	more := 0
	if len(shown) > evidenceShown && !p.o.All {
		shown, more = shown[:evidenceShown], len(shown)-evidenceShown
	}
	width := 0
	for _, e := range shown {
		width = max(width, lipgloss.Width(origin(e)))
	}
	width = min(width, evidenceColumn)
	for _, e := range shown {
		text := Clean(e.Value)
		if text == "" {
			text = Clean(e.Excerpt)
		}
		if lipgloss.Width(origin(e)) > width {
			p.line("    %s", p.style(faint, origin(e)))
			p.line("        %s", cut(text, max(p.o.Width-8, 30)))
			continue
		}
		left := "    " + pad(p.style(faint, origin(e)), width) + "   "
		p.line("%s%s", left, cut(text, max(p.o.Width-width-7, 30)))
	}
	if more > 0 {
		p.line("    and %d more (--all)", more)
	}
}

// origin is the left column of a piece of evidence.
func origin(e report.Evidence) string {
	if e.File == "" {
		return Clean(e.Input)
	}
	s := Clean(e.File)
	if e.Line > 0 {
		s += fmt.Sprintf(":%d", e.Line)
	}
	if e.Column > 0 {
		s += fmt.Sprintf(":%d", e.Column)
	}
	return s
}

func (p *printer) advice(fs []report.Finding) {
	advice := Clean(fs[0].Advice)
	if advice == "" {
		return
	}
	doc := p.style(faint, fs[0].Docs)
	if lipgloss.Width(advice)+2+lipgloss.Width(doc)+3 <= p.o.Width {
		p.twoColumns("  "+advice, doc)
		return
	}
	p.wrap(advice, "  ", "  ")
	p.line("  %s", doc)
}

func (p *printer) notChecked() {
	if len(p.d.NotChecked) == 0 {
		return
	}
	p.line("%s", p.style(bold, "NOT CHECKED"))
	width := 0
	for _, n := range p.d.NotChecked {
		width = max(width, lipgloss.Width(Clean(n.What)))
	}
	width = min(width, 28)
	for _, n := range p.d.NotChecked {
		text := Clean(n.Why)
		if n.Place != "" {
			text += ": " + Clean(n.Place)
		}
		if n.Needs != "" {
			text += ": " + Clean(n.Needs)
		}
		p.wrap(text, "  "+pad(Clean(n.What), width)+"  ", strings.Repeat(" ", width+4))
	}
	p.line("")
}

func (p *printer) footer(hidden int) {
	s := p.d.Summary
	var counts []string
	for _, c := range []struct {
		n    int
		word string
	}{{s.Critical, "critical"}, {s.High, "high"}, {s.Medium, "medium"}, {s.Low, "low"}, {s.Info, "info"}} {
		if c.n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	left := strings.Join(counts, " · ")
	switch {
	case left == "" && s.Known+s.Ignored+hidden == 0 && p.d.CheckedShare != nil:
		left = "nothing found"
	case left == "":
		left = "nothing new"
	}
	if p.d.CheckedShare == nil && len(p.d.Findings) == 0 {
		left = ""
	}
	parts := nonEmpty(left, passed(s))
	if p.d.CheckedShare != nil {
		parts = append(parts, fmt.Sprintf("%.0f %% of the applicable checks could be made", *p.d.CheckedShare*100))
	}
	if len(parts) > 0 {
		p.wrap(strings.Join(parts, "     "), "", "")
	}
	if hidden > 0 {
		p.line("%s hidden by --severity, --confidence or --channel", plural(hidden, "finding"))
	}
	requests := 0
	for _, in := range p.d.Inputs {
		requests += in.Requests
	}
	end := fmt.Sprintf("%s, %.1f s. Nothing was changed.", plural(requests, "request"), float64(p.d.DurationMS)/1000)
	if s.Critical+s.High+s.Medium+s.Low+s.Info > 0 {
		end += "     all places: --all · accept as they are: --create-baseline"
	}
	p.wrap(end, "", "")
}

func passed(s report.Summary) string {
	var parts []string
	if s.Ignored > 0 {
		parts = append(parts, fmt.Sprintf("%d ignored", s.Ignored))
	}
	if s.Known > 0 {
		parts = append(parts, fmt.Sprintf("%d known", s.Known))
	}
	return strings.Join(parts, ", ")
}

func nonEmpty(parts ...string) []string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
