// Package json writes a report for machines: one whole document, in a stable order.
package json

import (
	"encoding/json"
	"fmt"
	"io"

	"qaudit/internal/report"
)

// Write writes the document.
func Write(w io.Writer, d *report.Document) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(true)
	enc.SetIndent("", "  ")
	if err := enc.Encode(d); err != nil {
		return fmt.Errorf("cannot write the report as JSON: %w", err)
	}
	return nil
}

// Read reads a saved report.
func Read(r io.Reader) (*report.Document, error) {
	var d report.Document
	if err := json.NewDecoder(r).Decode(&d); err != nil {
		return nil, fmt.Errorf("cannot read the report: %w", err)
	}
	if d.Schema != report.Schema {
		return nil, fmt.Errorf("cannot read the report: schema %q, this qaudit reads %q", d.Schema, report.Schema)
	}
	return &d, nil
}
