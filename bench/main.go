// Command bench measures what an audit costs, as ratios within one run, since machines
// are noisy:
//
//	go run ./bench broker    an audit of 10,000 queues and 2,000 connections, against a
//	                         bare client that asks for the same URLs and discards them
//	go run ./bench tree      ruling out a tree of 10,000 files, against grep for the same
//	                         tokens; then an audit of a tree that uses queues in few
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("name one: broker, tree")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	pairs := flags.Int("pairs", 5, "alternating pairs to run")
	switch args[0] {
	case "broker":
		generation := flags.String("generation", "4.3", "RabbitMQ: 3.10, 4.0 or 4.3")
		queues := flags.Int("queues", 10_000, "queues")
		connections := flags.Int("connections", 2_000, "connections")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return broker(ctx, *generation, *queues, *connections, *pairs)
	case "tree":
		files := flags.Int("files", 10_000, "files")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return tree(ctx, *files, *pairs)
	case "fetch":
		return fetch(ctx, os.Stdin)
	}
	return fmt.Errorf("there is no %q: broker, tree", args[0])
}

// build builds the qaudit of this tree into dir.
func build(ctx context.Context, dir string) (string, error) {
	bin := filepath.Join(dir, "qaudit")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", bin, "qaudit/cmd/qaudit").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("cannot build qaudit: %w\n%s", err, out)
	}
	return bin, nil
}

// cost is what one run of a command took.
type cost struct {
	wall time.Duration
	rss  int64 // bytes, at its highest
}

// timed runs a command and measures it; exit codes up to allowed are fine.
func timed(cmd *exec.Cmd, allowed int) (cost, error) {
	start := time.Now()
	err := cmd.Run()
	c := cost{wall: time.Since(start)}
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() > allowed || cmd.ProcessState.ExitCode() < 0 {
		return c, fmt.Errorf("%s: %w", cmd, err)
	}
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.rss = u.Maxrss * 1024
	}
	return c, nil
}

// median of a list of numbers.
func median(xs []float64) float64 {
	xs = slices.Clone(xs)
	slices.Sort(xs)
	return xs[len(xs)/2]
}
