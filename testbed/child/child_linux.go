package child

import (
	"os/exec"
	"syscall"
)

func prepare(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if cmd.Cancel != nil { // set by exec.CommandContext: reach the whole group
		cmd.Cancel = func() error {
			killGroup(cmd.Process.Pid)
			return nil
		}
	}
}

// killGroup, like terminateGroup, is only called while the leader has not been waited for, so the
// id cannot have passed to another group. The only error is that it is gone.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

func terminateGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGTERM) }
