package rabbitmq

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"qaudit/internal/collect/live"
)

var update = flag.Bool("update", false, "write what was seen as what is wanted")

// generations are those whose answers stand in testdata.
var generations = []string{"3.8", "3.10", "4.0", "4.3"}

func TestGenerations(t *testing.T) {
	for _, generation := range generations {
		t.Run(generation, func(t *testing.T) {
			f := newFake(t, generation)
			s := f.look(t, options(), f.target(t), live.Full)
			got := describe(snapshot(t, s)) + "gaps\n" + strings.Join(gapLines(s), "\n") + "\n"
			if *update {
				name := filepath.Join("testdata", generation+".txtar")
				text, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				front, _, _ := strings.Cut(string(text), "-- want --\n")
				if err := os.WriteFile(name, []byte(front+"-- want --\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(f.want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
