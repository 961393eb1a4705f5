package testbed

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"
)

// addAdmin makes the administrator by rabbitmqctl, which works as soon as the
// first node is up; before that it is tried again.
func (b *Broker) addAdmin(ctx context.Context) error {
	for {
		_, err := b.Tool(ctx, 0, "rabbitmqctl", "await_startup", "--timeout", "60")
		if err == nil {
			break
		}
		n := b.nodes[0]
		select {
		case <-n.process.Done():
			return fmt.Errorf("node %s ended (%v):\n%s", n.name, n.process.Err(), n.failure())
		case <-ctx.Done():
			return err
		case <-time.After(probeEvery):
		}
	}
	for _, args := range [][]string{
		{"add_user", b.Admin.Name, b.Admin.Password},
		{"set_user_tags", b.Admin.Name, "administrator"},
		{"set_permissions", b.Admin.Name, ".*", ".*", ".*"},
	} {
		if _, err := b.Tool(ctx, 0, "rabbitmqctl", args...); err != nil {
			return err
		}
	}
	return nil
}

// LeastUser makes the user that an audit should have, and no more: tag
// monitoring, and in each vhost permissions that open its metadata and match
// nothing to configure, write or read. No vhosts means all that exist now.
func (b *Broker) LeastUser(ctx context.Context, vhosts ...string) (User, error) {
	api := b.API()
	if len(vhosts) == 0 {
		var err error
		if vhosts, err = api.VHosts(ctx); err != nil {
			return User{}, err
		}
	}
	user := User{"audit-" + rand.Text()[:6], rand.Text()}
	if err := api.PutUser(ctx, user, "monitoring"); err != nil {
		return User{}, err
	}
	for _, vhost := range vhosts {
		if err := api.Permit(ctx, vhost, user.Name, "^$", "^$", "^$"); err != nil {
			return User{}, err
		}
	}
	return user, nil
}
