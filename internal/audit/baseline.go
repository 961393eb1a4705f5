package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"qaudit/internal/rule"
)

// baselineSchema is the version of the baseline file.
const baselineSchema = "qaudit.baseline/1"

// Baseline is the findings that a team has accepted as they are.
type Baseline struct {
	Entries []Entry
}

// Entry is one accepted finding: all its fingerprints, so that it matches on any.
type Entry struct {
	Rule         string   `json:"rule"`
	Subject      string   `json:"subject"`
	Fingerprints []string `json:"fingerprints"`
}

// ReadBaseline reads a baseline file. A missing one is fs.ErrNotExist.
func ReadBaseline(path string) (*Baseline, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read baseline %s: %w", path, err)
	}
	var doc struct {
		Schema  string  `json:"schema"`
		Entries []Entry `json:"findings"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, fmt.Errorf("cannot read baseline %s: %w", path, err)
	}
	if doc.Schema != baselineSchema {
		return nil, fmt.Errorf("cannot read baseline %s: schema %q, this qaudit reads %q", path, doc.Schema, baselineSchema)
	}
	return &Baseline{doc.Entries}, nil
}

// NewBaseline accepts all findings of a result; entries of old that the run did not cover
// stay.
func NewBaseline(r *Result, old *Baseline, ran map[string]bool) *Baseline {
	b := &Baseline{}
	for _, f := range r.Findings {
		b.Entries = append(b.Entries, Entry{f.Rule.ID, f.Subject.Name, f.Fingerprints})
	}
	if old != nil {
		for _, e := range old.Entries {
			if !ran[e.Rule] && !slices.ContainsFunc(b.Entries, func(h Entry) bool { return h.matches(e.Fingerprints) }) {
				b.Entries = append(b.Entries, e)
			}
		}
	}
	slices.SortFunc(b.Entries, func(x, y Entry) int {
		return strings.Compare(x.Rule+"\x00"+x.Subject+"\x00"+x.Fingerprints[0], y.Rule+"\x00"+y.Subject+"\x00"+y.Fingerprints[0])
	})
	return b
}

// Write writes the baseline, one finding a line, sorted, without times.
func (b *Baseline) Write(path string) error {
	var out strings.Builder
	fmt.Fprintf(&out, "{\"schema\": %q, \"findings\": [", baselineSchema)
	for i, e := range b.Entries {
		line, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("cannot write baseline %s: %w", path, err)
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n")
		out.Write(line)
	}
	out.WriteString("\n]}\n")
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, []byte(out.String()), 0o644); err != nil {
		return fmt.Errorf("cannot write baseline %s: %w", path, err)
	}
	return os.Rename(tmp, path)
}

func (e Entry) matches(prints []string) bool {
	return slices.ContainsFunc(prints, func(p string) bool { return slices.Contains(e.Fingerprints, p) })
}

// compare marks the findings that the baseline has.
func (r *Result) compare(b *Baseline) {
	if b == nil {
		return
	}
	found := map[int]bool{}
	for _, f := range r.Findings {
		for i, e := range b.Entries {
			if e.Rule == f.Rule.ID && e.matches(f.Fingerprints) {
				f.Known, found[i] = true, true
			}
		}
		if f.Known {
			r.Known++
		}
	}
	for i, e := range b.Entries {
		if _, ran := r.Outcomes[e.Rule]; ran && !found[i] {
			r.StaleEntries = append(r.StaleEntries, e.Fingerprints[0])
		}
	}
}

// Missing says that an error is only that there is no baseline.
func Missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// Breaks says whether a finding breaks a build at the level: sure or likely, not known, at
// or above it.
func (f *Finding) Breaks(level rule.Severity) bool {
	return !f.Known && f.Confidence > rule.Possible && f.Severity >= level
}
