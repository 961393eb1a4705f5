package text

import (
	"fmt"
	"io"
	"strings"

	"qaudit/internal/collect"
)

// Contents writes what a recording holds: each target, and what could not be seen of it.
func Contents(w io.Writer, results []collect.Result) error {
	var b strings.Builder
	for _, r := range results {
		in := r.Input
		fmt.Fprintf(&b, "%s   %s %s, %s   recorded %s\n", Clean(in.Name), Clean(in.System), Clean(in.Version), Clean(in.Summary),
			in.Recorded.UTC().Format("2006-01-02 15:04"))
		for _, n := range r.Notes {
			fmt.Fprintf(&b, "  note: %s\n", Clean(n))
		}
		for _, g := range r.Gaps {
			fmt.Fprintf(&b, "  not seen: %s: %s\n", Clean(g.What), Clean(g.Why))
		}
	}
	b.WriteString("\nIts findings: qaudit audit FILE\n")
	_, err := io.WriteString(w, b.String())
	return err
}
