// Package child starts programs that end when this process ends, however it
// ends: a test binary that is killed leaves no broker and no client behind.
package child

import (
	"bytes"
	"fmt"
	"os/exec"
	"runtime"
	"sync"
)

// Process is a started program, leader of its own process group.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// Start starts cmd in a process group of its own. The kernel kills it when
// the calling process dies.
func Start(cmd *exec.Cmd) (*Process, error) {
	prepare(cmd)
	p := &Process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// The death signal is bound to the thread that forked, not to the
		// process: that thread has to live as long as the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// Run starts cmd and waits for its end.
func Run(cmd *exec.Cmd) error {
	p, err := Start(cmd)
	if err != nil {
		return err
	}
	<-p.done
	return p.err
}

// Pid is the process id, and the id of the process group.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Done is closed when the program has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err is how the program ended; call it after Done is closed.
func (p *Process) Err() error { return p.err }

// Running tells whether the program has not ended yet.
func (p *Process) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Terminate asks the process group to end.
func (p *Process) Terminate() {
	if p.Running() {
		terminateGroup(p.Pid())
	}
}

// Kill kills the process group and waits until the program is gone.
func (p *Process) Kill() {
	if p.Running() {
		killGroup(p.Pid())
	}
	<-p.done
}

// tailSize is how much output a Tail keeps: a failed boot of RabbitMQ prints
// up to 20 kB.
const tailSize = 64 << 10

// Tail keeps the last output of a program, to be shown when it fails.
type Tail struct {
	mu  sync.Mutex
	buf []byte
}

// Write implements io.Writer; it never fails.
func (t *Tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if over := len(t.buf) - tailSize; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(b), nil
}

// String is everything kept.
func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}

// Last gives the last n lines that are not blank, one below the other.
func (t *Tail) Last(n int) string {
	var lines [][]byte
	for line := range bytes.Lines([]byte(t.String())) {
		if line = bytes.TrimRight(line, "\r\n"); len(bytes.TrimSpace(line)) > 0 {
			lines = append(lines, line)
		}
	}
	return string(bytes.Join(lines[max(0, len(lines)-n):], []byte("\n")))
}
