package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"qaudit/testbed"
	"qaudit/testbed/cache"
)

func installCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "install [GENERATION…]",
		Short: "Install generations into the cache (all if none is named)",
		RunE: func(cmd *cobra.Command, args []string) error {
			wanted := testbed.Generations()
			if len(args) > 0 {
				wanted = nil
			}
			for _, arg := range args {
				g, err := testbed.ParseGeneration(arg)
				if err != nil {
					return err
				}
				wanted = append(wanted, g)
			}
			var errs []error
			for _, g := range wanted {
				dir, err := g.Install(cmd.Context(), cmd.ErrOrStderr())
				if err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "%-5s %s\n", g, dir)
				}
				errs = append(errs, err)
			}
			return errors.Join(errs...)
		},
	}
}

func statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Say what is installed, and where",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := cache.Dir()
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			fmt.Fprintln(out, "cache", dir)
			for _, g := range testbed.Generations() {
				if dir, version, ok := g.Installed(); ok {
					fmt.Fprintf(out, "%-5s %-18s %s\n", g, version, dir)
				} else {
					fmt.Fprintf(out, "%-5s not installed\n", g)
				}
			}
			return nil
		},
	}
}
