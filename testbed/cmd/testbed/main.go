// Testbed starts real RabbitMQ brokers on loopback for tests and
// demonstrations.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	root := &cobra.Command{
		Use:   "testbed",
		Short: "Real RabbitMQ brokers on loopback, old and new, one command each",
		Long: `Real RabbitMQ brokers on loopback, old and new, one command each.

The brokers come from Debian (3.10 of Debian 12, 4.0 of 13, 4.3 of testing),
are installed once into a cache and run in namespaces of their own: several at
once, and nothing is left when they stop. Linux and root are needed.`,
		SilenceUsage: true, SilenceErrors: true,
	}
	root.AddCommand(upCommand(), faultsCommand(), installCommand(), statusCommand())
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "testbed:", err)
		os.Exit(1)
	}
}
