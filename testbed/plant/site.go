package plant

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"qaudit/testbed"
	"qaudit/testbed/clients"
)

// site is a vhost in which a fault is planted, with what has to be undone.
type site struct {
	broker *testbed.Broker
	api    *testbed.API
	vhost  string
	python *clients.Kit
	app    testbed.User // whom the clients log in as
	undo   []func(context.Context) error
}

// step is one thing that a fault does.
type step func(ctx context.Context, s *site) error

// prepare makes the vhost; the administrator, who makes it, gets all
// permissions in it.
func prepare(ctx context.Context, b *testbed.Broker, vhost string) (*site, error) {
	python, err := clients.Python(ctx, io.Discard)
	if err != nil {
		return nil, err
	}
	s := &site{broker: b, api: b.API(), vhost: vhost, python: python}
	if err := s.api.PutVHost(ctx, vhost); err != nil {
		return nil, err
	}
	s.later(func(ctx context.Context) error { return b.API().DeleteVHost(ctx, vhost) })
	return s, nil
}

// later adds what has to be done at the end; what was added last comes first.
func (s *site) later(undo func(context.Context) error) { s.undo = append(s.undo, undo) }

func (s *site) run(ctx context.Context, steps []step) error {
	for _, step := range steps {
		if err := step(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// undoLimit bounds the whole undoing: a node that starts again takes up to 20
// seconds.
const undoLimit = 2 * time.Minute

func (s *site) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), undoLimit)
	defer cancel()
	var errs []error
	for _, undo := range slices.Backward(s.undo) {
		errs = append(errs, undo(ctx))
	}
	s.undo = nil
	return errors.Join(errs...)
}

// user makes a user, with permissions in the vhost.
func (s *site) user(ctx context.Context, user testbed.User, tags, configure, write, read string) error {
	if err := s.api.PutUser(ctx, user, tags); err != nil {
		return err
	}
	s.later(func(ctx context.Context) error { return s.broker.API().DeleteUser(ctx, user.Name) })
	return s.api.Permit(ctx, s.vhost, user.Name, configure, write, read)
}

// logsIn makes the user that the clients log in as: no tags, and the given
// permissions.
func logsIn(name, configure, write, read string) step {
	return func(ctx context.Context, s *site) error {
		s.app = testbed.User{Name: name, Password: rand.Text()}
		return s.user(ctx, s.app, "", configure, write, read)
	}
}

// start starts a Python client that lasts until the fault is stopped.
func (s *site) start(ctx context.Context, user testbed.User, args ...string) (*clients.Client, error) {
	client, err := s.python.Start(s.broker.AMQP(s.node(), user, s.vhost), args...)
	if err != nil {
		return nil, err
	}
	s.later(func(context.Context) error { client.Stop(); return nil })
	return client, client.Ready(ctx)
}

// node is the first running node.
func (s *site) node() int {
	for i := range s.broker.Nodes() {
		if s.broker.Running(i) {
			return i
		}
	}
	return 0
}

// lasting makes clients work until the fault is stopped.
var lasting = []string{"--for", "3600"}

// runs starts a client that goes on until the fault is stopped.
func runs(args ...string) step { return runsAs(nil, args...) }

// runsAs is runs with options that stand before the command, like --heartbeat.
func runsAs(common []string, args ...string) step {
	return func(ctx context.Context, s *site) error {
		_, err := s.start(ctx, s.app, slices.Concat(lasting, common, args)...)
		return err
	}
}

// does runs a client to its end.
func does(args ...string) step {
	return func(ctx context.Context, s *site) error {
		client, err := s.start(ctx, s.app, append([]string{"--for", "60"}, args...)...)
		if err != nil {
			return err
		}
		_, err = client.Wait(ctx)
		return err
	}
}

// fill publishes n persistent messages to a queue.
func fill(queue string, n int, more ...string) step {
	return does(append([]string{"publish", "--key", queue, "--confirm", "--count", strconv.Itoa(n)}, more...)...)
}

// queue declares a durable queue; the type is classic unless args say else.
func queue(name string, args testbed.Args) step {
	return queueWith(name, testbed.Args{"durable": true}, args)
}

// queueWith declares a queue with further fields: durable, auto_delete, node.
func queueWith(name string, fields, args testbed.Args) step {
	if args == nil {
		args = testbed.Args{}
	}
	return func(ctx context.Context, s *site) error {
		body := testbed.Args{"arguments": args}
		for key, value := range fields {
			body[key] = value
		}
		return s.api.Do(ctx, http.MethodPut, []string{"queues", s.vhost, name}, body, nil)
	}
}

// quorum declares a quorum queue.
func quorum(name string, args testbed.Args) step {
	all := testbed.Args{"x-queue-type": "quorum"}
	for key, value := range args {
		all[key] = value
	}
	return queue(name, all)
}

func exchange(name, kind string) step {
	return func(ctx context.Context, s *site) error { return s.api.PutExchange(ctx, s.vhost, name, kind) }
}

func bind(exchange, queue, key string) step {
	return func(ctx context.Context, s *site) error { return s.api.Bind(ctx, s.vhost, exchange, queue, key) }
}

func policy(name string, policy testbed.Policy) step {
	return func(ctx context.Context, s *site) error { return s.api.PutPolicy(ctx, s.vhost, name, policy) }
}

// ctl runs rabbitmqctl, and again with other arguments at the end.
func ctl(do, undo []string) step {
	return func(ctx context.Context, s *site) error {
		s.later(func(ctx context.Context) error {
			_, err := s.broker.Ctl(ctx, undo...)
			return err
		})
		_, err := s.broker.Ctl(ctx, do...)
		return err
	}
}

// stopNode stops a node, which is started again at the end.
func stopNode(i int) step {
	return func(ctx context.Context, s *site) error {
		if err := s.broker.StopNode(ctx, i); err != nil {
			return fmt.Errorf("stop the node of the fault: %w", err)
		}
		s.later(func(ctx context.Context) error { return s.broker.StartNode(ctx, i) })
		return nil
	}
}
