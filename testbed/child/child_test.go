package child

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
)

func TestKillReachesTheGroup(t *testing.T) {
	cmd := exec.Command("sh", "-c", "sleep 300 & wait")
	out, in, err := os.Pipe() // its end comes when the last process that holds it is gone
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = in
	p, err := Start(cmd)
	if err != nil {
		t.Skip("no shell here: ", err)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if !p.Running() {
		t.Fatal("ended at once", p.Err())
	}
	p.Kill()
	if _, err := out.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("read gave %v, want the end", err)
	}
	if p.Running() || p.Err() == nil {
		t.Errorf("running %v, err %v", p.Running(), p.Err())
	}
}

func TestStartOfAMissingProgram(t *testing.T) {
	if _, err := Start(exec.Command("/no/such/program")); err == nil {
		t.Error("no error")
	}
}

func TestTail(t *testing.T) {
	var tail Tail
	for i := range 20_000 {
		fmt.Fprintf(&tail, "line %d\n\n", i)
	}
	if got := tail.Last(2); got != "line 19998\nline 19999" {
		t.Errorf("got %q", got)
	}
	if len(tail.String()) > tailSize {
		t.Errorf("%d bytes kept", len(tail.String()))
	}
}
