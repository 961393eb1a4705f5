package chroot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"qaudit/testbed/cache"
	"qaudit/testbed/child"
)

// Install makes sure that the tree is in the cache and returns its folder.
// Progress, one line a stage, goes to log. It needs root, Debian's apt
// sources and, the first time, the archive they name; without these the
// error is an *cache.Unavailable.
func Install(ctx context.Context, root string, tree Tree, log io.Writer) (string, error) {
	if dir, _, ok := tree.Installed(root); ok {
		return dir, nil
	}
	if os.Geteuid() != 0 {
		return "", &cache.Unavailable{What: tree.Name, Reason: "root is needed to install it"}
	}
	mirror := Mirror("/etc/apt")
	if mirror == "" {
		return "", &cache.Unavailable{What: tree.Name, Reason: "the apt sources of this machine name no Debian archive"}
	}
	return cache.Publish(ctx, root, tree.Name, func(dir string) error {
		in := installer{tree, dir, mirror, log, time.Now()}
		return in.run(ctx)
	})
}

type installer struct {
	tree    Tree
	dir     string
	mirror  string
	log     io.Writer
	started time.Time
}

func (in *installer) say(stage string) {
	fmt.Fprintf(in.log, "%s: %s (%.0f s)\n", in.tree.Name, stage, time.Since(in.started).Seconds())
}

func (in *installer) run(ctx context.Context) error {
	in.say("installing Debian " + in.tree.Suite + ", once, about a minute")
	if err := ensureDebootstrap(ctx); err != nil {
		return in.unavailable("debootstrap cannot be installed", err)
	}
	if err := in.debootstrap(ctx); err != nil {
		return in.unavailable("debootstrap failed", err)
	}
	if err := in.writeFiles(ctx); err != nil {
		return fmt.Errorf("prepare %s: %w", in.dir, err)
	}
	in.say("installing " + strings.Join(in.tree.Packages, ", "))
	version, err := in.packages(ctx)
	if err != nil {
		return in.unavailable("apt-get failed", err)
	}
	if err := in.tree.Accept(version); err != nil {
		return in.unavailable("Debian "+in.tree.Suite+" carries another series", err)
	}
	in.say("done: " + in.tree.Packages[0] + " " + version)
	return os.WriteFile(filepath.Join(in.dir, versionFile), []byte(version), 0o644)
}

// unavailable wraps a failed step, unless the caller gave up.
func (in *installer) unavailable(reason string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("install %s: %w", in.tree.Name, err)
	}
	var already *cache.Unavailable
	if errors.As(err, &already) {
		return err
	}
	return &cache.Unavailable{What: in.tree.Name, Reason: reason, Err: err}
}

func ensureDebootstrap(ctx context.Context) error {
	if _, err := exec.LookPath("debootstrap"); err == nil {
		return nil
	}
	install := func() error {
		return run(ctx, exec.CommandContext(ctx, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "debootstrap"))
	}
	if install() == nil {
		return nil
	}
	if err := run(ctx, exec.CommandContext(ctx, "apt-get", "update", "-qq")); err != nil { // the lists may be missing
		return err
	}
	return install()
}

// debootstrap runs in namespaces of its own: it mounts /proc in the new tree,
// and an interrupted run must not leave that mount behind.
func (in *installer) debootstrap(ctx context.Context) error {
	args := []string{"--variant=minbase", in.tree.Suite, in.dir, in.mirror}
	// A suite newer than the installed debootstrap has no script of its own;
	// that of sid builds it.
	const scripts = "/usr/share/debootstrap/scripts/"
	if _, err := os.Stat(scripts + in.tree.Suite); err != nil {
		args = append(args, scripts+"sid")
	}
	script := `mount --make-rprivate / && debootstrap "$@"`
	cmd := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", script, "debootstrap"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID}
	return run(ctx, cmd)
}

// writeFiles lays what the packages' scripts and the programs need: nothing
// may start by itself, localhost has to resolve without DNS (epmd asks for
// it), and apt reaches the archive as the host does.
func (in *installer) writeFiles(ctx context.Context) error {
	dump, err := exec.CommandContext(ctx, "apt-config", "dump").Output()
	if err != nil {
		return fmt.Errorf("read the host's apt configuration: %w", err)
	}
	files := map[string]string{
		"usr/sbin/policy-rc.d":              "#!/bin/sh\nexit 101\n",
		"etc/hosts":                         "127.0.0.1 localhost\n",
		"etc/hostname":                      "localhost\n",
		"etc/apt/apt.conf.d/90testbed":      "Acquire::Languages \"none\";\n" + hostSettings(string(dump)),
		"etc/dpkg/dpkg.cfg.d/90testbed":     "force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n",
		"etc/resolv.conf":                   read("/etc/resolv.conf"),
		"etc/ssl/certs/ca-certificates.crt": read("/etc/ssl/certs/ca-certificates.crt"),
	}
	for name, text := range files {
		path := filepath.Join(in.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		mode := os.FileMode(0o644)
		if strings.HasPrefix(text, "#!") {
			mode = 0o755
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			return err
		}
	}
	return os.MkdirAll(filepath.Join(in.dir, DataDir), 0o755)
}

// read gives a host's file, "" when the host has none.
func read(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(b)
}

// packages installs the tree's packages and returns the version of the first.
func (in *installer) packages(ctx context.Context) (string, error) {
	jail, err := open(ctx, in.dir, "rw")
	if err != nil {
		return "", err
	}
	defer jail.Close()
	env := []string{"DEBIAN_FRONTEND=noninteractive"}
	install := append([]string{"install", "-y", "-qq", "--no-install-recommends"}, in.tree.Packages...)
	for _, args := range [][]string{{"update", "-qq"}, install, {"clean"}} {
		if err := run(ctx, jail.Command(ctx, env, "apt-get", args...)); err != nil {
			return "", err
		}
	}
	if err := run(ctx, jail.Command(ctx, nil, "/bin/sh", "-c", "rm -rf /var/lib/apt/lists/*")); err != nil {
		return "", err
	}
	query := jail.Command(ctx, nil, "dpkg-query", "-W", "-f", "${Version}", in.tree.Packages[0])
	var out strings.Builder
	query.Stdout = &out
	err = run(ctx, query)
	return out.String(), err
}

// run runs a command to its end; its last words are part of the error.
func run(ctx context.Context, cmd *exec.Cmd) error {
	var said child.Tail
	if cmd.Stdout == nil {
		cmd.Stdout = &said
	}
	cmd.Stderr = &said
	err := child.Run(cmd)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, said.Last(5))
	}
	return nil
}
