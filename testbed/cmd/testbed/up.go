package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"qaudit/testbed"
)

func upCommand() *cobra.Command {
	var spec testbed.Spec
	var runFor time.Duration
	var wanted []string
	cmd := &cobra.Command{
		Use:   "up GENERATION",
		Short: "Start a broker, print its URLs and users, run until Ctrl-C",
		Example: `  testbed up 4.3
  testbed up 3.10 --nodes 3 --for 10m
  testbed up 4.3 --plant f01,f07
  testbed up 4.0 --plant good`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if spec.Generation, err = testbed.ParseGeneration(args[0]); err != nil {
				return err
			}
			spec.Log = cmd.ErrOrStderr()
			garden, err := choose(wanted, &spec)
			if err != nil {
				return err
			}
			return up(cmd, spec, garden, runFor)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&spec.Nodes, "nodes", 1, "1, or 3 for a cluster")
	flags.StringSliceVar(&spec.Plugins, "plugins", nil, "plugins besides management and prometheus")
	flags.StringArrayVar(&spec.Config, "config", nil, "a further line of rabbitmq.conf (repeatable)")
	flags.BoolVar(&spec.KeepGuest, "guest", false, "keep the user guest")
	flags.StringSliceVar(&wanted, "plant", nil, "faults by name (see: testbed faults), all (those that share a broker), good")
	flags.DurationVar(&runFor, "for", 0, "stop after this time; 0 runs until Ctrl-C")
	return cmd
}

func up(cmd *cobra.Command, spec testbed.Spec, garden garden, runFor time.Duration) (err error) {
	ctx := cmd.Context()
	started := time.Now()
	b, err := testbed.Start(ctx, spec)
	if err != nil {
		return err
	}
	defer func() {
		if stopped := b.Stop(); err == nil {
			err = stopped
		}
	}()
	if err := garden.plant(ctx, b, cmd.ErrOrStderr()); err != nil {
		return err
	}
	least, err := b.LeastUser(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "up after %.1f s; Ctrl-C stops it\n", time.Since(started).Seconds())
	describe(cmd.OutOrStdout(), b, least)
	garden.describe(cmd.OutOrStdout(), spec.Generation)
	var over <-chan time.Time
	if runFor > 0 {
		over = time.After(runFor)
	}
	select {
	case <-ctx.Done():
	case <-over:
	}
	return nil
}

// describe prints what a person or a script needs to use the broker, one
// "key value" a line.
func describe(w io.Writer, b *testbed.Broker, least testbed.User) {
	line := func(key, value string) { fmt.Fprintf(w, "%-14s %s\n", key, value) }
	line("version", b.Version)
	for i := range b.Nodes() {
		line("node", b.NodeName(i))
		line("  management", b.Management(i))
		line("  amqp", b.AMQP(i, b.Admin, "/"))
		line("  prometheus", b.Prometheus(i))
	}
	line("administrator", b.Admin.Name+" "+b.Admin.Password)
	line("audit user", least.Name+" "+least.Password)
}
