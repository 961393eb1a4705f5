package plant

import (
	"context"
	"crypto/rand"
	"slices"

	"qaudit/testbed"
)

// connectionFaults are about connections, channels and users.
func connectionFaults() []Fault {
	churn := runs("churn", "--rate", "60")
	return []Fault{
		{
			// It keeps a core busy, hence by itself.
			Number: 27, Name: "f27", Phase: WholeBroker, Title: "connections opened and closed all the time",
			Expect: []Expected{rule("connection-churn", "")},
			steps:  []step{churn, churn, churn},
		},
		{
			Number: 28, Name: "f28", Phase: InVHost, Title: "150 channels on a connection",
			Expect: []Expected{rule("channels-per-connection", "")},
			steps:  []step{runs("channels", "--count", "150")},
		},
		{
			Number: 29, Name: "f29", Phase: InVHost, Title: "a connection without heartbeat",
			Expect: []Expected{rule("heartbeat-off", "")},
			steps:  []step{runsAs([]string{"--heartbeat", "0"}, "hold")},
		},
		{
			Number: 38, Name: "f38", Phase: InVHost, Title: "an application that is an administrator",
			// Only an administrator sees users and permissions.
			Expect: []Expected{rule("admin-tag-app", mighty), rule("perms-wildcard", mighty)},
			steps:  []step{connectsAsAdministrator},
		},
		{
			Number: 41, Name: "f41", Phase: InVHost, Title: "an audit user who was left out of the vhost",
			Gap:   "vhosts not visible",
			steps: []step{queue("orders", nil), makesBlindUser},
		},
	}
}

// mighty is the user of f38.
const mighty = "mighty-app"

func connectsAsAdministrator(ctx context.Context, s *site) error {
	user := testbed.User{Name: mighty, Password: rand.Text()}
	if err := s.user(ctx, user, "administrator", ".*", ".*", ".*"); err != nil {
		return err
	}
	_, err := s.start(ctx, user, slices.Concat(lasting, []string{"hold"})...)
	return err
}

// BlindUser is the user of f41: tag monitoring, no permission in any vhost.
// The audit of f41 logs in as it.
var BlindUser = testbed.User{Name: "blind-audit", Password: "blind-audit"}

func makesBlindUser(ctx context.Context, s *site) error {
	if err := s.api.PutUser(ctx, BlindUser, "monitoring"); err != nil {
		return err
	}
	s.later(func(ctx context.Context) error { return s.broker.API().DeleteUser(ctx, BlindUser.Name) })
	return nil
}

// declares declares a queue over AMQP, as the administrator: the clients'
// user may not configure anything.
func declares(name string) step {
	return func(ctx context.Context, s *site) error {
		client, err := s.start(ctx, s.broker.Admin, "--for", "60", "declare", "--queue", name)
		if err != nil {
			return err
		}
		_, err = client.Wait(ctx)
		return err
	}
}
