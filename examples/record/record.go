package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"qaudit/testbed"
	"qaudit/testbed/child"
)

// settle is how long the services have to connect before the first order.
const settle = 10 * time.Second

// afterLooks is how long traffic goes on after the recording, or instead of it.
const afterLooks = 15 * time.Second

// record runs a shop with traffic and records its broker.
func record(ctx context.Context, s shop, o options) (err error) {
	work, err := os.MkdirTemp("", "record-"+s.name+"-")
	if err != nil {
		return fmt.Errorf("make a folder to run %s in: %w", s.name, err)
	}
	defer func() {
		if err == nil {
			err = os.RemoveAll(work)
		} else {
			say("what the services said is in %s", filepath.Join(work, "log"))
		}
	}()
	code, err := build(ctx, s, work)
	if err != nil {
		return err
	}
	users, err := s.users()
	if err != nil {
		return err
	}
	broker, err := startBroker(ctx, s, users)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, broker.Stop()) }()
	say("RabbitMQ %s runs: %s", broker.Version, broker.Management(0))

	outside, err := startOutside()
	if err != nil {
		return err
	}
	defer outside.stop()
	api, err := freeAddress()
	if err != nil {
		return err
	}
	place := place{broker: broker, users: users, vhost: s.vhost, outside: outside.url, api: api, work: work}
	services, err := startServices(s, code, place)
	if err != nil {
		return err
	}
	defer func() { services.stop(s.grace) }()

	if err := waitForAPI(ctx, "http://"+api); err != nil {
		return err
	}
	if err := wait(ctx, settle); err != nil {
		return err
	}
	stopTraffic := o.start(ctx, "http://"+api)
	defer func() {
		placed, refused := stopTraffic()
		say("%d orders placed, %d requests refused; outside: %s", placed, refused, outside.counts())
		say("restarts of services: %s", services.restarts())
	}()
	say("orders come in at %g a second", o.rate)
	if err := wait(ctx, o.warmUp); err != nil {
		return err
	}
	if o.out != "" {
		if err := snapshot(ctx, broker, s, o.out, work); err != nil {
			return err
		}
	}
	return wait(ctx, afterLooks)
}

// startBroker starts the newest generation with the shop's own configuration
// and definitions.
func startBroker(ctx context.Context, s shop, users map[string]string) (*testbed.Broker, error) {
	config, err := s.config()
	if err != nil {
		return nil, err
	}
	definitions, err := s.definitions(ctx, users)
	if err != nil {
		return nil, err
	}
	broker, err := testbed.Start(ctx, testbed.Spec{
		Generation: testbed.RabbitMQ43, Config: config, Definitions: definitions, Log: os.Stderr,
	})
	if err != nil || s.vhost == defaultVHost {
		return broker, err
	}
	if err := broker.API().DeleteVHost(ctx, defaultVHost); err != nil {
		return nil, errors.Join(err, broker.Stop())
	}
	return broker, nil
}

// snapshot records the broker as a user who may only look, and replaces the
// recording of last time when the new one is whole.
func snapshot(ctx context.Context, broker *testbed.Broker, s shop, out, work string) error {
	user, err := broker.LeastUser(ctx)
	if err != nil {
		return err
	}
	target, err := url.Parse(broker.Management(0))
	if err != nil {
		return fmt.Errorf("read the broker's URL: %w", err)
	}
	target.User = url.User(user.Name)
	fresh := filepath.Join(work, s.name+".qaudit")
	cmd := exec.CommandContext(ctx, "go", "run", "./cmd/qaudit", "snapshot", s.name+"="+target.String(), "-o", fresh)
	cmd.Env = append(os.Environ(), "QAUDIT_PASSWORD="+user.Password)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := child.Run(cmd); err != nil {
		return fmt.Errorf("record %s: %w", s.name, err)
	}
	recorded, err := os.ReadFile(fresh)
	if err != nil {
		return fmt.Errorf("read the recording: %w", err)
	}
	if err := os.WriteFile(out, recorded, 0o644); err != nil {
		return fmt.Errorf("write the recording: %w", err)
	}
	say("%s: %d bytes", out, len(recorded))
	return nil
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
