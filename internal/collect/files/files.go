// Package files reads the files of a tree that configure or deploy brokers and their
// workers: which ones (Wants), and what they say (Collector). Its folders hold one format
// each; they know positions and text, and this package gives them the model's terms.
package files

import (
	"path"
	"strings"

	"qaudit/internal/collect/files/definitions"
	"qaudit/internal/collect/files/packages"
	"qaudit/internal/model/config"
)

// manifest stands for the formats of package managers, which give packages and no file.
const manifest config.Format = "manifest"

// Wants reports whether a file of this name is read.
func Wants(p string) bool { return formatOf(p) != "" }

// Sniff reports whether a file that Wants does not know by its name is read for what
// stands at its start: definitions of any name. head is its first few kilobytes.
func Sniff(p string, head []byte) bool {
	return strings.HasSuffix(p, ".json") && definitions.Head(head)
}

// formatOf decides by the name; "" is a file that is not read.
func formatOf(p string) config.Format {
	if packages.Manifest(p) {
		return manifest
	}
	p = strings.ToLower(p)
	base := path.Base(p)
	switch {
	case isYAML(base) && (strings.HasPrefix(base, "docker-compose") || strings.HasPrefix(base, "compose")):
		return config.Compose
	case base == "rabbitmq-env.conf":
		return config.Dotenv
	case strings.HasSuffix(base, ".conf") && (strings.Contains(base, "rabbitmq") ||
		path.Base(path.Dir(p)) == "conf.d" && strings.Contains(p, "rabbitmq")):
		return config.RabbitMQConf
	case base == "advanced.config", base == "rabbitmq.config":
		return config.AdvancedConfig
	case base == "enabled_plugins":
		return config.EnabledPlugins
	case strings.HasSuffix(base, ".json") && strings.Contains(base, "definitions"):
		return config.Definitions
	case isDockerfile(base):
		return config.Dockerfile
	case base == "procfile" || strings.HasPrefix(base, "procfile."):
		return config.Procfile
	case isDotenv(base):
		return config.Dotenv
	}
	return ""
}

func isYAML(base string) bool {
	return strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml")
}

func isDockerfile(base string) bool {
	if strings.HasSuffix(base, ".dockerignore") {
		return false
	}
	for _, name := range []string{"dockerfile", "containerfile"} {
		if base == name || strings.HasPrefix(base, name+".") || strings.HasPrefix(base, name+"-") || strings.HasSuffix(base, "."+name) {
			return true
		}
	}
	return false
}

// isDotenv takes .env, .env.production and app.env, and leaves source code with such names.
func isDotenv(base string) bool {
	if strings.HasPrefix(base, ".env.") {
		switch path.Ext(base) {
		case ".js", ".ts", ".mjs", ".cjs", ".py", ".rb", ".go", ".php", ".json", ".yml", ".yaml", ".md", ".sh", ".patch",
			".diff", ".gpg", ".age", ".enc", ".swp":
			return false
		}
		return true
	}
	return base == ".env" || strings.HasSuffix(base, ".env")
}
