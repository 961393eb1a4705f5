package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"qaudit/testbed"
	"qaudit/testbed/plant"
)

// garden is what is to be planted into a broker. The broker's end takes it
// all back.
type garden struct {
	faults []plant.Fault
	good   bool
}

// choose reads the names of --plant and lets them change the broker's spec.
func choose(names []string, spec *testbed.Spec) (garden, error) {
	var g garden
	for _, name := range names {
		switch name {
		case "good":
			g.good = true
			spec.Config = append(spec.Config, plant.GoodSpec(spec.Generation, spec.Nodes).Config...)
		case "all":
			for _, f := range plant.Faults() {
				if f.Phase == plant.InVHost && f.Why(spec.Generation, spec.Nodes) == "" {
					g.faults = append(g.faults, f)
				}
			}
		default:
			f, err := plant.Find(name)
			if err != nil {
				return garden{}, err
			}
			if why := f.Why(spec.Generation, spec.Nodes); why != "" {
				return garden{}, fmt.Errorf("--plant %s: %s", name, why)
			}
			if f.Configure != nil {
				f.Configure(spec)
			}
			g.faults = append(g.faults, f)
		}
	}
	return g, nil
}

// plantsAtOnce keeps two cores from being flooded with starting clients.
const plantsAtOnce = 4

func (g garden) plant(ctx context.Context, b *testbed.Broker, log io.Writer) error {
	if g.good {
		fmt.Fprintln(log, "planting the good topology")
		if _, err := plant.Good(ctx, b); err != nil {
			return err
		}
	}
	var group errgroup.Group
	group.SetLimit(plantsAtOnce)
	for _, f := range g.faults {
		if f.Phase == plant.WholeBroker {
			continue
		}
		group.Go(func() error { return plantOne(ctx, f, b, log) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, f := range g.faults { // last: nothing can be declared on a broker in alarm
		if f.Phase == plant.WholeBroker {
			if err := plantOne(ctx, f, b, log); err != nil {
				return err
			}
		}
	}
	return nil
}

func plantOne(ctx context.Context, f plant.Fault, b *testbed.Broker, log io.Writer) error {
	fmt.Fprintf(log, "planting %s: %s\n", f.Name, f.Title)
	_, err := f.Plant(ctx, b, f.Name)
	return err
}

// describe prints what was planted and which rules have to find it.
func (g garden) describe(w io.Writer, generation testbed.Generation) {
	for _, f := range g.faults {
		describeFault(w, f, f.Expectations(generation))
	}
}

func describeFault(w io.Writer, f plant.Fault, expected []plant.Expected) {
	rules := make([]string, len(expected))
	for i, e := range expected {
		rules[i] = strings.TrimSpace(e.Rule + " " + e.Subject)
	}
	if f.Gap != "" {
		rules = append(rules, "gap: "+f.Gap)
	}
	fmt.Fprintf(w, "%-14s %s\n%-14s   %s\n", f.Name, f.Title, "", strings.Join(rules, ", "))
}

func faultsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "faults",
		Short: "List the faults that --plant knows, and the rules that have to find them",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, f := range plant.Faults() {
				describeFault(cmd.OutOrStdout(), f, f.Expect)
			}
			return nil
		},
	}
}
