package cli

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"qaudit/internal/audit"
	"qaudit/internal/report"
	"qaudit/internal/report/json"
)

func (a *App) show() *cobra.Command {
	var n narrow
	var format string
	c := &cobra.Command{
		Use:     "show REPORT.json|NAME.qaudit [RULE|FINGERPRINT]…",
		GroupID: "audit",
		Short:   "Show a saved report in any format, one finding whole, or what a recording holds",
		Example: `  qaudit show report.json
  qaudit show report.json rabbitmq/auto-ack
  qaudit show orders.qaudit`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.runShow(args[0], args[1:], &n, format) },
	}
	n.register(c)
	c.Flags().StringVarP(&format, "format", "f", "text", "text or json")
	return c
}

func (a *App) runShow(file string, only []string, n *narrow, format string) error {
	if format != "text" && format != "json" {
		return usage("format %q: this version writes text and json", format)
	}
	o, err := a.showOptions(n)
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return usage("cannot read %s: %w", file, plainError(err))
	}
	defer f.Close()
	head := make([]byte, 2)
	if k, _ := io.ReadFull(f, head); k == 2 && head[0] == 0x1f && head[1] == 0x8b { // gzip
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return usage("cannot read %s: %w", file, err)
		}
		return a.Contents(a.Stdout, file, f, format)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return usage("cannot read %s: %w", file, err)
	}
	d, err := json.Read(f)
	if err != nil {
		return usage("%s: %w", file, err)
	}
	if len(only) > 0 {
		d.Findings = slices.DeleteFunc(d.Findings, func(f report.Finding) bool { return !wanted(f, only) })
		if len(d.Findings) == 0 {
			return usage("%s has no finding of %v", file, only)
		}
		o.All = true
	}
	if err := write(a.Stdout, format, d, o); err != nil {
		return fmt.Errorf("show %s: %w", file, err)
	}
	return nil
}

func wanted(f report.Finding, only []string) bool {
	return slices.ContainsFunc(only, func(s string) bool {
		return audit.Glob(s, f.Rule) || slices.Contains(f.Fingerprints, s)
	})
}
