package rabbitmq

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

// needsMonitoring is the problem of a login that has less than the published read-only
// user: it sees its own vhosts and connections only, which must not pass for all.
func (s *Session) needsMonitoring() problem {
	user := s.target.Login.User
	have := slices.DeleteFunc(slices.Clone(s.tags), func(t string) bool { return t == "management" })
	words := []string{"rabbitmqctl", "set_user_tags", quote(user)}
	for _, tag := range have { // the command replaces all tags
		words = append(words, quote(tag))
	}
	return problem{what: "nodes, listeners, connections, channels, vhosts of others", kind: model.GapPermission, incomplete: true,
		why:   fmt.Sprintf("need the tag monitoring, which %q does not have", user),
		needs: strings.Join(append(words, "monitoring"), " ")}
}

// needsAdministrator is the problem of what only a stronger user may read. An audit does
// without: advice on access never asks for more than reading.
func (s *Session) needsAdministrator(what string) problem {
	return problem{what: what, kind: model.GapPermission,
		why:   "need the tag administrator, which may also change everything: left out on purpose",
		needs: "rabbitmqctl export_definitions FILE, and name FILE too"}
}

// mayReadParameters: policymakers see parameters of vhosts that they may enter.
func (s *Session) mayReadParameters() bool { return s.tagged("policymaker", "administrator") }

// userAnswer asks for no more of a user: the password hash is not even transferred.
type userAnswer struct {
	Name    field[string] `json:"name"`
	Tags    field[tags]   `json:"tags"`
	Hashing field[string] `json:"hashing_algorithm"`
}

func (l *look) readUsers(ctx context.Context) (err error) {
	if !l.s.mayAdminister() {
		p := l.s.needsAdministrator("users")
		l.add(p)
		l.s.snapshot.Users = model.Unknown[[]rabbitmq.User](p.why, nil)
		return nil
	}
	a := ask{resource: "users", query: "columns=" + columnsOf[userAnswer]()}
	l.s.snapshot.Users, err = all(ctx, l, a, func(_ *seen, u *userAnswer) (rabbitmq.User, bool) {
		return rabbitmq.User{Name: u.Name.v, Tags: u.Tags.v, Hashing: u.Hashing.v}, u.Name.state == given
	})
	return err
}

type permissionAnswer struct {
	User      field[string] `json:"user"`
	VHost     field[string] `json:"vhost"`
	Configure field[string] `json:"configure"`
	Write     field[string] `json:"write"`
	Read      field[string] `json:"read"`
}

func (l *look) readPermissions(ctx context.Context) (err error) {
	if !l.s.mayAdminister() {
		p := l.s.needsAdministrator("permissions")
		l.add(p)
		l.s.snapshot.Permissions = model.Unknown[[]rabbitmq.Permission](p.why, nil)
		return nil
	}
	l.s.snapshot.Permissions, err = all(ctx, l, ask{resource: "permissions"},
		func(_ *seen, p *permissionAnswer) (rabbitmq.Permission, bool) {
			return rabbitmq.Permission{User: p.User.v, VHost: p.VHost.v, Configure: p.Configure.v, Write: p.Write.v, Read: p.Read.v},
				p.User.state == given && l.wanted(p.VHost.v)
		})
	return err
}

// parameterAnswer leaves the value out: that of a shovel or an upstream is a URI with a
// password.
type parameterAnswer struct {
	VHost     field[string] `json:"vhost"`
	Component field[string] `json:"component"`
	Name      field[string] `json:"name"`
}

func (l *look) readParameters(ctx context.Context) (err error) {
	if !l.s.mayReadParameters() {
		p := l.s.needsAdministrator("shovels, federation upstreams")
		l.add(p)
		l.s.snapshot.Parameters = model.Unknown[[]rabbitmq.Parameter](p.why, nil)
		return nil
	}
	a := ask{resource: "parameters", query: "columns=" + columnsOf[parameterAnswer]()}
	l.s.snapshot.Parameters, err = all(ctx, l, a, func(_ *seen, p *parameterAnswer) (rabbitmq.Parameter, bool) {
		return rabbitmq.Parameter{VHost: p.VHost.v, Component: p.Component.v, Name: p.Name.v},
			p.Name.state == given && l.wanted(p.VHost.v)
	})
	return err
}
