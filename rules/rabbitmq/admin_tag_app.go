package rabbitmq

import (
	"fmt"
	"slices"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// AdminTagApp finds programs that connect as administrators.
var AdminTagApp = rule.Rule{
	ID:       "rabbitmq/admin-tag-app",
	Title:    "A program connects as administrator of the broker",
	Severity: rule.High, Area: rule.Security, Covers: rule.Items("B8", "M8"), Since: "0.1",
	Advice: "Take the tag away (rabbitmqctl set_user_tags USER with no tag): a program needs permissions, no tags.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			users, connections := s.Users, s.Last().Connections
			if users.Unknown() || connections.Unknown() {
				p.Unknown(s, users.Why()+connections.Why())
				continue
			}
			n := map[string]int64{}
			for _, c := range connections.Or(nil) {
				if strings.HasPrefix(c.Protocol, "AMQP") {
					n[c.User]++
				}
			}
			for _, u := range users.Or(nil) {
				who := part(s, "user", "", u.Name)
				switch {
				case !slices.Contains(u.Tags, "administrator"):
					p.Pass(who)
				case n[u.Name] == 0: // people in the management UI have no AMQP connection
					p.NotApplicable(who, "no program is connected as it")
				default:
					p.Fail(who, "a program connects as %s, who can delete and read everything", u.Name).
						See(users, u.Name+" has the tag administrator").
						See(connections, fmt.Sprintf("%s of %s", things(n[u.Name], "AMQP connection"), u.Name))
				}
			}
		}
	},
}
