package clients_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"qaudit/testbed"
	"qaudit/testbed/clients"
)

// kit installs a kit or skips with the reason.
func kit(t *testing.T, install func(context.Context, io.Writer) (*clients.Kit, error)) *clients.Kit {
	t.Helper()
	k, err := install(t.Context(), t.Output())
	if missing := (*testbed.Unavailable)(nil); errors.As(err, &missing) {
		t.Skip(missing)
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func start(t *testing.T, k *clients.Kit, url string, args ...string) *clients.Client {
	t.Helper()
	c, err := k.Start(url, args...)
	if err != nil {
		t.Fatal(err)
	}
	ready(t, c)
	return c
}

// patience ends a test whose client hangs.
const patience = time.Minute

func ready(t *testing.T, c *clients.Client) {
	t.Helper()
	t.Cleanup(c.Stop)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := c.Ready(ctx); err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, c *clients.Client, want map[string]int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got, err := c.Wait(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for what, n := range want {
		if got[what] != n {
			t.Errorf("%s: %d, want %d (all: %v)", what, got[what], n, got)
		}
	}
}

func TestClients(t *testing.T) {
	b := testbed.ForTest(t, testbed.Spec{Generation: testbed.RabbitMQ43})
	url := b.AMQP(0, b.Admin, "/")
	for _, queue := range []string{"py", "aio", "node", "manager"} {
		if err := b.API().PutQueue(t.Context(), "/", queue, nil); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("python", func(t *testing.T) {
		k := kit(t, clients.Python)
		wants(t, start(t, k, url, "publish", "--key", "py", "--count", "40", "--rate", "200", "--confirm"), map[string]int{"published": 40})
		wants(t, start(t, k, url, "publish", "--key", "nowhere", "--count", "5", "--confirm", "--mandatory"), map[string]int{"returned": 5})
		wants(t, start(t, k, url, "consume", "--queue", "py", "--prefetch", "5", "--count", "20", "--reject-every", "5"), map[string]int{"acked": 16, "rejected": 4})
		wants(t, start(t, k, url, "--for", "0.5", "poll", "--queue", "aio"), map[string]int{"got": 0})
		wants(t, start(t, k, url, "--for", "1", "channels", "--count", "150"), map[string]int{"channels": 150})
	})
	t.Run("aio-pika", func(t *testing.T) {
		k := kit(t, clients.Python)
		wants(t, start(t, k, url, "aio-publish", "--key", "aio", "--count", "10", "--confirm"), map[string]int{"published": 10})
		wants(t, start(t, k, url, "aio-consume", "--queue", "aio", "--prefetch", "5", "--count", "10"), map[string]int{"acked": 10})
	})
	t.Run("node", func(t *testing.T) {
		k := kit(t, clients.Node)
		wants(t, start(t, k, url, "publish", "--key", "node", "--count", "10", "--rate", "100", "--confirm"), map[string]int{"published": 10})
		wants(t, start(t, k, url, "consume", "--queue", "node", "--prefetch", "5", "--count", "10"), map[string]int{"delivered": 10})
		wants(t, start(t, k, url, "manager-publish", "--key", "manager", "--count", "10", "--rate", "100"), map[string]int{"published": 10})
		wants(t, start(t, k, url, "manager-consume", "--queue", "manager", "--mode", "auto", "--count", "10"), map[string]int{"delivered": 10})
	})
	t.Run("celery", func(t *testing.T) {
		k := kit(t, clients.Python)
		settings := map[string]any{"task_acks_late": true, "result_backend": "rpc://"}
		worker, err := k.Worker(url, settings)
		if err != nil {
			t.Fatal(err)
		}
		ready(t, worker)
		sender, err := k.Send(url, settings, "add", 5, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(sender.Stop)
		wants(t, sender, map[string]int{"sent": 5, "succeeded": 5})
	})
	t.Run("a client that cannot start", func(t *testing.T) {
		k := kit(t, clients.Python)
		c, err := k.Start(url, "no-such-command")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Ready(t.Context()); err == nil {
			t.Error("it says that it is ready")
		}
	})
}
