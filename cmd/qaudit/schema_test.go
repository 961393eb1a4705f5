package main

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"qaudit/schema"
)

// TestReportsKeepTheSchema validates whole reports: of code, files and a recording, of an
// empty tree, and of an input that cannot be read.
func TestReportsKeepTheSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Report))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("report.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	shop := "../../examples/shop"
	for name, run := range map[string]struct {
		args []string
		exit int
	}{
		"found":      {[]string{shop, shop + "/shop.qaudit", "--preview"}, 1},
		"empty":      {[]string{t.TempDir()}, 0},
		"incomplete": {[]string{t.TempDir(), "kafka://127.0.0.1:1"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			a := app()
			a.Stdout, a.Stderr = &out, &errs
			a.Env = func(string) (string, bool) { return "", false }
			if code := a.Run(append(append([]string{"audit"}, run.args...), "--format", "json")); code != run.exit {
				t.Fatalf("exit code %d, want %d: %s", code, run.exit, errs.String())
			}
			report, err := jsonschema.UnmarshalJSON(&out)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(report); err != nil {
				t.Error(err)
			}
		})
	}
}
