package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"qaudit/internal/collect"
	"qaudit/internal/target"
)

func (a *App) snapshot() *cobra.Command {
	var o access
	var out, config string
	var sample time.Duration
	c := &cobra.Command{
		Use:     "snapshot TARGET… -o NAME.qaudit",
		GroupID: "audit",
		Short:   "Record what a look at running brokers sees, to be audited elsewhere or later",
		Long: `snapshot reads brokers as audit does and writes what it saw to a file: readable by its
owner only, without passwords and messages, never over an existing file.
A target is a URL, NAME=URL, or the name of a target in qaudit.yaml.`,
		Example: "  qaudit snapshot http://monitor@rabbit.internal:15672 -o orders.qaudit",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.runSnapshot(c, args, &o, out, config, sample)
		},
	}
	o.register(c)
	c.Flags().StringVarP(&out, "output", "o", "", "file to write, NAME.qaudit")
	c.Flags().StringVar(&config, "config", "", "settings file")
	c.Flags().DurationVar(&sample, "sample", 15*time.Second, "time between the two looks; 0: one look")
	_ = c.MarkFlagRequired("output")
	return c
}

func (a *App) runSnapshot(c *cobra.Command, args []string, o *access, out, config string, sample time.Duration) error {
	if _, err := os.Lstat(out); !errors.Is(err, fs.ErrNotExist) {
		return usage("%s is there already; it was left as it is", out)
	}
	targets, err := a.snapshotTargets(c, args, config)
	if err != nil {
		return err
	}
	sources, err := a.live(c.Context(), targets, o, sample)
	if err != nil {
		return err
	}
	results := make([]collect.Result, len(sources))
	var wg sync.WaitGroup
	for i, s := range sources {
		wg.Go(func() { results[i] = s.Collect(c.Context()) })
	}
	wg.Wait()
	var failed []string
	for _, r := range results {
		for _, g := range r.Gaps {
			if g.Incomplete {
				failed = append(failed, g.What+": "+g.Why)
			}
		}
		if len(r.Parts) == 0 {
			return exit{ExitIncomplete, fmt.Errorf("nothing could be read of %s: %s", r.Input.Name, strings.Join(failed, "; "))}
		}
	}
	if err := a.Record(out, results); err != nil {
		return usage("%w", err)
	}
	for _, r := range results {
		fmt.Fprintf(a.Stdout, "%s: %s %s, %s, %d requests\n", out, r.Input.System, r.Input.Version, r.Input.Summary, r.Input.Requests)
	}
	if len(failed) > 0 {
		return exit{ExitIncomplete, errors.New("recorded, but not whole: " + strings.Join(failed, "; "))}
	}
	return nil
}

func (a *App) snapshotTargets(c *cobra.Command, args []string, config string) ([]*target.Target, error) {
	s, err := a.settings(c, config)
	if err != nil {
		return nil, err
	}
	var targets []*target.Target
	for _, arg := range args {
		t, err := target.Parse(arg)
		if errors.Is(err, target.ErrNotTarget) {
			named, e := targetsOf(s, []string{arg}, false)
			if e != nil {
				return nil, e
			}
			targets = append(targets, named...)
			continue
		}
		if err != nil {
			return nil, usage("%w", err)
		}
		targets = append(targets, t)
	}
	return targets, nil
}
