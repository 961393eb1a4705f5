package main

import (
	"go/format"
	"os"
	"path/filepath"
	"testing"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	args := []string{"rabbitmq/queue-on-fire", "The queue burns"}
	if err := run(args, dir); err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(filepath.Join(dir, "rabbitmq", "queue_on_fire.go"))
	if err != nil {
		t.Fatal(err)
	}
	if clean, err := format.Source(code); err != nil || string(clean) != string(code) {
		t.Errorf("the code is not as gofmt writes it: %v", err)
	}
	for _, name := range []string{"queue_on_fire.md", "testdata/queue_on_fire/bad_first.txtar", "testdata/queue_on_fire/unknown_first.txtar"} {
		if _, err := os.Stat(filepath.Join(dir, "rabbitmq", name)); err != nil {
			t.Error(err)
		}
	}
	if err := run(args, dir); err == nil {
		t.Error("a second run overwrites the first")
	}
}

func TestRunRefuses(t *testing.T) {
	for _, args := range [][]string{{}, {"rabbitmq/a"}, {"Rabbit/a", "T"}, {"rabbitmq/a_b", "T"}, {"rabbitmq/a", "T."}} {
		if run(args, t.TempDir()) == nil {
			t.Errorf("%q is taken", args)
		}
	}
}
