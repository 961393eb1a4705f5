package chroot

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	"qaudit/testbed/cache"
	"qaudit/testbed/child"
)

// DataDir is an empty folder inside a jail, in memory, gone with the jail.
const DataDir = "/data"

// Jail is a running set of namespaces (mounts, processes, host name) rooted in
// a tree. Every process and every mount in it ends with its first process,
// which itself ends with the process that opened the jail. The network is
// the host's.
type Jail struct {
	holder *child.Process
	root   string // the jail's root as the host sees it
}

// holderScript runs as process 1 of the jail. Mounts are private, so the
// host never sees them. The host name is one that /etc/hosts of the tree
// knows: RabbitMQ looks it up for each connection, and a DNS server that does
// not answer holds the connection up for five seconds. Ignoring SIGCHLD makes the kernel reap what daemons
// leave to process 1.
const holderScript = `set -e
hostname localhost
mount --make-rprivate /
mount --bind "$1" "$1"
[ "$2" = rw ] || mount -o remount,bind,ro "$1"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t tmpfs -o mode=1777,size=1g tmpfs "$1/tmp"
mount -t tmpfs -o mode=755,size=64g tmpfs "$1` + DataDir + `"
exec chroot "$1" /bin/sh -c 'trap "" CHLD; echo ready; exec sleep infinity'
`

// Open opens a jail on an installed tree, which stays untouched: only /tmp
// and DataDir can be written. 64 GB of DataDir are an allowance that RabbitMQ
// sees as free disk space; memory is used only for what is written.
func Open(ctx context.Context, tree string) (*Jail, error) { return open(ctx, tree, "ro") }

func open(ctx context.Context, tree, mode string) (*Jail, error) {
	if os.Geteuid() != 0 {
		return nil, &cache.Unavailable{What: filepath.Base(tree), Reason: "root is needed for namespaces and chroot"}
	}
	if _, err := exec.LookPath("nsenter"); err != nil {
		return nil, &cache.Unavailable{What: filepath.Base(tree), Reason: "nsenter (util-linux) is missing", Err: err}
	}
	cmd := exec.Command("/bin/sh", "-c", holderScript, "jail", tree, mode)
	cmd.Env = environment(nil)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS}
	var said child.Tail
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("open a jail on %s: %w", tree, err)
	}
	line := make(chan string, 1)
	holder, err := child.Start(cmd)
	if err != nil {
		return nil, &cache.Unavailable{What: filepath.Base(tree), Reason: "the kernel gives no new namespaces", Err: err}
	}
	go func() {
		text, _ := bufio.NewReader(out).ReadString('\n') // an early end gives ""
		line <- text
	}()
	select {
	case text := <-line:
		if text == "ready\n" {
			return &Jail{holder, "/proc/" + strconv.Itoa(holder.Pid()) + "/root"}, nil
		}
		holder.Kill()
		return nil, &cache.Unavailable{What: filepath.Base(tree), Reason: "mounts are refused", Err: fmt.Errorf("%s", said.Last(3))}
	case <-ctx.Done():
		holder.Kill()
		return nil, fmt.Errorf("open a jail on %s: %w", tree, ctx.Err())
	}
}

// Command prepares a program inside the jail with no more than env and a
// plain PATH as its environment. Start it with package child; when ctx ends
// it is killed.
func (j *Jail) Command(ctx context.Context, env []string, name string, args ...string) *exec.Cmd {
	enter := []string{"--target", strconv.Itoa(j.holder.Pid()), "--mount", "--pid", "--uts", "--root", "--wd", "--", name}
	cmd := exec.CommandContext(ctx, "nsenter", append(enter, args...)...)
	cmd.Env = environment(env)
	return cmd
}

// Host is the path by which the host reaches a file of the jail.
func (j *Jail) Host(path string) string { return j.root + path }

// Pid is the host's process id of the jail's first process.
func (j *Jail) Pid() int { return j.holder.Pid() }

// Close kills everything in the jail and waits until it is gone. Mounts and
// DataDir go with it.
func (j *Jail) Close() { j.holder.Kill() }

func environment(more []string) []string {
	return append([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"}, more...)
}
