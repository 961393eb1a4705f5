package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"qaudit/internal/audit"
	"qaudit/internal/cli/settings"
	"qaudit/internal/report"
	"qaudit/internal/report/json"
	"qaudit/internal/report/text"
	"qaudit/internal/rule"
)

// auditFlags are the flags of audit; show shares those that narrow.
type auditFlags struct {
	narrow
	access
	config       string
	targets      []string
	allTargets   bool
	selected     []string
	ignored      []string
	includeTests bool
	preview      bool
	failOn       string
	format       string
	outputs      []string
	quiet        bool
	baseline     string
	create       bool
	noBaseline   bool
	sample       time.Duration
}

// narrow are the flags that choose what is shown, never what is judged.
type narrow struct {
	all        bool
	channel    string
	severity   string
	confidence string
	color      string
}

func (n *narrow) register(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&n.all, "all", false, "show every place of every finding")
	f.StringVar(&n.channel, "channel", "", "show only findings on channels that match the glob")
	f.StringVar(&n.severity, "severity", "info", "show only findings of this severity and above")
	f.StringVar(&n.confidence, "confidence", "possible", "show only findings of this confidence and above")
	f.StringVar(&n.color, "color", "auto", "auto, always or never")
}

func (a *App) audit() *cobra.Command {
	var o auditFlags
	c := &cobra.Command{
		Use:     "audit [PATH|FILE|URL|NAME=URL]…",
		GroupID: "audit",
		Short:   "Read code, files and brokers, and say what will lose, double or block messages",
		Long: `audit reads what is named after it: folders and files of code and configuration,
running brokers by URL, recorded .qaudit files and definitions exports ("-" is stdin).
Nothing is contacted that was not named. Alone it means: audit .

Exit codes: 0 nothing at or above --fail-on, 1 something is, 2 wrong usage,
3 a named input could not be read whole.`,
		Example: `  qaudit audit .
  qaudit audit . http://monitor@rabbit.internal:15672
  qaudit audit services orders=amqps://monitor@mq.example/shop --vhost shop
  qaudit audit rabbit.qaudit --format json`,
		RunE: func(c *cobra.Command, args []string) error { return a.runAudit(c.Context(), c, args, &o) },
	}
	o.narrow.register(c)
	o.access.register(c)
	f := c.Flags()
	f.StringVar(&o.config, "config", "", "settings file (default: qaudit.yaml here or above, up to the repository's root)")
	f.StringArrayVar(&o.targets, "target", nil, "also read this target of qaudit.yaml (repeatable)")
	f.BoolVar(&o.allTargets, "all-targets", false, "also read all targets of qaudit.yaml")
	f.StringSliceVar(&o.selected, "select", nil, "run only these rules: RULE, PREFIX/* or AREA")
	f.StringSliceVar(&o.ignored, "ignore", nil, "leave out these rules")
	f.BoolVar(&o.includeTests, "include-tests", false, "also judge tests, fixtures, examples and vendored code")
	f.BoolVar(&o.preview, "preview", false, "also run rules that are not measured yet")
	f.StringVar(&o.failOn, "fail-on", "high", "exit 1 at this severity or above: critical, high, medium, low or never")
	f.StringVarP(&o.format, "format", "f", "text", "format of stdout: text or json")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "also write FORMAT=FILE (repeatable)")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "leave stdout empty")
	f.StringVar(&o.baseline, "baseline", "", "baseline file (default: qaudit.baseline.json beside qaudit.yaml or here)")
	f.BoolVar(&o.create, "create-baseline", false, "accept all findings as they are: write the baseline")
	f.BoolVar(&o.noBaseline, "no-baseline", false, "show known findings too")
	f.DurationVar(&o.sample, "sample", 15*time.Second, "time between the two looks at a broker; 0: one look")
	c.MarkFlagsMutuallyExclusive("create-baseline", "no-baseline")
	_ = c.RegisterFlagCompletionFunc("select", a.completeRules)
	_ = c.RegisterFlagCompletionFunc("ignore", a.completeRules)
	for flag, words := range map[string][]string{
		"fail-on": {"critical", "high", "medium", "low", "never"}, "format": {"text", "json"},
		"severity": {"critical", "high", "medium", "low", "info"}, "confidence": {"sure", "likely", "possible"},
		"color": {"auto", "always", "never"},
	} {
		_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
	return c
}

// plan is an audit ready to run: everything that can be wrong about the command line has
// been said before anything is read.
type plan struct {
	job          audit.Job
	failOn       rule.Severity // 0: never
	baselinePath string
	old          *audit.Baseline
	outputs      []output
	show         text.Options
}

type output struct{ format, file string }

func (a *App) runAudit(ctx context.Context, c *cobra.Command, args []string, o *auditFlags) error {
	p, err := a.plan(c, args, o)
	if err != nil {
		return err
	}
	started := time.Now()
	r := audit.Run(ctx, p.job)
	r.Duration = time.Since(started)
	if o.create {
		return a.createBaseline(p, r)
	}
	code := p.exitCode(r)
	d := report.New(r, Version, code)
	for _, out := range p.outputs {
		if err := a.writeFile(out, d, p.show); err != nil {
			return err
		}
	}
	if !o.quiet {
		if err := write(a.Stdout, o.format, d, p.show); err != nil {
			return err
		}
		if o.format == "text" {
			a.hints(r)
		}
	}
	if code != ExitClean {
		return exit{code: code}
	}
	return nil
}

func (a *App) plan(c *cobra.Command, args []string, o *auditFlags) (*plan, error) {
	s, err := a.settings(c, o.config)
	if err != nil {
		return nil, err
	}
	p := &plan{}
	if p.show, err = a.showOptions(&o.narrow); err != nil {
		return nil, err
	}
	if p.failOn, err = failOn(o.failOn, s, c); err != nil {
		return nil, err
	}
	if o.format != "text" && o.format != "json" {
		return nil, usage("format %q: this version writes text and json", o.format)
	}
	if p.outputs, err = outputs(o.outputs); err != nil {
		return nil, err
	}
	p.job = audit.Job{Now: a.Now(), Complete: s.Complete, KnownRules: map[string]bool{}}
	for _, r := range a.Rules {
		p.job.KnownRules[r.ID] = true
	}
	if p.job.Rules, err = a.chosen(o.selected, o.ignored, o.preview); err != nil {
		return nil, err
	}
	for _, g := range s.Ignores {
		if !a.namesARule(g.Rule) {
			return nil, usage("%s: ignore names no rule: %s%s", g.At.Place, g.Rule, a.nearestRule(g.Rule))
		}
	}
	p.job.Ignores = s.Ignores
	if p.job.Sources, err = a.inputs(c, args, s, o); err != nil {
		return nil, err
	}
	return p, a.readBaseline(p, s, o)
}

// settings reads qaudit.yaml and lets it set flags that the command line left alone.
func (a *App) settings(c *cobra.Command, path string) (*settings.Settings, error) {
	if path == "" {
		if path = settings.Find("."); path == "" {
			return &settings.Settings{}, nil
		}
		if rel, err := filepath.Rel(mustAbs("."), path); err == nil {
			path = rel
		}
	}
	s, err := settings.Read(path, a.Env)
	if err != nil {
		return nil, exit{ExitUsage, err}
	}
	for name, v := range s.Flags {
		if f := c.Flags().Lookup(name); f != nil && !f.Changed {
			if err := c.Flags().Set(name, v); err != nil {
				return nil, usage("%s: %s: %w", path, name, err)
			}
		}
	}
	return s, nil
}

func mustAbs(p string) string {
	abs, err := filepath.Abs(p)
	if err != nil {
		return p
	}
	return abs
}

func failOn(word string, s *settings.Settings, c *cobra.Command) (rule.Severity, error) {
	where := "--fail-on"
	if s.FailOn != "" && !c.Flags().Changed("fail-on") {
		word, where = s.FailOn, s.Path+": fail-on"
	}
	if word == "never" {
		return 0, nil
	}
	sev, err := rule.ParseSeverity(word)
	if err != nil || sev == rule.Info {
		return 0, usage("%s %q: critical, high, medium, low or never", where, word)
	}
	return sev, nil
}

func outputs(list []string) ([]output, error) {
	var out []output
	for _, s := range list {
		format, file, ok := strings.Cut(s, "=")
		if !ok || file == "" {
			return nil, usage("--output %q: FORMAT=FILE is wanted, json=report.json", s)
		}
		if format != "text" && format != "json" {
			return nil, usage("--output %s: this version writes text and json", s)
		}
		out = append(out, output{format, file})
	}
	return out, nil
}

func (a *App) showOptions(n *narrow) (text.Options, error) {
	o := text.Options{All: n.all, Now: a.Now(), Width: 100}
	var err error
	if o.Severity, err = rule.ParseSeverity(n.severity); err != nil {
		return o, usage("--severity: %w", err)
	}
	if o.Confidence, err = rule.ParseConfidence(n.confidence); err != nil {
		return o, usage("--confidence: %w", err)
	}
	if n.channel != "" {
		o.Channel = func(name string) bool { return audit.Glob(n.channel, name) }
	}
	width, isTerminal := a.Terminal(a.Stdout)
	if isTerminal && width > 0 {
		o.Width = min(width, 120)
	}
	_, noColor := a.Env("NO_COLOR")
	switch n.color {
	case "always":
		o.Color = true
	case "auto":
		o.Color = isTerminal && !noColor
	case "never":
	default:
		return o, usage("--color %q: auto, always or never", n.color)
	}
	return o, nil
}

// exitCode: 3 wins over 1.
func (p *plan) exitCode(r *audit.Result) int {
	if r.Incomplete {
		return ExitIncomplete
	}
	if p.failOn > 0 {
		for _, f := range r.Findings {
			if f.Breaks(p.failOn) {
				return ExitFound
			}
		}
	}
	return ExitClean
}

func write(w io.Writer, format string, d *report.Document, o text.Options) error {
	if format == "json" {
		return json.Write(w, d)
	}
	return text.Write(w, d, o)
}

// writeFile writes a report beside the others, atomically.
func (a *App) writeFile(out output, d *report.Document, o text.Options) error {
	o.Color, o.Width = false, 100
	tmp, err := os.CreateTemp(filepath.Dir(out.file), ".qaudit-*")
	if err != nil {
		return usage("cannot write %s: %w", out.file, err)
	}
	defer os.Remove(tmp.Name())
	err = write(tmp, out.format, d, o)
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chmod(tmp.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), out.file)
	}
	if err != nil {
		return usage("cannot write %s: %w", out.file, err)
	}
	return nil
}

// hints says what to name next, when there is nothing to say about queues.
func (a *App) hints(r *audit.Result) {
	for _, in := range r.Estate.Inputs {
		if in.FilesRead > 0 || in.Kind != "source" {
			return
		}
	}
	fmt.Fprint(a.Stdout, `
No code or file about queues was found. Looked for: clients of RabbitMQ and Celery in
Python, JavaScript and TypeScript, rabbitmq.conf, definitions, compose files, .env,
Dockerfiles and Procfiles.
  name the folder of your services:   qaudit audit services
  or a running broker:                qaudit audit http://localhost:15672
`)
}
