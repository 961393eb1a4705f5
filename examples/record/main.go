// Record runs one of the example shops on a real RabbitMQ for about a minute,
// with orders coming in, and records what its broker looks like meanwhile:
//
//	go run ./examples/record shop
//	go run ./examples/record shop-right
//
// It needs what the testbed needs (Linux, root), Python 3 and Node. Libraries
// are installed once into the testbed's cache, in the versions the shop locks.
// Everything listens on loopback and ends with this program.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// runLimit ends a recording that hangs; the first one installs for minutes.
const runLimit = 15 * time.Minute

// options are what the command line sets.
type options struct {
	out    string        // file to write, "" for none
	warmUp time.Duration // traffic before the first look
	traffic
}

func main() {
	var o options
	var none bool
	flag.StringVar(&o.out, "o", "", "file to write (default examples/SHOP/SHOP.qaudit)")
	flag.BoolVar(&none, "no-snapshot", false, "run the shop and write nothing")
	flag.DurationVar(&o.warmUp, "warm-up", 30*time.Second, "time with traffic before the first look")
	flag.Float64Var(&o.rate, "rate", 4, "orders a second")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: record [flags] %s\n", strings.Join(names(), "|"))
		flag.PrintDefaults()
	}
	flag.Parse()
	s, ok := shops()[flag.Arg(0)]
	if !ok || flag.NArg() != 1 || o.rate <= 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	ctx, cancelLimit := context.WithTimeout(ctx, runLimit)
	defer cancelLimit()
	if !none && o.out == "" {
		o.out = s.recording()
	}
	if err := record(ctx, s, o); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

// say tells how far the recording is.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
