package rabbitmq

import (
	"fmt"
	"slices"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// PermsWildcard finds users who may do everything in a vhost that they share.
var PermsWildcard = rule.Rule{
	ID:       "rabbitmq/perms-wildcard",
	Title:    "A program can delete and read the queues of all others",
	Severity: rule.Medium, Area: rule.Security, Covers: rule.Items("B8", "C7"), Since: "0.1",
	Advice: "Give each program permissions on its own prefix, and configure permission only where it declares.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			users, permissions := s.Users, s.Permissions
			if users.Unknown() || permissions.Unknown() {
				p.Unknown(s, users.Why()+permissions.Why())
				continue
			}
			program, admin, sharers := map[string]bool{}, map[string]bool{}, map[string]int{}
			for _, c := range s.Last().Connections.Or(nil) {
				program[c.User] = true
			}
			for _, u := range users.Or(nil) { // a person who administers the broker
				admin[u.Name] = slices.Contains(u.Tags, "administrator") && !program[u.Name]
			}
			for _, r := range permissions.Or(nil) {
				if !admin[r.User] && r.Configure+r.Write+r.Read != "^$^$^$" {
					sharers[r.VHost]++
				}
			}
			for _, r := range permissions.Or(nil) {
				who := part(s, "user", r.VHost, r.User)
				switch {
				case admin[r.User]:
					p.NotApplicable(who, "it is an administrator")
				case !everything(r):
					p.Pass(who)
				default:
					v := p.Fail(who, "%s can delete, write and read every queue of the vhost %s", r.User, r.VHost).
						See(permissions, "configure, write and read are .*")
					if sharers[r.VHost] < 2 {
						v.At(rule.Low) // it has the vhost to itself
					} else {
						v.See(users, fmt.Sprintf("%d users share the vhost", sharers[r.VHost]))
					}
				}
			}
		}
	},
}

func everything(r rabbitmq.Permission) bool {
	all := []string{".*", "^.*$", ".*$", "^.*"}
	return slices.Contains(all, r.Configure) && slices.Contains(all, r.Write) && slices.Contains(all, r.Read)
}
