package testbed

import (
	"os"
	"strings"
	"testing"
)

func TestStart43(t *testing.T) {
	b := ForTest(t, Spec{Generation: RabbitMQ43, Log: os.Stderr})
	t.Log(b.Version, b.Management(0), b.Pids())
	out, err := b.Ctl(t.Context(), "status")
	if err != nil || !strings.Contains(out, "4.3.") {
		t.Fatal(out, err)
	}
}
