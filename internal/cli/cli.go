// Package cli is the command line: one file a command.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"qaudit/internal/audit"
	"qaudit/internal/collect"
	"qaudit/internal/rule"
)

// Version is the version of this build.
const Version = "0.1.0-dev"

// Exit codes of a run.
const (
	ExitClean      = 0 // nothing at or above --fail-on
	ExitFound      = 1 // something is
	ExitUsage      = 2 // wrong usage or configuration, nothing was read
	ExitIncomplete = 3 // a named input could not be read whole
)

// App is what main hands in: what the house knows, and the world it runs in.
type App struct {
	Rules   []*rule.Rule
	Pages   fs.FS // the pages of the rules: <system>/<slug_with_underscores>.md
	Systems []System
	// Tree returns the source that reads a folder or file of code and configuration.
	Tree func(root string, o TreeOptions) audit.Source
	// Recorded reads a recorded file, one source a target that it holds; ok is false when
	// it is none: head is how the file starts.
	Recorded func(name string, head []byte, r io.Reader) (sources []audit.Source, ok bool)

	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Env            func(string) (string, bool)
	Now            func() time.Time
	// Contents writes what a recorded file holds.
	Contents func(w io.Writer, name string, r io.Reader, format string) error
	// Record writes sources that were read to a recorded file.
	Record func(path string, read []collect.Result) error
	// Terminal says whether the stream is a terminal, and how wide.
	Terminal func(stream any) (width int, ok bool)

	interrupts interrupts
}

// OSApp fills the world of an App from the process.
func OSApp(a *App) *App {
	a.Stdin, a.Stdout, a.Stderr = os.Stdin, os.Stdout, os.Stderr
	a.Env, a.Now = os.LookupEnv, time.Now
	a.Terminal = func(w any) (int, bool) {
		f, ok := w.(*os.File)
		if !ok || !term.IsTerminal(int(f.Fd())) {
			return 0, false
		}
		width, _, err := term.GetSize(int(f.Fd()))
		return width, err == nil
	}
	return a
}

// exit carries an exit code through cobra; its message, if any, goes to stderr.
type exit struct {
	code int
	err  error
}

func (e exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e exit) Unwrap() error { return e.err }

// usage is an error of usage or configuration: nothing was read.
func usage(format string, args ...any) error {
	return exit{ExitUsage, fmt.Errorf(format, args...)}
}

// Run runs the command line and returns the exit code.
func (a *App) Run(args []string) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	a.interrupts.cancel = cancel
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	defer signal.Stop(signals)
	go func() {
		for {
			select {
			case <-signals:
				a.interrupts.signal()
			case <-ctx.Done():
				return
			}
		}
	}()
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	err := root.ExecuteContext(ctx)
	var e exit
	switch {
	case err == nil:
		return ExitClean
	case errors.As(err, &e):
		if e.err != nil {
			fmt.Fprintln(a.Stderr, "qaudit: "+e.err.Error())
		}
		return e.code
	}
	fmt.Fprintln(a.Stderr, "qaudit: "+err.Error())
	return ExitUsage
}

func (a *App) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "qaudit",
		Short: "Finds what will lose, double or block messages in queues",
		Long: `qaudit reads source code, configuration files and running brokers together and says
what will lose, double or block messages, with the evidence and what to do.
An audit changes nothing: it neither consumes nor publishes.

  qaudit audit .                           code and files: no network, no setup
  qaudit audit . http://localhost:15672    the same, and the running broker
  qaudit explain rabbitmq                  how to name a broker, and the read-only user`,
		SilenceErrors: true, SilenceUsage: true, Version: Version,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return a.flagsFromEnv(c) },
	}
	root.SetVersionTemplate("qaudit {{.Version}}\n")
	root.AddGroup(&cobra.Group{ID: "audit", Title: "Audit"}, &cobra.Group{ID: "other", Title: "Other"})
	root.AddCommand(a.audit(), a.snapshot(), a.show(), a.explain(), a.rules(), a.init())
	root.SetHelpCommandGroupID("other")
	root.SetCompletionCommandGroupID("other")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("%w\n  see qaudit %s --help", err, c.Name())
	})
	return root
}

// flagsFromEnv gives every flag that was not set the value of QAUDIT_FLAG_NAME.
func (a *App) flagsFromEnv(c *cobra.Command) error {
	var err error
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || err != nil {
			return
		}
		name := "QAUDIT_FLAG_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if v, ok := a.Env(name); ok {
			if e := c.Flags().Set(f.Name, v); e != nil {
				err = usage("%s=%q: %w", name, v, e)
			}
		}
	})
	return err
}

// byID finds a rule.
func (a *App) byID(id string) *rule.Rule {
	for _, r := range a.Rules {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// completeRules completes rule ids.
func (a *App) completeRules(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, r := range a.Rules {
		if strings.HasPrefix(r.ID, prefix) {
			out = append(out, r.ID+"\t"+r.Title)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
