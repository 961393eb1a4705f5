package files

import (
	"path"
	"strings"

	"qaudit/internal/collect/files/advancedconfig"
	"qaudit/internal/collect/files/definitions"
	"qaudit/internal/collect/files/dotenv"
	"qaudit/internal/collect/files/enabledplugins"
	"qaudit/internal/collect/files/place"
	"qaudit/internal/collect/files/rabbitmqconf"
	"qaudit/internal/collect/files/secret"
	"qaudit/internal/model/config"
)

// settings reads the files of RabbitMQ that hold keys and values.
func (c *Collector) settings(s *sheet, src []byte) {
	parse := rabbitmqconf.Parse
	switch s.format {
	case config.AdvancedConfig:
		parse = advancedconfig.Parse
	case config.EnabledPlugins:
		parse = enabledplugins.Parse
	default:
		if foreign(s.text) {
			return
		}
	}
	entries, problems := parse(s.text.Path, src)
	var settings []config.Setting
	for _, e := range entries {
		x := s.setting(e)
		if s.format == config.EnabledPlugins {
			x.Value, x.Literal = "enabled", true
		}
		settings = append(settings, x)
	}
	c.problems(problems)
	c.add(s.file(settings), nil)
}

// foreign says that a file only has RabbitMQ in its name: supervisor's, nginx's and others
// start with a section or a block. rabbitmq.conf itself is always taken.
func foreign(t *place.Text) bool {
	if strings.EqualFold(path.Base(t.Path), "rabbitmq.conf") {
		return false
	}
	for l := range t.Lines {
		line := strings.TrimSpace(l.Text)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		return line[0] == '[' || line[0] == '<' || strings.HasSuffix(line, "{") || strings.HasSuffix(line, ";")
	}
	return false
}

func (c *Collector) definitionsFile(s *sheet, src []byte) {
	d, problems := definitions.Parse(s.text.Path, src)
	if !d.Recognised() {
		return // another format of the same name
	}
	c.problems(problems)
	c.add(s.file(passwords(s, d)), nil)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.definitions = append(c.definitions, d)
}

func (c *Collector) dotenv(s *sheet, src []byte) {
	vars, problems := dotenv.Parse(s.text.Path, src)
	// rabbitmq-env.conf names the variables without their prefix.
	prefix := ""
	if strings.EqualFold(path.Base(s.text.Path), "rabbitmq-env.conf") {
		prefix = "RABBITMQ_"
	}
	var env []config.EnvVar
	for _, v := range vars {
		name := v.Name
		if prefix != "" && !strings.HasPrefix(name, prefix) {
			name = prefix + name
		}
		env = append(env, s.envVar(name, v.Value, v.Raw, v.Span, ""))
	}
	c.problems(problems)
	c.add(s.file(nil), env)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dotenvs[s.text.Path] = env
}

// passwords are the readable passwords of definitions, as settings of their users.
func passwords(s *sheet, d *definitions.File) []config.Setting {
	var out []config.Setting
	for _, u := range d.Users {
		if u.Plain {
			out = append(out, config.Setting{Key: "users." + u.Name + ".password", Value: secret.Mask, Secret: true,
				Literal: true, Default: u.Default, At: s.at(u.Where().Span)})
		}
	}
	return out
}
