package testbed

import (
	"context"
	"fmt"
	"io"
	"strings"

	"qaudit/testbed/cache"
	"qaudit/testbed/chroot"
)

// Generation is a release series of RabbitMQ that the testbed can run.
type Generation string

// The generations; each behaves differently where it matters to an audit.
const (
	RabbitMQ310 Generation = "3.10" // Debian 12; Mnesia, mirrored queues, no default delivery limit
	RabbitMQ40  Generation = "4.0"  // Debian 13; delivery limit 20, no mirroring
	RabbitMQ43  Generation = "4.3"  // Debian testing; Khepri, nack no longer counted
)

// Generations lists all, oldest first.
func Generations() []Generation { return []Generation{RabbitMQ310, RabbitMQ40, RabbitMQ43} }

// suites names the Debian suite that carries each generation.
var suites = map[Generation]string{RabbitMQ310: "bookworm", RabbitMQ40: "trixie", RabbitMQ43: "forky"}

// ParseGeneration reads "3.10", "4.0" or "4.3".
func ParseGeneration(text string) (Generation, error) {
	if _, ok := suites[Generation(text)]; !ok {
		return "", fmt.Errorf("no generation %q: the testbed has %v", text, Generations())
	}
	return Generation(text), nil
}

// Unavailable says why a generation cannot run on this machine.
type Unavailable = cache.Unavailable

func (g Generation) tree() (chroot.Tree, error) {
	if _, err := ParseGeneration(string(g)); err != nil {
		return chroot.Tree{}, err
	}
	return chroot.Tree{
		Name: "rabbitmq-" + string(g), Suite: suites[g], Packages: []string{"rabbitmq-server"},
		Accept: func(version string) error {
			if !strings.HasPrefix(version, string(g)+".") {
				return fmt.Errorf("rabbitmq-server %s is not of %s", version, g)
			}
			return nil
		},
	}, nil
}

// Install makes sure that the generation is in the cache: about a minute the
// first time, nothing after that. Progress goes to log, a line a stage. Where
// it cannot be had the error is an *Unavailable.
func (g Generation) Install(ctx context.Context, log io.Writer) (dir string, err error) {
	tree, err := g.tree()
	if err != nil {
		return "", err
	}
	root, err := cache.Dir()
	if err != nil {
		return "", err
	}
	return chroot.Install(ctx, root, tree, log)
}

// Installed tells where the generation stands in the cache and which Debian
// version it is; ok is false when it is not installed.
func (g Generation) Installed() (dir, version string, ok bool) {
	tree, err := g.tree()
	if err != nil {
		return "", "", false
	}
	root, err := cache.Dir()
	if err != nil {
		return "", "", false
	}
	return tree.Installed(root)
}
