package testbed

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestGenerationsTogether(t *testing.T) {
	for _, g := range Generations() {
		t.Run(string(g), func(t *testing.T) {
			t.Parallel() // all three at once: their ports, names and epmd must not clash
			b := ForTest(t, Spec{Generation: g, Log: os.Stderr})
			if !strings.HasPrefix(b.Version, string(g)+".") {
				t.Errorf("version %s, want %s", b.Version, g)
			}
			out, err := b.Ctl(t.Context(), "-q", "list_users", "--no-table-headers")
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(out, "guest") || !strings.Contains(out, adminName) {
				t.Errorf("users: %s", out)
			}
			listenOnLoopback(t, b)
		})
	}
}

// listenOnLoopback fails when a port of the broker answers on another address
// of this machine.
func listenOnLoopback(t *testing.T, b *Broker) {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		ip, _, err := net.ParseCIDR(address.String())
		if err != nil || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
			continue
		}
		for _, port := range b.ports.numbers {
			conn, err := net.Dial("tcp", net.JoinHostPort(ip.String(), strconv.Itoa(port)))
			if err == nil {
				_ = conn.Close()
				t.Errorf("port %d answers on %s", port, ip)
			}
		}
	}
}

func TestCluster(t *testing.T) {
	for _, g := range []Generation{RabbitMQ310, RabbitMQ43} {
		t.Run(string(g), func(t *testing.T) {
			b := ForTest(t, Spec{Generation: g, Nodes: 3, Log: os.Stderr})
			ctx := t.Context()
			quorum := Args{"x-queue-type": "quorum"}
			if err := b.API().PutQueue(ctx, "/", "q", quorum); err != nil {
				t.Fatal(err)
			}
			if err := b.StopNode(ctx, 2); err != nil {
				t.Fatal(err)
			}
			if got := running(t, b); got != 2 {
				t.Errorf("%d nodes run after one was stopped", got)
			}
			if err := b.StartNode(ctx, 2); err != nil {
				t.Fatal(err)
			}
			if got := running(t, b); got != 3 {
				t.Errorf("%d nodes run after the stopped one was started", got)
			}
			b.KillNode(0)
			if err := b.API().PutQueue(ctx, "/", "q2", quorum); err != nil {
				t.Errorf("two of three nodes do not declare: %v", err)
			}
		})
	}
}

func running(t *testing.T, b *Broker) int {
	t.Helper()
	var nodes []struct{ Running bool }
	if err := b.API().Do(t.Context(), "GET", []string{"nodes"}, nil, &nodes); err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, n := range nodes {
		if n.Running {
			count++
		}
	}
	return count
}

func TestSpecOptions(t *testing.T) {
	ctx := t.Context()
	t.Run("definitions", func(t *testing.T) {
		b := ForTest(t, Spec{Generation: RabbitMQ43, Definitions: []byte(`{"vhosts":[{"name":"/"},{"name":"shop"}],
			"queues":[{"name":"orders","vhost":"shop","durable":true,"auto_delete":false,"arguments":{}}]}`)})
		least, err := b.LeastUser(ctx)
		if err != nil {
			t.Fatal(err)
		}
		api := b.API()
		api.user = least
		var queues []struct{ Name, VHost string }
		if err := api.Do(ctx, "GET", []string{"queues"}, nil, &queues); err != nil {
			t.Fatal(err)
		}
		if len(queues) != 1 || queues[0].Name != "orders" || queues[0].VHost != "shop" {
			t.Errorf("the least user sees %v", queues)
		}
		if err := api.PutQueue(ctx, "shop", "x", nil); err == nil {
			t.Error("the least user can declare a queue")
		}
	})
	t.Run("guest and plugins", func(t *testing.T) {
		b := ForTest(t, Spec{Generation: RabbitMQ43, KeepGuest: true, Plugins: []string{"rabbitmq_shovel"}, Config: []string{"channel_max = 77"}})
		if b.Admin != (User{"guest", "guest"}) {
			t.Errorf("administrator %s", b.Admin.Name)
		}
		out, err := b.Ctl(ctx, "eval", "{application:get_env(rabbit, channel_max), lists:member(rabbitmq_shovel, rabbit_plugins:active())}.")
		if err != nil || strings.TrimSpace(out) != "{{ok,77},true}" {
			t.Errorf("channel_max and shovel: %s %v", out, err)
		}
	})
	t.Run("a configuration that does not boot", func(t *testing.T) {
		ForTest(t, Spec{Generation: RabbitMQ43}) // skips where nothing can run
		b, err := Start(ctx, Spec{Generation: RabbitMQ43, Config: []string{"no_such_key = 1"}})
		if err == nil {
			t.Fatal("started", b.Stop())
		}
		if !strings.Contains(err.Error(), "no_such_key") {
			t.Errorf("the reason is missing: %v", err)
		}
	})
}

func TestSpecRefused(t *testing.T) {
	for _, spec := range []Spec{
		{Generation: "3.7"},
		{Generation: RabbitMQ43, Nodes: 2},
		{Generation: RabbitMQ43, KeepGuest: true, Definitions: []byte("{}")},
	} {
		if _, err := Start(t.Context(), spec); err == nil {
			t.Errorf("%+v was accepted", spec)
		}
	}
}

func TestStopLeavesNothing(t *testing.T) {
	b := ForTest(t, Spec{Generation: RabbitMQ43})
	inside := together(t, b.jail.Pid())
	if len(inside) < 3 { // the holder, Erlang, epmd
		t.Fatalf("only %d processes in the namespace", len(inside))
	}
	tree, ports := "rabbitmq-"+string(RabbitMQ43), b.ports.numbers
	if err := b.Stop(); err != nil {
		t.Fatal(err)
	}
	gone(t, inside)
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(mounts), tree) {
		t.Errorf("mounts of %s are left", tree)
	}
	for _, port := range ports {
		l, err := net.Listen("tcp", loopback(port))
		if err != nil {
			t.Errorf("port %d is still taken: %v", port, err)
			continue
		}
		_ = l.Close()
	}
}

// parentVariable makes this test binary a process that starts a broker and
// waits to be killed.
const parentVariable = "QAUDIT_TESTBED_TEST_PARENT"

func TestBrokerDiesWithItsParent(t *testing.T) {
	if os.Getenv(parentVariable) != "" {
		b := ForTest(t, Spec{Generation: RabbitMQ43})
		fmt.Printf("\nholder %d\n", b.jail.Pid())
		select {}
	}
	ForTest(t, Spec{Generation: RabbitMQ43}) // skips where nothing can run
	parent := exec.Command(os.Args[0], "-test.run=^TestBrokerDiesWithItsParent$", "-test.v")
	parent.Env = append(os.Environ(), parentVariable+"=1")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	holder := 0
	for lines := bufio.NewScanner(out); holder == 0 && lines.Scan(); {
		_, _ = fmt.Sscanf(lines.Text(), "holder %d", &holder)
	}
	if holder == 0 {
		t.Fatal("the parent started no broker", parent.Wait())
	}
	inside := together(t, holder)
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // killed
	gone(t, inside)
}

// together lists the processes that share the PID namespace of one.
func together(t *testing.T, pid int) []string {
	t.Helper()
	namespace, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", pid))
	if err != nil {
		t.Fatal(err)
	}
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, dir := range all {
		if link, err := os.Readlink(dir + "/ns/pid"); err == nil && link == namespace {
			found = append(found, dir)
		}
	}
	return found
}

// gone waits until all processes have ended; the test's own deadline is the
// limit.
func gone(t *testing.T, processes []string) {
	t.Helper()
	for _, dir := range processes {
		for {
			if _, err := os.Stat(dir); err != nil {
				break
			}
			if t.Context().Err() != nil {
				t.Fatalf("%s still runs", dir)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}
