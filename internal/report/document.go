// Package report holds the document that every output is made from. Its JSON form is the
// contract with machines: names and fields only grow.
package report

import (
	"qaudit/internal/rule"
)

// Schema is the version of the document.
const Schema = "qaudit.report/1"

// Document is one report.
type Document struct {
	Schema       string             `json:"schema"`
	Tool         Tool               `json:"tool"`
	StartedAt    string             `json:"started_at"` // RFC 3339
	DurationMS   int64              `json:"duration_ms"`
	ExitCode     int                `json:"exit_code"`
	Complete     bool               `json:"complete"`
	Summary      Summary            `json:"summary"`
	Inputs       []Input            `json:"inputs"`
	Grades       map[string]Grade   `json:"grades"`
	Findings     []Finding          `json:"findings"`
	NotChecked   []NotChecked       `json:"not_checked"`
	Suppressed   []Suppressed       `json:"suppressed"`
	Outcomes     map[string]Outcome `json:"outcomes"`
	CheckedShare *float64           `json:"checked_share"` // null: no check applied
	Notes        []string           `json:"notes"`
}

// Tool is who made the report.
type Tool struct {
	Version string `json:"version"`
}

// Summary counts entries, which are rules that found something; an entry has the severity
// of its worst place.
type Summary struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Info     int `json:"info"`
	New      int `json:"new"`     // findings not in the baseline
	Known    int `json:"known"`   // findings in the baseline
	Ignored  int `json:"ignored"` // findings asked to be ignored
}

// Input is one thing that was read.
type Input struct {
	ID         string   `json:"id"`
	Kind       string   `json:"kind"`
	Name       string   `json:"name"`
	System     string   `json:"system,omitempty"`
	Version    string   `json:"version,omitempty"`
	Summary    string   `json:"summary,omitempty"`
	Files      int      `json:"files"`
	FilesRead  int      `json:"files_read"`
	Bytes      int64    `json:"bytes"`
	Requests   int      `json:"requests"`
	RecordedAt string   `json:"recorded_at,omitempty"`
	Languages  []string `json:"languages,omitempty"`
}

// Grade is the grade of an area.
type Grade struct {
	Grade   string `json:"grade"`
	Checked int    `json:"checked"`
	Unknown int    `json:"unknown"`
}

// Finding is one risk on one subject or family of subjects.
type Finding struct {
	Fingerprint  string          `json:"fingerprint"`
	Fingerprints []string        `json:"fingerprints"`
	Rule         string          `json:"rule"`
	Title        string          `json:"title"`
	Message      string          `json:"message"`
	Severity     rule.Severity   `json:"severity"`
	Confidence   rule.Confidence `json:"confidence"`
	Doubt        string          `json:"doubt,omitempty"`
	Status       string          `json:"status"` // new or known
	Now          bool            `json:"now"`
	Area         string          `json:"area"`
	System       string          `json:"system"`
	Covers       []rule.Item     `json:"covers"`
	Subject      Subject         `json:"subject"`
	Evidence     []Evidence      `json:"evidence"`
	Advice       string          `json:"advice"`
	Fix          *Fix            `json:"fix"` // null: none
	Docs         string          `json:"docs"`
}

// Subject is what a finding is about.
type Subject struct {
	Kind     string   `json:"kind"`
	Input    string   `json:"input,omitempty"`
	Scope    string   `json:"scope,omitempty"`
	Name     string   `json:"name"`
	Display  string   `json:"display"`
	Family   string   `json:"family,omitempty"`
	Count    int      `json:"count"`
	Examples []string `json:"examples,omitempty"`
}

// Evidence is one thing seen.
type Evidence struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"`
	Input     string `json:"input,omitempty"`
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	EndLine   int    `json:"end_line,omitempty"`
	EndColumn int    `json:"end_column,omitempty"`
	Excerpt   string `json:"excerpt,omitempty"`
	Value     string `json:"value,omitempty"`
	At        string `json:"at,omitempty"`
}

// Fix is a change to files that makes a finding go.
type Fix struct {
	Safe  bool   `json:"safe"`
	Edits []Edit `json:"edits"`
}

// Edit replaces a range of a file.
type Edit struct {
	File  string `json:"file"`
	Start int    `json:"start"` // byte offsets
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// NotChecked is something that could not be looked at.
type NotChecked struct {
	Input string   `json:"input"`
	Kind  string   `json:"kind"`
	What  string   `json:"what"`
	Why   string   `json:"why"`
	Needs string   `json:"needs,omitempty"`
	Place string   `json:"place,omitempty"`
	Rules []string `json:"rules"`
}

// Suppressed is a finding that was asked to be ignored.
type Suppressed struct {
	Rule    string `json:"rule"`
	Subject string `json:"subject"`
	Reason  string `json:"reason"`
	Where   string `json:"where"`
}

// Outcome counts a rule's answers.
type Outcome struct {
	Fail          int `json:"fail"`
	Pass          int `json:"pass"`
	Unknown       int `json:"unknown"`
	NotApplicable int `json:"not_applicable"`
}
