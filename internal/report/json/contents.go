package json

import (
	"encoding/json"
	"io"

	"qaudit/internal/collect"
)

// Contents writes what a recording holds.
func Contents(w io.Writer, results []collect.Result) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{"schema": "qaudit.contents/1", "recordings": results})
}
